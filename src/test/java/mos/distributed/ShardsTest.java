package mos.distributed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import mos.tensor.Scope;
import mos.tensor.Tensors;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Ranks in threads, over Gloo. */
@Timeout(60)
class ShardsTest {

  private static <T> List<T> together(int size, Function<Ranks, T> work) throws Exception {
    int port;
    try (ServerSocket socket = new ServerSocket(0)) {
      port = socket.getLocalPort();
    }
    List<CompletableFuture<T>> ranks = new ArrayList<>();
    for (int r = 0; r < size; r++) {
      Launch launch = new Launch("127.0.0.1", port, r, size, r, size);
      ranks.add(
          CompletableFuture.supplyAsync(
              () -> {
                try (Scope scope = Scope.open();
                    Ranks mine = Ranks.connect(launch, Tensors.cpu(), 30)) {
                  return work.apply(mine);
                }
              },
              thread -> new Thread(thread).start()));
    }
    List<T> results = new ArrayList<>();
    for (CompletableFuture<T> rank : ranks) {
      results.add(rank.get(60, TimeUnit.SECONDS));
    }
    return results;
  }

  private record Found(
      List<Shards.Piece> own, float[] summed, float[] gathered, float[] collected, double norm) {}

  /** 32 numbers are less than a part of each; 1,056 leave some, with buckets of 256 too. */
  @ParameterizedTest
  @CsvSource({"2,32,256", "2,1024,256", "3,1056,256", "3,1056,100000", "4,4096,512", "4,64,256"})
  void sumsGathersAndCollectsWhatOneWouldHave(int size, int length, int bucket) throws Exception {
    List<Found> all =
        together(
            size,
            ranks -> {
              Shards shards = Shards.of(length, ranks, bucket);
              Tensor flat =
                  torch
                      .arange(new Scalar((float) length))
                      .to(ScalarType.Float)
                      .mul(new Scalar(ranks.rank() + 1.0));
              shards.sum(flat);
              float[] summed = Tensors.toFloats(flat);
              double norm = Math.sqrt(ranks.sum(shards.squares(flat).item_double())[0]);
              Tensor shard = Tensors.zeros(ScalarType.Float, Tensors.cpu(), shards.size());
              for (Shards.Piece piece : shards.own()) {
                shard
                    .narrow(0, piece.place(), piece.count())
                    .copy_(flat.narrow(0, piece.start(), piece.count()));
              }
              Tensor whole =
                  ranks.first() ? Tensors.zeros(ScalarType.Float, Tensors.cpu(), length) : null;
              shards.collect(shard, whole);
              shards.gather(flat);
              return new Found(
                  shards.own(),
                  summed,
                  Tensors.toFloats(flat),
                  whole == null ? null : Tensors.toFloats(whole),
                  norm);
            });
    float factor = size * (size + 1) / 2f;
    double squares = 0;
    int[] owners = new int[length];
    for (int i = 0; i < length; i++) {
      squares += Math.pow(factor * i, 2);
    }
    for (Found one : all) {
      for (Shards.Piece piece : one.own()) {
        for (long i = piece.start(); i < piece.start() + piece.count(); i++) {
          owners[(int) i]++;
          assertThat(one.summed()[(int) i]).isEqualTo(factor * i);
        }
      }
      for (int i = 0; i < length; i++) {
        assertThat(one.gathered()[i]).as("gathered %d", i).isEqualTo(factor * i);
      }
      assertThat(one.norm()).isCloseTo(Math.sqrt(squares), within(1e-5 * Math.sqrt(squares)));
    }
    // Each number is with one rank, but for a rest that all have.
    int rest = length - length / size / 32 * 32 * size;
    for (int i = 0; i < length; i++) {
      assertThat(owners[i]).as("owners of %d", i).isEqualTo(i < length - rest ? 1 : size);
      assertThat(all.get(0).collected()[i]).as("collected %d", i).isEqualTo(factor * i);
    }
  }

  @Test
  void oneProcessHasAll() {
    Shards shards = Shards.whole(96);
    assertThat(shards.isWhole()).isTrue();
    assertThat(shards.own()).containsExactly(new Shards.Piece(0, 96, 0));
    assertThat(shards.size()).isEqualTo(96);
  }
}
