package mos.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import mos.base.MosException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class NativeReportTest {
  static Stream<Throwable> failures() {
    return Stream.of(
        new UnsatisfiedLinkError("GLIBC_2.35 not found"),
        new NoClassDefFoundError("torch"),
        new MosException("libtorch cannot be loaded"),
        new IllegalStateException("odd"));
  }

  @ParameterizedTest
  @MethodSource("failures")
  void failuresOfTheLoaderAreReportedNotThrown(Throwable failure) {
    NativeReport report =
        NativeReport.probe(
            () -> {
              if (failure instanceof Error error) {
                throw error;
              }
              throw (RuntimeException) failure;
            });
    assertThat(report.error()).contains(failure.getMessage());
    assertThat(report.loadedFrom()).isEmpty();
  }
}
