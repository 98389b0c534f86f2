package mos.distributed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import mos.base.MosException;
import org.bytedeco.pytorch.Device;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Rank 0 and rank 1 in two threads, over a store. */
@Timeout(60)
class SharedWorkTest {
  private static final UnaryOperator<String> DOUBLED = item -> item + item;

  private int port;

  @BeforeEach
  void findPort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      port = socket.getLocalPort();
    }
  }

  private SharedWork connect(int rank, int timeoutSeconds) {
    return SharedWork.connect(new Launch("127.0.0.1", port, rank, 2, rank, 2), timeoutSeconds);
  }

  private static List<String> computed(
      SharedWork shared, List<String> items, UnaryOperator<String> work) {
    List<String> results = new ArrayList<>();
    shared.compute(
        items,
        work,
        (item, result) -> {
          assertThat(item).isEqualTo(results.size());
          results.add(result);
        });
    return results;
  }

  private CompletableFuture<String> other(int timeoutSeconds, UnaryOperator<String> work) {
    return CompletableFuture.supplyAsync(
        () -> {
          try (SharedWork shared = connect(1, timeoutSeconds)) {
            shared.same("value", "ü1");
            return shared.serve(work);
          }
        });
  }

  @Test
  void resultsComeInOrderWhoeverComputedThem() throws Exception {
    List<String> items = IntStream.range(0, 40).mapToObj(i -> "ß" + i).toList();
    Set<String> here = new ConcurrentSkipListSet<>();
    Set<String> there = new ConcurrentSkipListSet<>();
    CompletableFuture<String> other =
        other(
            20,
            item -> {
              there.add(item);
              return DOUBLED.apply(item);
            });
    try (SharedWork shared = connect(0, 20)) {
      shared.same("value", "ü1");
      for (int round = 0; round < 3; round++) {
        List<String> results =
            computed(
                shared,
                items,
                item -> {
                  here.add(item);
                  // Leaves some to the other, which may still be waking up.
                  awaitWork(there);
                  return DOUBLED.apply(item);
                });
        assertThat(results).isEqualTo(items.stream().map(DOUBLED).toList());
      }
      shared.end("{}");
    }
    assertThat(other.get(10, TimeUnit.SECONDS)).isEqualTo("{}");
    assertThat(here).isNotEmpty();
    assertThat(there).isNotEmpty();
    assertThat(computed(SharedWork.alone(), items, DOUBLED))
        .isEqualTo(items.stream().map(DOUBLED).toList());
  }

  private static void awaitWork(Set<String> done) {
    for (int i = 0; i < 500 && done.isEmpty(); i++) {
      try {
        TimeUnit.MILLISECONDS.sleep(10);
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
  }

  @Test
  void failureOfOneIsToldToTheOther() {
    CompletableFuture<String> failing =
        other(
            20,
            item -> {
              throw new MosException("no memory");
            });
    try (SharedWork shared = connect(0, 20)) {
      shared.same("value", "ü1");
      assertThatThrownBy(
              () ->
                  computed(
                      shared,
                      List.of("a", "b", "c"),
                      item -> {
                        awaitFailure(failing);
                        return item;
                      }))
          .isInstanceOf(MosException.class)
          .hasMessageContaining("rank 1 of 2")
          .hasMessageContaining("no memory");
    }
  }

  private static void awaitFailure(CompletableFuture<String> failing) {
    assertThatThrownBy(() -> failing.get(10, TimeUnit.SECONDS))
        .isInstanceOf(ExecutionException.class)
        .hasMessageContaining("no memory");
  }

  @Test
  void rankZeroThatFailsEndsTheOthers() {
    CompletableFuture<String> other = other(20, DOUBLED);
    try (SharedWork shared = connect(0, 20)) {
      shared.same("value", "ü1");
    }
    assertThatThrownBy(() -> other.get(10, TimeUnit.SECONDS))
        .hasMessageContaining("rank 1 of 2")
        .hasMessageContaining("rank 0 failed");
  }

  @Test
  void otherFilesAreRefused() {
    CompletableFuture<String> other = other(20, DOUBLED);
    try (SharedWork shared = connect(0, 20)) {
      shared.same("value", "2");
      assertThatThrownBy(() -> other.get(10, TimeUnit.SECONDS))
          .hasMessageContaining("value: got ü1, rank 0 has 2");
    }
  }

  /** It has closed its store, so that no sign of life comes, as after a cut link. */
  @Test
  void silentRankIsGivenUpInTime() {
    CountDownLatch taken = new CountDownLatch(1);
    CompletableFuture<String> silent =
        CompletableFuture.supplyAsync(
            () -> {
              SharedWork shared = connect(1, 2);
              return shared.serve(
                  item -> {
                    shared.close();
                    taken.countDown();
                    return item;
                  });
            });
    long start = System.nanoTime();
    try (SharedWork shared = connect(0, 2)) {
      assertThatThrownBy(
              () ->
                  computed(
                      shared,
                      List.of("a", "b"),
                      item -> {
                        awaitLatch(taken);
                        return item;
                      }))
          .hasMessageContaining("rank 1 of 2 ended or cannot be reached: no sign of life for 2 s");
    }
    assertThat(TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start)).isLessThan(15);
    assertThat(silent).isCompletedExceptionally();
  }

  private static void awaitLatch(CountDownLatch latch) {
    try {
      assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void ncclOfAnotherLibtorchIsRefused(@TempDir Path torch) throws IOException {
    Files.writeString(torch.resolve("version.py"), "__version__ = '1.13.1+cu117'\n");
    System.setProperty("mos.libtorch", torch.toString());
    try {
      assertThatThrownBy(
              () ->
                  Ranks.connect(
                      new Launch("127.0.0.1", port, 0, 1, 0, 1), new Device("cuda:0"), 10))
          .isInstanceOf(MosException.class)
          .hasMessageContaining("got libtorch 1.13 of " + torch + ", need 2.");
    } finally {
      System.clearProperty("mos.libtorch");
    }
  }

  /** Natives for the CPU have no NCCL; on a machine with a GPU there is nothing to see here. */
  @Test
  void missingNcclIsNamed() {
    org.junit.jupiter.api.Assumptions.assumeFalse(mos.tensor.Native.hasGpu());
    assertThatThrownBy(
            () ->
                Ranks.connect(new Launch("127.0.0.1", port, 0, 1, 0, 1), new Device("cuda:0"), 10))
        .isInstanceOf(MosException.class)
        .hasMessageContaining("rank 0 of 1")
        .hasMessageContaining("this build has no NCCL");
  }
}
