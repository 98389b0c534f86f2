package mos.hostile;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every format that the program reads, damaged at random. The long run: {@code mvn test
 * -Dtest=HostileInputTest -Dmos.hostile.cases=10000}.
 */
class HostileInputTest {
  @TempDir static Path valid;
  @TempDir Path folder;

  static Stream<Format> formats() throws IOException {
    return Stream.of(TextFormats.all(valid), BinaryFormats.all(valid), PickleFormats.all())
        .flatMap(Collection::stream);
  }

  @ParameterizedTest
  @MethodSource("formats")
  void everyCaseIsReadOrRefused(Format format) throws Exception {
    new HostileInput(format, folder).run();
  }

  private void assertFound(Format.Reader reader, String what) {
    Format format = Format.of("bad", "f", List.of("text".getBytes(StandardCharsets.UTF_8)), reader);
    assertThatThrownBy(() -> new HostileInput(format, folder, Duration.ofSeconds(3)).run(101))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining(what);
  }

  @Test
  void everyKindOfBadReaderIsFound() {
    assertFound((file, out) -> List.of().get(Files.readAllBytes(file).length), "IndexOutOfBounds");
    assertFound((file, out) -> deep(0), "StackOverflowError");
    assertFound((file, out) -> Thread.sleep(60_000), "not done in");
    assertFound((file, out) -> allocated(1 << 27), "took 134");
    assertFound((file, out) -> Files.write(out.resolve("stray"), new byte[1]), "left");
  }

  private static int deep(int depth) {
    return depth < 0 ? 0 : 1 + deep(depth + 1);
  }

  private static int allocated(int bytes) {
    return new byte[bytes].length;
  }
}
