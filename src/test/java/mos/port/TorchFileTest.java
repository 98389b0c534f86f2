package mos.port;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import mos.base.MosException;
import mos.port.TorchWriter.Call;
import mos.port.TorchWriter.Namespace;
import mos.port.TorchWriter.Raw;
import mos.port.TorchWriter.Tuple;
import mos.port.TorchWriter.View;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class TorchFileTest {
  @TempDir Path folder;

  enum Form {
    OLD,
    STORED,
    DEFLATED;

    byte[] bytes(Object root) {
      return this == OLD
          ? TorchWriter.old(root)
          : TorchWriter.zip(root, this == DEFLATED, "little");
    }
  }

  private TorchFile open(byte[] bytes) {
    return TorchFile.open(TorchWriter.write(folder.resolve("model.pt"), bytes));
  }

  private static Map<String, Object> example() {
    Map<String, Object> root = new LinkedHashMap<>();
    View tensor = View.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3);
    root.put("plain", tensor);
    root.put(
        "transposed",
        new View("FloatStorage", tensor.data(), 6, 1, new long[] {2, 2}, new long[] {1, 3}));
    root.put("args", new Namespace(Map.of("encoder_layers", 6)));
    root.put("list", List.of(1L, 2.5, true, "ü", new Tuple(List.of(1L << 40))));
    root.put("none", null);
    return root;
  }

  @ParameterizedTest
  @EnumSource
  void savedValuesComeBack(Form form) {
    try (TorchFile file = open(form.bytes(example()))) {
      Map<?, ?> root = (Map<?, ?>) file.root();
      assertThat(((TorchTensor) root.get("plain")).floats()).containsExactly(1, 2, 3, 4, 5, 6);
      assertThat(((TorchTensor) root.get("plain")).shape()).containsExactly(2L, 3L);
      assertThat(((TorchTensor) root.get("transposed")).floats()).containsExactly(2, 5, 3, 6);
      assertThat(root.get("args")).isEqualTo(Map.of("encoder_layers", 6L));
      assertThat(root.get("list")).isEqualTo(List.of(1L, 2.5, true, "ü", List.of(1L << 40)));
      assertThat(root.get("none")).isNull();
    }
  }

  @Test
  void everyElementTypeIsRead() {
    ByteBuffer data = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
    Map<String, Object> root = new LinkedHashMap<>();
    root.put("half", one("HalfStorage", data.putShort(0, (short) 0xc500), 2));
    root.put("bfloat16", one("BFloat16Storage", data.putShort(0, (short) 0x4049), 2));
    root.put("double", one("DoubleStorage", data.putDouble(0, 0.5), 8));
    root.put("long", one("LongStorage", data.putLong(0, -7), 8));
    root.put("byte", one("ByteStorage", data.put(0, (byte) 200), 1));
    root.put("bool", one("BoolStorage", data.put(0, (byte) 1), 1));
    try (TorchFile file = open(TorchWriter.zip(root, false, "little"))) {
      Map<?, ?> read = (Map<?, ?>) file.root();
      assertThat(read.values().stream().map(v -> ((TorchTensor) v).floats()[0]))
          .containsExactly(-5f, 3.140625f, 0.5f, -7f, 200f, 1f);
    }
  }

  private static View one(String storage, ByteBuffer data, int bytes) {
    byte[] copy = Arrays.copyOf(data.array(), bytes);
    return new View(storage, copy, 1, 0, new long[] {}, new long[] {});
  }

  @Test
  void smallestHalfNumberIsRead() {
    ByteBuffer data = ByteBuffer.allocate(2).order(ByteOrder.LITTLE_ENDIAN).putShort(0, (short) 1);
    assertThat(TorchType.HALF.read(data, 0)).isEqualTo((float) Math.pow(2, -24));
  }

  @Test
  void numpyNumbersAreNumbers() {
    Call bytes = new Call("_codecs", "encode", List.of("\0\0\0\0\0\0\u0008@", "latin1"));
    Call type = new Call("numpy", "dtype", List.of("f8", false, true));
    Call scalar = new Call("numpy.core.multiarray", "scalar", List.of(type, bytes));
    try (TorchFile file = open(TorchWriter.old(scalar))) {
      assertThat(file.root()).isEqualTo(3.0);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "os system",
        "posix system",
        "builtins eval",
        "__builtin__ exec",
        "subprocess Popen",
        "torch load",
        "torch.storage _load_from_bytes",
        "collections Counter"
      })
  void anythingElseIsRefusedByName(String name) {
    String[] parts = name.split(" ");
    Call call = new Call(parts[0], parts[1], List.of("touch " + folder.resolve("ran")));
    for (Form form : Form.values()) {
      assertThatThrownBy(() -> open(form.bytes(call)))
          .isInstanceOf(MosException.class)
          .hasMessageContaining("the pickle names " + parts[0] + "." + parts[1] + ": refused");
    }
    assertThat(folder.resolve("ran")).doesNotExist();
  }

  @Test
  void aNameFromTheStackIsRefusedToo() {
    byte[] opcodes = "X\2\0\0\0osX\6\0\0\0system?".getBytes(StandardCharsets.ISO_8859_1);
    opcodes[opcodes.length - 1] = (byte) 0x93;
    assertThatThrownBy(() -> open(TorchWriter.old(new Raw(opcodes))))
        .hasMessageContaining("os.system: refused");
  }

  @ParameterizedTest
  @EnumSource
  void truncatedFilesGiveAMessage(Form form) {
    byte[] whole = form.bytes(example());
    for (int length = 0; length < whole.length; length++) {
      byte[] part = Arrays.copyOf(whole, length);
      assertThatThrownBy(() -> readAll(part))
          .as("%d bytes", length)
          .isInstanceOf(MosException.class);
    }
  }

  @ParameterizedTest
  @EnumSource
  void damagedBytesNeverGiveAnotherException(Form form) {
    byte[] whole = form.bytes(example());
    SplittableRandom random = new SplittableRandom(7);
    for (int i = 0; i < 2000; i++) {
      byte[] damaged = whole.clone();
      damaged[random.nextInt(whole.length)] = (byte) random.nextInt(256);
      damaged[random.nextInt(whole.length)] ^= (byte) (1 << random.nextInt(8));
      try {
        readAll(damaged);
      } catch (MosException expected) {
        assertThat(expected).hasMessageContaining("");
      }
    }
  }

  private void readAll(byte[] bytes) {
    try (TorchFile file = open(bytes)) {
      if (file.root() instanceof Map<?, ?> map) {
        map.values().stream()
            .filter(value -> value instanceof TorchTensor)
            .forEach(value -> ((TorchTensor) value).floats());
      }
    }
  }

  @Test
  void deepNestingIsNoProblem() {
    ByteArrayOutputStream opcodes = new ByteArrayOutputStream();
    opcodes.write(']');
    for (int i = 0; i < 1_000_000; i++) {
      opcodes.write(0x85);
    }
    try (TorchFile file = open(TorchWriter.old(new Raw(opcodes.toByteArray())))) {
      assertThat(file.root() instanceof List<?>).isTrue();
    }
  }

  @Test
  void aNestedKeyIsRefused() {
    assertThatThrownBy(
            () -> open(TorchWriter.old(new Raw("}))s".getBytes(StandardCharsets.UTF_8)))))
        .isInstanceOf(MosException.class)
        .hasMessageContaining("a key that is neither text nor a number");
  }

  @Test
  void hugeLengthsAreRefused() {
    for (String opcodes : List.of("X\377\377\377\177", "B\377\377\377\377", "j\377\377\377\177")) {
      assertThatThrownBy(
              () -> open(TorchWriter.old(new Raw(opcodes.getBytes(StandardCharsets.ISO_8859_1)))))
          .isInstanceOf(MosException.class);
    }
  }

  @ParameterizedTest
  @EnumSource
  void tensorsOutsideTheirStorageAreRefused(Form form) {
    byte[] data = new byte[8];
    List<View> views =
        List.of(
            new View("FloatStorage", data, 1L << 60, 0, new long[] {1L << 60}, new long[] {1}),
            new View("FloatStorage", data, 2, 1, new long[] {2}, new long[] {1}),
            new View("FloatStorage", data, 2, -1, new long[] {1}, new long[] {1}),
            new View("FloatStorage", data, 2, 0, new long[] {2}, new long[] {-1}),
            new View("FloatStorage", data, 2, 0, new long[] {1L << 40}, new long[] {0}),
            new View(
                "FloatStorage", data, 2, 0, new long[] {1L << 40, 1L << 40}, new long[] {1, 1}),
            new View("FloatStorage", data, 3, 0, new long[] {3}, new long[] {1}));
    for (View view : views) {
      assertThatThrownBy(() -> readAll(form.bytes(Map.of("t", view))))
          .as(Arrays.toString(view.shape()))
          .isInstanceOf(MosException.class);
    }
  }

  @Test
  void bigEndianFilesAreRefused() {
    assertThatThrownBy(() -> open(TorchWriter.zip(example(), false, "big")))
        .hasMessageContaining("little-endian");
  }

  @Test
  void otherFilesAreNamedAsSuch() {
    assertThatThrownBy(() -> open("not a model".getBytes(StandardCharsets.UTF_8)))
        .hasMessageContaining("model.pt: not a file that torch.save wrote");
    assertThatThrownBy(() -> TorchFile.open(folder.resolve("none.pt")))
        .hasMessageContaining("no such file");
  }
}
