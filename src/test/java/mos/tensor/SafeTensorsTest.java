package mos.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import mos.base.MosException;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class SafeTensorsTest {
  @TempDir Path folder;

  private Path file() {
    return folder.resolve("t.safetensors");
  }

  private Path write(long headerLength, String header, int dataBytes) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(headerLength).array());
    out.write(header.getBytes(StandardCharsets.UTF_8));
    out.write(new byte[dataBytes]);
    return Files.write(file(), out.toByteArray());
  }

  private Path write(String header, int dataBytes) throws IOException {
    return write(header.getBytes(StandardCharsets.UTF_8).length, header, dataBytes);
  }

  private static void readAll(Path file) {
    try (Scope scope = Scope.open();
        SafeTensors tensors = SafeTensors.open(file, true)) {
      tensors.names().forEach(tensors::read);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = ScalarType.class,
      names = {"Double", "Float", "Half", "BFloat16", "Long", "Int", "Short", "Byte", "Bool"})
  void everyTypeComesBack(ScalarType type) {
    try (Scope scope = Scope.open()) {
      Map<String, Tensor> written = new LinkedHashMap<>();
      long[] numbers = {0, 1, 1, 0, 1, 0};
      Tensor matrix = Tensors.of(numbers, Tensors.cpu(), 2, 3).to(type);
      written.put("matrix ü", matrix);
      written.put("transposed", matrix.t());
      written.put("scalar", matrix.select(0, 0).select(0, 1));
      written.put("empty", torch.empty(new long[] {0, 4}, matrix.options(), null));
      SafeTensors.write(file(), written, Map.of("key", "value \"ü\""));
      try (SafeTensors read = SafeTensors.open(file(), true)) {
        assertThat(read.names()).containsExactlyElementsOf(written.keySet());
        assertThat(read.metadata()).containsEntry("key", "value \"ü\"");
        written.forEach(
            (name, tensor) -> {
              Tensor found = read.read(name);
              assertThat(found.scalar_type().intern()).isEqualTo(type);
              assertThat(found.sizes().vec().get()).isEqualTo(tensor.sizes().vec().get());
              assertThat(found.equal(tensor)).as(name).isTrue();
            });
      }
    }
  }

  /** As other programs write it: no checksum, names in any order. */
  @Test
  void filesOfOtherProgramsAreRead() throws IOException {
    write(
        "{\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[8,12]},"
            + "\"a\":{\"dtype\":\"I64\",\"shape\":[],\"data_offsets\":[0,8]}}   ",
        12);
    assertThatCode(() -> readAll(file())).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, -1, 3, 27, 1L << 31, 1L << 62, Long.MIN_VALUE, Long.MAX_VALUE})
  void impossibleHeaderLengthsAreRefused(long length) throws IOException {
    write(length, "{}                        ", 0);
    assertThatThrownBy(() -> readAll(file()))
        .isInstanceOf(MosException.class)
        .hasMessageContaining(file().toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[]",
        "  ",
        "not JSON",
        "{\"a\":",
        "{} {}",
        "{\"a\":5}",
        "{\"a\":{}}",
        "{\"a\":null}",
        "{\"__metadata__\":5,\"a\":[]}",
        "{\"a\":{\"dtype\":\"F99\",\"shape\":[4],\"data_offsets\":[0,16]}}",
        "{\"a\":{\"dtype\":5,\"shape\":[4],\"data_offsets\":[0,16]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":4,\"data_offsets\":[0,16]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0,16,16]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":{\"0\":0}}}",
        // Out of the file, the wrong way round, of another size than the shape, or not covering it.
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[5],\"data_offsets\":[0,20]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[16,0]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[-16,0]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,16]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,12]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[4,16]}}",
        "{}",
        // Negative and overflowing shapes.
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[-4],\"data_offsets\":[0,16]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[-2,-2],\"data_offsets\":[0,16]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[4611686018427387904,4],\"data_offsets\":[0,16]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[4294967296,4294967296,4],\"data_offsets\":[0,16]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[18446744073709551620],\"data_offsets\":[0,16]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0,18446744073709551632]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[4.5],\"data_offsets\":[0,16]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[\"4\"],\"data_offsets\":[0,16]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1e400],\"data_offsets\":[0,16]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[0,4611686018427387904,4],\"data_offsets\":[0,0]},"
            + "\"b\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0,16]}}",
        // Two tensors in the same place, and the same name twice.
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0,16]},"
            + "\"b\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8,16]}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},"
            + "\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8,16]}}"
      })
  void hostileHeadersAreRefused(String header) throws IOException {
    write(header, 16);
    assertThatThrownBy(() -> readAll(file()))
        .isInstanceOf(MosException.class)
        .hasMessageContaining(file().toString());
  }

  @Test
  @Timeout(10)
  void deepAndWideHeadersAreRefused() throws IOException {
    write("[".repeat(1_000_000), 0);
    assertThatThrownBy(() -> readAll(file())).isInstanceOf(MosException.class);
    write(
        "{\"a\":{\"dtype\":\"F32\",\"shape\":["
            + "1,".repeat(100_000)
            + "1],\"data_offsets\":[0,4]}}",
        4);
    assertThatThrownBy(() -> readAll(file())).isInstanceOf(MosException.class);
  }

  @Test
  void randomDamageGivesNothingButOurError() throws IOException {
    try (Scope scope = Scope.open()) {
      Map<String, Tensor> tensors = new LinkedHashMap<>();
      tensors.put("a", torch.ones(new long[] {3, 5}));
      tensors.put("b", torch.ones(new long[] {7}));
      SafeTensors.write(file(), tensors, Map.of("k", "v"));
    }
    byte[] whole = Files.readAllBytes(file());
    SplittableRandom random = new SplittableRandom(9);
    for (int trial = 0; trial < 500; trial++) {
      byte[] damaged = whole.clone();
      for (int k = 0; k <= trial % 4; k++) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
      }
      Files.write(file(), damaged);
      try {
        readAll(file());
      } catch (MosException expected) {
        assertThat(expected).hasMessageContaining(file().toString());
      }
    }
  }

  @Test
  void failedWriteLeavesTheOldFile() throws IOException {
    Files.writeString(file(), "old");
    try (Scope scope = Scope.open()) {
      Tensor complex = torch.ones(new long[] {2}).to(ScalarType.ComplexFloat);
      assertThatThrownBy(() -> SafeTensors.write(file(), Map.of("a", complex), Map.of()))
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThat(file()).hasContent("old");
    assertThat(folder.toFile().list()).containsExactly("t.safetensors");
  }
}
