package mos.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import mos.base.ConfigurationException;
import mos.base.Json;
import mos.base.MosException;
import mos.space.ConfigurationDictionary;
import mos.space.Plain;
import mos.space.SubTransformer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OnnxModelTest {
  private static final SubTransformer ARCHITECTURE =
      Plain.architecture(
          16,
          8,
          List.of(12, 8),
          List.of(2, 4),
          List.of(10, 6),
          List.of(4, 2),
          List.of(2, 2),
          List.of(1, -1));
  private static final ModelSizes SIZES =
      new ModelSizes(ARCHITECTURE, 8, 31, 37, false, "relu", 64);

  @TempDir Path folder;

  @BeforeEach
  void write() {
    SplittableRandom random = new SplittableRandom(1);
    ObjectNode config = Json.object();
    config.set("architecture", ConfigurationDictionary.toJson(ARCHITECTURE));
    config.put("qkv_dim", 8).put("source_vocabulary", 31).put("target_vocabulary", 37);
    config.put("share_all_embeddings", false).put("activation_fn", "relu").put("max_positions", 64);
    config.put("source_lang", "en");
    OnnxFolder.write(
        folder,
        SIZES,
        OnnxPrecision.FP32,
        parameter -> {
          float[] values = new float[parameter.size()];
          for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextDouble() - 0.5f;
          }
          return values;
        },
        config);
  }

  private static float[] firstStep(OnnxModel model) {
    try (OnnxDecoder decoder = new OnnxDecoder(model, 1, 2)) {
      decoder.encode(List.of(new int[] {4, 9, 2}), new int[] {0});
      FloatBuffer scores = decoder.step(1, new int[1], new int[] {2, 2}, new int[2], 1);
      float[] all = new float[scores.remaining()];
      scores.get(all);
      return all;
    }
  }

  @Test
  void aFolderIsWhatItWasMadeOf() {
    assertThat(OnnxFolder.check(folder).sizes()).isEqualTo(SIZES);
    assertThat(OnnxFolder.check(folder).sourceLanguage()).isEqualTo("en");
    try (OnnxModel one = OnnxModel.open(folder, 1);
        OnnxModel two = OnnxModel.open(folder, 2)) {
      float[] scores = firstStep(one);
      assertThat(scores).hasSize(2 * 37);
      assertThat(Arrays.copyOf(scores, 37)).containsExactly(Arrays.copyOfRange(scores, 37, 74));
      assertThat(firstStep(two)).usingComparatorWithPrecision(1e-5f).containsExactly(scores);
    }
  }

  /** Standard operators, so that other runtimes can read the graphs. */
  @Test
  void operatorsAreThoseOfTheStandard() {
    for (OnnxPrecision precision : OnnxPrecision.values()) {
      OnnxGraphs graphs = OnnxGraphs.of(SIZES, precision);
      for (ModelProto model : List.of(graphs.encoder().model(), graphs.decoder().model())) {
        assertThat(model.getOpsetImportList()).hasSize(1);
        assertThat(model.getOpsetImport(0).getDomain()).isEmpty();
        assertThat(model.getOpsetImport(0).getVersion()).isEqualTo(17);
        assertThat(model.getGraph().getNodeList())
            .extracting(NodeProto::getDomain)
            .containsOnly("");
        Set<String> used =
            model.getGraph().getNodeList().stream()
                .map(NodeProto::getOpType)
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(used.contains("MatMulInteger")).isEqualTo(precision == OnnxPrecision.INT8);
        assertThat(used.contains("Gemm")).isEqualTo(precision == OnnxPrecision.FP32);
      }
    }
  }

  @Test
  void graphsOfOneModelAreTheSameBytes() {
    for (OnnxPrecision precision : OnnxPrecision.values()) {
      assertThat(OnnxGraphs.of(SIZES, precision).decoder().model().toByteArray())
          .isEqualTo(OnnxGraphs.of(SIZES, precision).decoder().model().toByteArray());
    }
  }

  @Test
  void measuringNeedsNoFiles() {
    RandomWeights weights = new RandomWeights();
    for (OnnxPrecision precision : OnnxPrecision.values()) {
      try (OnnxModel model = OnnxModel.random(SIZES, precision, 1, weights)) {
        for (float score : firstStep(model)) {
          assertThat(score).isFinite();
        }
      }
    }
  }

  /** Each is told in one line that names the file. */
  @Test
  void whatIsWrongWithAFileIsSaid() throws Exception {
    refuses("weights.bin", bytes -> Arrays.copyOf(bytes, bytes.length - 5), "the file was cut");
    for (String name : List.of("encoder.onnx", "decoder.onnx")) {
      for (int part : new int[] {0, 1, 2, 3}) {
        refuses(name, bytes -> Arrays.copyOf(bytes, bytes.length * part / 4), name + ": ");
      }
      refuses(name, bytes -> "nothing of the kind".getBytes(), "not an ONNX model");
      refuses(
          name,
          bytes -> changed(bytes, model -> model.getOpsetImportBuilder(0).setVersion(99)),
          "of opset 99, need 17");
      refuses(
          name,
          bytes -> changed(bytes, model -> model.setProducerName("pytorch")),
          "an ONNX model that pytorch wrote");
      refuses(
          name,
          bytes -> OnnxGraphs.of(SIZES, OnnxPrecision.INT8).decoder().model().toByteArray(),
          "precision=int8");
    }
    refuses(
        "config.json",
        bytes -> "{\"format\":\"mos-transformer\",\"version\":1}".getBytes(),
        "not an ONNX model of this program");
    refuses(
        "config.json",
        bytes -> new String(bytes).replace("\"qkv_dim\" : 8", "\"qkv_dim\" : -8").getBytes(),
        "qkv_dim: got -8, must be a whole number");
    for (String name : List.of("config.json", "encoder.onnx", "decoder.onnx", "weights.bin")) {
      byte[] bytes = Files.readAllBytes(folder.resolve(name));
      Files.delete(folder.resolve(name));
      refuses(name);
      Files.write(folder.resolve(name), bytes);
    }
  }

  private interface Damage {
    byte[] of(byte[] bytes) throws Exception;
  }

  private static byte[] changed(
      byte[] bytes, java.util.function.Consumer<ModelProto.Builder> change) throws Exception {
    ModelProto.Builder model = ModelProto.parseFrom(bytes).toBuilder();
    change.accept(model);
    return model.build().toByteArray();
  }

  private void refuses(String name, Damage damage, String message) throws Exception {
    Path file = folder.resolve(name);
    byte[] whole = Files.readAllBytes(file);
    Files.write(file, damage.of(whole));
    refuses(message);
    Files.write(file, whole);
  }

  private void refuses(String message) {
    assertThatThrownBy(() -> OnnxModel.open(folder, 1).close())
        .isInstanceOf(MosException.class)
        .hasMessageContaining(message)
        .hasMessageNotContainingAny("\n", "Exception");
  }

  /** What the checks of files cannot see, the runtime says. */
  @Test
  void weightsOfOtherSizesAreRefused() throws Exception {
    Path file = folder.resolve("decoder.onnx");
    Files.write(
        file,
        changed(
            Files.readAllBytes(file),
            model ->
                model.getGraphBuilder().getNodeBuilderList().stream()
                    .filter(node -> node.getOpType().equals("Gemm"))
                    .findFirst()
                    .orElseThrow()
                    .setOpType("Gemn")));
    refuses("decoder.onnx: ");
  }

  @Test
  void threadsAreAtLeastOne() {
    assertThatThrownBy(() -> OnnxModel.open(folder, 0))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage("threads: got 0, must be at least 1");
  }

  @Test
  void aLibraryThatDoesNotLoadIsSaid() throws Exception {
    Files.writeString(folder.resolve("libonnxruntime.so"), "no library");
    Files.writeString(folder.resolve("libonnxruntime4j_jni.so"), "no library");
    String said = child("-Donnxruntime.native.path=" + folder);
    assertThat(said.lines().filter(line -> line.startsWith("refused: ")).toList())
        .as(said)
        .hasSize(2)
        .allMatch(line -> line.contains("ONNX Runtime's library cannot be loaded on this machine"));
  }

  /** Version 1.29 of the library overflows its stack on the way, see {@link OnnxRuntime}. */
  @Test
  void aLongCommandLineIsNoHindrance() throws Exception {
    assertThat(child("-Dlong=" + "x".repeat(20_000))).contains("opened").doesNotContain("refused");
  }

  private String child(String option) throws Exception {
    Process child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                option,
                "-cp",
                System.getProperty("java.class.path"),
                Opening.class.getName(),
                folder.toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(child.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return said;
  }

  /** A program of its own, because a library is loaded once. */
  static final class Opening {
    private Opening() {}

    /** Tries twice: what fails to load fails otherwise the second time. */
    public static void main(String[] arguments) {
      for (int i = 0; i < 2; i++) {
        try {
          OnnxModel.open(Path.of(arguments[0]), 1).close();
          System.out.println("opened");
        } catch (MosException e) {
          System.out.println("refused: " + e.getMessage());
        }
      }
    }
  }

  /** Sentences of all lengths, in groups of all sizes. */
  @Test
  void memoryStaysFlat() throws Exception {
    try (OnnxModel model = OnnxModel.open(folder, 1);
        OnnxDecoder decoder = new OnnxDecoder(model, 4, 3)) {
      SplittableRandom random = new SplittableRandom(5);
      translate(decoder, random, 300);
      for (int i = 0; i < 10; i++) {
        OnnxModel.open(folder, 1).close();
      }
      long before = resident();
      translate(decoder, random, 3000);
      for (int i = 0; i < 20; i++) {
        OnnxModel.open(folder, 1).close();
      }
      assertThat(resident() - before).isLessThan(24L << 20);
    }
  }

  private static void translate(OnnxDecoder decoder, SplittableRandom random, int sentences) {
    for (int done = 0; done < sentences; ) {
      int n = random.nextInt(1, 5);
      List<int[]> sources = new ArrayList<>();
      int[] places = new int[n];
      for (int i = 0; i < n; i++) {
        int[] source = new int[random.nextInt(1, 60)];
        Arrays.fill(source, 7);
        sources.add(source);
        places[i] = i;
      }
      decoder.encode(sources, places);
      int steps = random.nextInt(1, 24);
      for (int t = 0; t < steps; t++) {
        int[] taken = new int[n];
        Arrays.fill(taken, t);
        decoder.step(n, taken, new int[3 * n], new int[3 * n * 24], 24);
      }
      done += n;
    }
  }

  private static long resident() throws Exception {
    System.gc();
    Path status = Path.of("/proc/self/status");
    org.junit.jupiter.api.Assumptions.assumeTrue(Files.exists(status));
    return Files.readAllLines(status).stream()
        .filter(line -> line.startsWith("VmRSS"))
        .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("\\D", "")))
        .findFirst()
        .orElseThrow();
  }
}
