package mos.distributed;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class UnfinishedSumsTest {
  private final CountDownLatch told = new CountDownLatch(1);

  @Test
  void tellsOfOneThatDoesNotEndThoughTheOneBeforeDid() throws InterruptedException {
    long start = System.nanoTime();
    try (UnfinishedSums sums = new UnfinishedSums(200, told::countDown)) {
      sums.give();
      sums.give();
      sums.ended(1);
      assertThat(told.await(10, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(200_000_000L);
  }

  @Test
  void isQuietAboutThoseThatEndInTimeAndOnceItIsClosed() throws InterruptedException {
    UnfinishedSums sums = new UnfinishedSums(400, told::countDown);
    sums.give();
    sums.give();
    Thread.sleep(100);
    sums.ended(sums.given());
    assertThat(told.await(600, TimeUnit.MILLISECONDS)).isFalse();
    sums.give();
    sums.close();
    assertThat(told.await(600, TimeUnit.MILLISECONDS)).isFalse();
  }
}
