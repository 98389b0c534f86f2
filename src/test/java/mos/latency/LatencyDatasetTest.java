package mos.latency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import mos.base.ConfigurationException;
import mos.base.MosException;
import mos.host.Hardware;
import mos.space.SearchSpace;
import mos.space.SubTransformer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LatencyDatasetTest {
  private static final Hardware HERE =
      new Hardware("cpu_test", "Some CPU", 2, 1, "fp32", "cpu", "17", "2.10");

  @TempDir Path folder;
  private Path csv;
  private final List<SubTransformer> measured = new ArrayList<>();

  @BeforeEach
  void name() {
    csv = folder.resolve("lat.csv");
  }

  private static LatencyDataset.Plan plan(int size, long seed) {
    return new LatencyDataset.Plan(
        new LatencyPlan(
            LatencyRows.SPACE,
            size,
            seed,
            new LatencyConfig(30, 30, 5, 10),
            LatencyRows.MODEL,
            Map.of(),
            List.of()),
        HERE,
        Map.of());
  }

  private LatencyDataset build(int size) {
    return LatencyDataset.build(
        csv,
        plan(size, 1),
        a -> {
          measured.add(a);
          return LatencyRows.latency(a, 1);
        },
        (done, of, row) -> {});
  }

  @Test
  void everyRowSurvivesTheFile() {
    LatencyDataset dataset = build(6);
    assertThat(dataset.hardware()).contains(HERE);
    assertThat(dataset.rows()).hasSize(6);
    for (int i = 0; i < 6; i++) {
      SubTransformer a = plan(6, 1).rows().architecture(i);
      assertThat(dataset.rows().get(i)).isEqualTo(LatencyRow.of(a, LatencyRows.latency(a, 1)));
    }
  }

  @Test
  void hatColumnsComeFirst() throws Exception {
    build(1);
    assertThat(Files.readAllLines(csv).get(0))
        .startsWith(
            "encoder_embed_dim,encoder_layer_num,encoder_ffn_embed_dim_avg,"
                + "encoder_self_attention_heads_avg,decoder_embed_dim,decoder_layer_num,"
                + "decoder_ffn_embed_dim_avg,decoder_self_attention_heads_avg,"
                + "decoder_ende_attention_heads_avg,decoder_arbitrary_ende_attn_avg,"
                + "latency_mean_encoder,latency_mean_decoder,latency_std_encoder,"
                + "latency_std_decoder,latency_interquartile,encoder_ffn_embed_dim_1,");
  }

  @Test
  void killedRunContinuesWithTheNextRow() throws Exception {
    build(6);
    String whole = Files.readString(csv);
    measured.clear();
    int fourthRow = ordinalIndexOf(whole, '\n', 4);
    Files.writeString(csv, whole.substring(0, fourthRow + 20));
    build(6);
    assertThat(Files.readString(csv)).isEqualTo(whole);
    assertThat(measured).containsExactly(measured(3), measured(4), measured(5));
  }

  private static SubTransformer measured(int row) {
    return plan(6, 1).rows().architecture(row);
  }

  private static int ordinalIndexOf(String text, char c, int ordinal) {
    int index = -1;
    for (int i = 0; i < ordinal; i++) {
      index = text.indexOf(c, index + 1);
    }
    return index;
  }

  @Test
  void halfWrittenHeaderIsWrittenAgain() throws Exception {
    build(2);
    String whole = Files.readString(csv);
    Files.writeString(csv, whole.substring(0, 30));
    assertThat(build(2).rows()).hasSize(2);
    assertThat(Files.readString(csv)).isEqualTo(whole);
  }

  @Test
  void moreRowsExtendTheFile() throws Exception {
    build(2);
    String two = Files.readString(csv);
    build(4);
    assertThat(Files.readString(csv)).startsWith(two);
    assertThat(measured).hasSize(4);
  }

  @Test
  void otherSeedIsRefused() {
    build(2);
    assertThatThrownBy(
            () ->
                LatencyDataset.build(
                    csv, plan(4, 2), a -> LatencyRows.latency(a, 1), (done, of, row) -> {}))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("seed 1, now 2");
  }

  @Test
  void rowsOfAnotherRuntimeAreRefused() {
    build(2);
    Hardware onnx = Hardware.ofOnnx(HERE.spec(), "int8", HERE.threads(), "1.29.0");
    LatencyDataset.Plan other = new LatencyDataset.Plan(plan(4, 1).rows(), onnx, Map.of());
    assertThatThrownBy(
            () ->
                LatencyDataset.build(
                    csv, other, a -> LatencyRows.latency(a, 1), (done, of, row) -> {}))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("precision fp32 against int8")
        .hasMessageContaining("runtime libtorch against onnx");
    assertThat(HERE.sameMachine(onnx)).isFalse();
    assertThat(onnx.differences(onnx)).isEmpty();
  }

  @Test
  void strangersFileIsLeftAlone() throws Exception {
    Files.writeString(csv, "precious");
    assertThatThrownBy(() -> build(2))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("unknown origin");
    assertThat(Files.readString(csv)).isEqualTo("precious");
  }

  @Test
  void hatFilesWithoutOurColumnsAreRead() throws Exception {
    LatencyCsv hat = new LatencyCsv(LayerColumns.NONE);
    LatencyRow row = LatencyRows.additive(1).get(0);
    Files.writeString(csv, hat.header() + hat.line(row));
    LatencyDataset dataset = LatencyDataset.read(csv);
    assertThat(dataset.hardware()).isEmpty();
    assertThat(dataset.rows().get(0).features()).isEqualTo(row.features());
    assertThat(dataset.rows().get(0).ms()).isEqualTo(row.ms());
    assertThat(dataset.rows().get(0).architecture()).isEmpty();
  }

  @Test
  void tokenExpertsHaveColumnsAfterTheOthersAndAreReadBack() throws Exception {
    SearchSpace space =
        LatencyRows.SPACE.withTokenExperts(List.of(1, 2, 3), List.of(128, 0), List.of(1, 2));
    LatencyCsv form = LatencyCsv.of(space);
    StringBuilder text = new StringBuilder(form.header());
    List<SubTransformer> architectures = new ArrayList<>();
    Random random = new Random(1);
    for (int i = 0; i < 20; i++) {
      architectures.add(space.sample(random));
      text.append(form.line(LatencyRow.of(architectures.get(i), new Latency(1, 2, 0, 0, 0))));
    }
    Files.writeString(csv, text.toString());
    assertThat(form.header()).startsWith(LatencyCsv.of(LatencyRows.SPACE).header().strip());
    assertThat(LatencyDataset.read(csv).rows())
        .extracting(row -> row.architecture().orElseThrow())
        .isEqualTo(architectures);
  }

  @Test
  void headSizesAndActivationsHaveColumnsAfterTheOthersAndAreReadBack() throws Exception {
    for (SearchSpace space :
        List.of(
            LatencyRows.SPACE
                .withActivations(List.of(), List.of(1, 2))
                .withHeadDims(List.of(32, 16), List.of(16, 8)),
            LatencyRows.SPACE
                .withTokenExperts(List.of(1, 2), List.of(128, 0), List.of(1))
                .withActivations(List.of(3, 1), List.of(1, 2))
                .withHeadDims(List.of(), List.of(16, 8)))) {
      LatencyCsv form = LatencyCsv.of(space);
      StringBuilder text = new StringBuilder(form.header());
      Random random = new Random(2);
      List<LatencyRow> rows = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        rows.add(LatencyRow.of(space.sample(random), new Latency(1 + i, 2, 0, 0, 0)));
        text.append(form.line(rows.get(i)));
      }
      Path file = Files.writeString(csv.resolveSibling("head-sizes.csv"), text);
      assertThat(LatencyCsv.read(file)).isEqualTo(rows);
      assertThat(form.columns()).endsWith("decoder_activation_" + space.maxDecoderLayers());
    }
  }

  @Test
  void badRowsAreNamed() throws Exception {
    build(2);
    String good = Files.readString(csv);
    for (String bad :
        List.of("1,2,3\n", "\n1,2,3\n", "\"1\n", good.split("\n", -1)[1].replace(",6,", ",x,"))) {
      Files.writeString(csv, good);
      Files.writeString(csv, bad, StandardOpenOption.APPEND);
      assertThatThrownBy(() -> LatencyDataset.read(csv))
          .isInstanceOf(MosException.class)
          .hasMessageContaining("lat.csv:4: ");
    }
  }

  @Test
  void layersThatContradictTheAveragesAreRefused() throws Exception {
    build(1);
    String[] lines = Files.readString(csv).split("\n", -1);
    Files.writeString(csv, lines[0] + "\n" + lines[1].replaceFirst(",6,[0-9.]+,", ",6,7.5,"));
    assertThatThrownBy(() -> LatencyDataset.read(csv))
        .hasMessageContaining("lat.csv:2: encoder_ffn_embed_dim_avg: got 7.5, the layers give");
  }

  @Test
  void wrongHeaderIsNamed() throws Exception {
    for (String header : List.of("", "a,b", "encoder_embed_dim\n", "\u0000")) {
      Files.writeString(csv, header);
      assertThatThrownBy(() -> LatencyDataset.read(csv))
          .isInstanceOf(MosException.class)
          .hasMessageContaining("lat.csv:1: column ");
    }
    Files.write(csv, new byte[] {(byte) 0xff, (byte) 0xfe, 10});
    assertThatThrownBy(() -> LatencyDataset.read(csv)).isInstanceOf(MosException.class);
  }

  @Test
  void tablesOfOtherProgramsAreRead() throws Exception {
    LatencyCsv hat = new LatencyCsv(LayerColumns.NONE);
    StringBuilder plain = new StringBuilder(hat.header());
    LatencyRows.additive(3).forEach(row -> plain.append(hat.line(row)));
    Files.writeString(csv, plain);
    List<LatencyRow> rows = LatencyCsv.read(csv);
    String text = plain.toString();
    List<String> same = new ArrayList<>();
    same.add("\ufeff" + text);
    same.add(text + "\n\r\n");
    same.add(text.strip());
    same.add(text.replace("\n", "\r\n"));
    same.add(text.replace(",", ";"));
    same.add(text.replace(",", "\t"));
    same.add(mapped(text, (line, i) -> '"' + line.replace(",", "\" , \"") + '"'));
    // A column of numbers before, one of remarks behind.
    same.add(
        mapped(
            text, (line, i) -> (i == 0 ? "," + line + ",remark" : i + "," + line + ",\"a, b\"")));
    same.add(
        mapped(
            text,
            (line, i) -> {
              List<String> cells = new ArrayList<>(List.of(line.split(",", -1)));
              Collections.reverse(cells);
              return String.join(",", cells);
            }));
    for (String one : same) {
      Files.writeString(csv, one);
      assertThat(LatencyCsv.read(csv)).as(one).isEqualTo(rows);
    }
    Files.writeString(csv, text.replaceFirst("encoder_layer_num", "encoder_embed_dim"));
    assertThatThrownBy(() -> LatencyCsv.read(csv)).hasMessageContaining("is there twice");
  }

  @Test
  void datasetWhoseColumnsWereChangedIsNotContinued() throws Exception {
    build(1);
    String text = Files.readString(csv);
    Files.writeString(
        csv, text.replaceAll("(?m)$", ",1").replaceFirst(",1", ",note").replaceAll("\n,1$", "\n"));
    assertThatThrownBy(() -> build(2))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("other columns");
  }

  private static String mapped(String text, BiFunction<String, Integer, String> line) {
    List<String> lines = text.lines().toList();
    return IntStream.range(0, lines.size())
        .mapToObj(i -> line.apply(lines.get(i), i) + "\n")
        .collect(Collectors.joining());
  }
}
