package mos.report;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import mos.base.ConfigurationException;
import mos.console.Numbers;
import mos.results.ComparedModel;
import mos.results.ResultFiles;
import mos.results.ResultJson;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

class ReportPageTest {
  @TempDir Path folder;

  private String page() throws IOException {
    return Files.readString(ReportPage.write(folder));
  }

  /** Fails on anything that is not well-formed, pictures included. */
  private static Document parse(String page) throws Exception {
    assertThat(page).startsWith("<!DOCTYPE html>\n");
    String body = page.substring(page.indexOf('\n'));
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new InputSource(new StringReader(body)));
  }

  private static String section(Document document, String id) {
    NodeList sections = document.getElementsByTagName("section");
    for (int i = 0; i < sections.getLength(); i++) {
      if (((Element) sections.item(i)).getAttribute("id").equals(id)) {
        return sections.item(i).getTextContent().replaceAll("\\s+", " ");
      }
    }
    throw new AssertionError("no section " + id);
  }

  /** The examples hold what the program writes and nothing else. */
  @Test
  void examplesAreResultsOfTheProgram() throws Exception {
    ExampleFolder.write(folder, 20);
    ExampleFolder.write(folder, ExampleFolder.summary(60, 0.48));
    assertThat(ResultFiles.problems(folder)).isEmpty();
  }

  @Test
  void fullFolderGivesAllSections() throws Exception {
    ExampleFolder.write(folder, 1000);
    Document document = parse(page());
    JsonNode summary = ExampleFolder.summary();
    String bleu = Numbers.fixed(summary.at("/bleu/final").asDouble(), 2);
    assertThat(section(document, "result")).contains("BLEU " + bleu + " on the test set");
    assertThat(section(document, "stages")).contains("train the SuperTransformer", "search", "all");
    assertThat(section(document, "search")).contains("1,000 candidates in", "Pareto front");
    assertThat(section(document, "quality")).contains(bleu, "tok:13a", "largest, in the Super");
    assertThat(section(document, "next"))
        .contains("./mos export --path " + folder, "./mos generate --path " + folder);
    assertThat(section(document, "training")).contains("SuperTransformer", "SubTransformer");
    assertThat(section(document, "translations")).contains("Reference", "Inherited");
    assertThat(section(document, "predictor")).contains("RMSE", " ms");
    assertThat(section(document, "routers")).contains("Encoder fc1", "expert 2: 0.");
    assertThat(section(document, "provenance"))
        .contains("./mos run --task sample", "task sample", "data: test", "latency-predictor-model")
        .doesNotContain("{", "wmt14.en-de");
    assertThat(section(document, "terms")).contains("perplexity", "neuronrouting", "latency share");
    assertThat(document.getElementsByTagName("ul").getLength()).isZero();
  }

  @Test
  void resultStandsFirstAndSaysWhetherTheConstraintIsMet() throws Exception {
    ExampleFolder.write(folder);
    ExampleFolder.write(folder, ExampleFolder.summary(60, 0.48));
    Document document = parse(page());
    Element first = (Element) document.getElementsByTagName("section").item(0);
    assertThat(first.getAttribute("id")).isEqualTo("result");
    assertThat(section(document, "result"))
        .contains("✓Constraint met")
        .contains("in 9.60 ms, 2.1 times as fast as the largest (20.0 ms)")
        .contains("At most 60% of the largest’s latency was asked for; it takes 48%: met, with")
        .contains("with 20% to spare", "28 Nov 2026, 12:40 UTC", "1.25 cores")
        .doesNotContain("NOT");

    ExampleFolder.write(folder, ExampleFolder.summary(40, 0.48));
    assertThat(section(parse(page()), "result"))
        .contains("✗Constraint NOT metOther programs kept 1.3 cores busy")
        .contains("NOT met, 20% too much", "✗ NO, 20% too much");
  }

  @Test
  void olderSummarySaysWhatIsNotRecorded() throws Exception {
    ObjectNode summary = ExampleFolder.summary(60, 0.5);
    summary.remove(List.of("constraint_met", "constraints", "largest", "speed_up"));
    summary.put("latency_constraint_ms", 9);
    ExampleFolder.write(folder, summary);
    assertThat(section(parse(page()), "result"))
        .contains("Constraint NOT met", "11% too much", "not recorded", "in 10.0 ms.")
        .doesNotContain("times as fast");
    summary.putNull("latency_constraint_ms");
    summary.remove(List.of("flops_constraint_giga", "params_constraint_mega"));
    ExampleFolder.write(folder, summary);
    assertThat(section(parse(page()), "result")).contains("Constraint: not recorded");
  }

  @Test
  void foundStandsBesideTheLargestAndATransformerBase() throws Exception {
    ExampleFolder.write(folder);
    assertThat(section(parse(page()), "compared")).contains("Nothing was compared");
    ObjectNode summary = ExampleFolder.summary();
    ComparedModel found =
        new ComparedModel("final", 30.5, 29.5, 55.0, 10.0, 14.0, 5000.0, 310.0, 350.0, 2_000_000L);
    ComparedModel largest =
        new ComparedModel(
            "inherited", 28.25, 27.0, 53.0, 25.0, 38.0, 2000.0, 400.0, 480.0, 4_000_000L);
    Map<String, ComparedModel> models = new LinkedHashMap<>();
    models.put("found", found);
    models.put("largest", largest);
    summary.set("comparison", ResultJson.tree(models));
    ExampleFolder.write(folder, summary);
    assertThat(section(parse(page()), "compared"))
        .contains("trained on its own30.5029.5010.014.0–")
        .contains("inherited, not trained further28.2527.0025.038.02.50 ×")
        .contains("--compare-base 1 also trains")
        .doesNotContain("Transformer basetrained");
    models.put(
        "base", new ComparedModel("final", 31.0, null, null, null, null, null, null, null, null));
    summary.set("comparison", ResultJson.tree(models));
    ExampleFolder.write(folder, summary);
    assertThat(section(parse(page()), "compared"))
        .contains("Transformer basetrained on its own31.00–")
        .contains("as many updates as the found one");
  }

  @Test
  void dryRunIsLabelled() throws Exception {
    String label = "Its figures mean nothing";
    ObjectNode summary = ExampleFolder.summary();
    ObjectNode options = (ObjectNode) summary.at("/provenance/run/options");
    options.remove("trial-run");
    ((ObjectNode) summary.at("/provenance/settings")).put("trial-run", false);
    ExampleFolder.write(folder, summary);
    assertThat(page()).doesNotContain(label);
    for (String value : List.of("1", "true")) {
      options.put("trial-run", value);
      ExampleFolder.write(folder, summary);
      assertThat(page()).contains(label);
    }
    options.remove("trial-run");
    ((ObjectNode) summary.at("/provenance/settings")).put("trial-run", true);
    ExampleFolder.write(folder, summary);
    assertThat(page()).contains(label);
  }

  /** A search of two candidates in milliseconds with a limit; the second is the chosen one. */
  private void search(double limitMs, double lastMs) throws Exception {
    ObjectNode summary = ExampleFolder.summary(60, 0.5);
    summary.remove(List.of("constraint_met", "constraints"));
    summary.put("latency_constraint_ms", limitMs).put("latency_ms", lastMs);
    ExampleFolder.write(folder, summary);
    ExampleFolder.write(
        folder,
        "search/candidates.jsonl",
        """
        {"generation":0,"loss":1.25,"latency_ms":14.5,"cost":14.5,"cost_unit":"ms"}
        {"generation":0,"loss":1.4,"latency_ms":9.5,"cost":9.5,"cost_unit":"ms"}
        {"generation":1,"loss":1.3,"latency_ms":10.9,"cost":10.9,"cost_unit":"ms","chosen":true}
        """);
  }

  @Test
  void chosenModelHasOneLatencyAndRefusedOnesAreMarked() throws Exception {
    search(15, 11.8);
    String search = section(parse(page()), "search");
    assertThat(search)
        .contains("Chosen: 11.8 ms, loss 1.300, generation 1, in the search 10.9 ms")
        .contains("Refused: 14.5 ms, loss 1.250")
        .contains("1 was refused, for missing the limit", "limit 15.0 ms", "3 within the limit");
    assertThat(search.split("Refused: ", -1)).hasSize(2);
  }

  @Test
  void refusedAndChosenStandWhereTheyWereMeasuredLastInSharesToo() throws Exception {
    ObjectNode summary = ExampleFolder.summary(60, 0.48);
    ((ObjectNode) summary.at("/provenance/settings")).put("latency-margin", 5);
    ExampleFolder.write(folder, summary);
    ExampleFolder.write(
        folder,
        "search/candidates.jsonl",
        """
        {"generation":0,"loss":1.2,"cost":56,"cost_unit":"% of the largest's latency"}
        {"generation":0,"loss":1.25,"cost":56,"cost_unit":"% of the largest's latency",\
        "chosen":false,"refused":true,"measured_again":63.5}
        {"generation":1,"loss":1.3,"cost":50,"cost_unit":"% of the largest's latency",\
        "chosen":true,"refused":false,"measured_again":52}
        {"generation":0,"loss":1.35,"cost":62,"cost_unit":"% of the largest's latency",\
        "chosen":false,"refused":true,"measured_again":61,"origin":"baseline"}
        """);
    assertThat(section(parse(page()), "search"))
        .contains(
            "Chosen: 48% of the largest’s latency, loss 1.300, generation 1, in the search 50")
        .contains(
            "Refused: 63.5% of the largest’s latency, loss 1.250, generation 0, in the search 56")
        .contains("Refused: 61% of the largest’s latency, loss 1.350, of a baseline")
        .contains("2 were refused, for missing the limit", "limit 60% of the largest’s latency")
        .contains("aims a little below the limit, at 57% of the largest’s latency");
  }

  @Test
  void distantLimitDoesNotSqueezeThePoints() throws Exception {
    search(15, 11.8);
    assertThat(page()).contains("limit 15.0 ms</text>").doesNotContain("→");
    search(200, 11.8);
    String page = page();
    assertThat(page).contains("limit 200 ms →</text>");
    Matcher circles = Pattern.compile("<circle cx=\"([0-9.]+)\"").matcher(page);
    List<Double> xs = circles.results().map(r -> Double.valueOf(r.group(1))).toList();
    assertThat(Collections.max(xs) - Collections.min(xs)).isGreaterThan(400);
  }

  @Test
  void commandsNameTheFolderAsOneWord() throws Exception {
    folder = Files.createDirectory(folder.resolve("it's mine"));
    ExampleFolder.write(folder);
    String word = "'" + folder.toString().replace("'", "'\\''") + "/model'";
    assertThat(section(parse(page()), "next")).contains("--out " + word);
  }

  @Test
  void oneUpdateIsASentenceAndNoEmptyChart() throws Exception {
    ExampleFolder.write(
        folder,
        "supernet/metrics.jsonl",
        "{\"update\":5,\"loss\":6.9,\"lr\":0.001}\n"
            + "{\"update\":5,\"valid\":{\"largest\":{\"loss\":6.8,\"nll_loss\":6.7,\"ppl\":104}}}\n");
    Document document = parse(page());
    assertThat(section(document, "training"))
        .contains("Update 5: training loss 6.900. valid, largest, update 5: loss 6.800");
    assertThat(document.getElementsByTagName("svg").getLength()).isZero();
  }

  @Test
  void pageNeedsNothingFromElsewhere() throws Exception {
    ExampleFolder.write(folder, 10);
    String page = page();
    assertThat(page).doesNotContain("http:", "https:", "<img", "url(", "@import", " src=");
    assertThat(page.split("<script", -1)).hasSize(2);
    String script = page.replaceAll("(?s).*<script>|</script>.*", "");
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(script.getBytes(UTF_8));
    assertThat(page)
        .contains("script-src 'sha256-" + Base64.getEncoder().encodeToString(digest) + "'\"/>");
  }

  @Test
  void everyPictureHasANameAndADescription() throws Exception {
    ExampleFolder.write(folder, 10);
    NodeList pictures = parse(page()).getElementsByTagName("svg");
    for (int i = 0; i < pictures.getLength(); i++) {
      Element picture = (Element) pictures.item(i);
      assertThat(picture.getAttribute("aria-label")).isNotBlank();
      assertThat(picture.getElementsByTagName("desc").getLength()).isEqualTo(1);
    }
  }

  @Test
  void everyColumnAndRowOfATableHasAHeader() throws Exception {
    ExampleFolder.write(folder, 10);
    NodeList headers = parse(page()).getElementsByTagName("th");
    assertThat(headers.getLength()).isGreaterThan(50);
    for (int i = 0; i < headers.getLength(); i++) {
      Element header = (Element) headers.item(i);
      assertThat(header.getTextContent()).isNotBlank();
      assertThat(header.getAttribute("scope")).isIn("col", "row");
    }
  }

  @Test
  void textsFromOutsideAreEscaped() throws Exception {
    String evil = "<script>alert(1)</script>\\u0001\\ud800&\\\"'";
    ExampleFolder.write(
        folder,
        "summary.json",
        String.format(
                Locale.ROOT,
                "{\"task\":\"%1$s\",\"mos_type\":\"%1$s\",\"provenance\":{\"command\":\"%1$s\",\"%1$s\":1},",
                evil)
            + String.format(
                Locale.ROOT,
                "\"seconds\":{\"%1$s\":1},\"sacrebleu\":{\"final\":1,\"signature\":\"%1$s\"},",
                evil)
            + String.format(Locale.ROOT, "\"baselines\":{\"%s\":{\"loss\":1}}}", evil));
    ExampleFolder.write(
        folder,
        "translations.jsonl",
        String.format(
            Locale.ROOT,
            "{\"source\":\"%1$s\",\"reference\":\"a %1$s\",\"inherited\":\"%1$s b\",\"final\":\"\"}\n",
            evil));
    ExampleFolder.write(
        folder,
        "supernet/metrics.jsonl",
        String.format(
            Locale.ROOT,
            "{\"update\":1,\"valid\":{\"%s\":{\"loss\":1,\"nll_loss\":1,\"ppl\":2}}}\n",
            evil));
    ExampleFolder.write(
        folder,
        "search/candidates.jsonl",
        String.format(
            Locale.ROOT,
            "{\"generation\":0,\"loss\":1,\"latency_ms\":2,\"origin\":\"%s\"}\n",
            evil));
    String page = page();
    assertThat(page).contains("&lt;script&gt;alert(1)").doesNotContain("<script>alert");
    assertThat(page.split("<script", -1)).hasSize(2);
    parse(page);
  }

  @Test
  void missingFilesAreSaidInTheirSections() throws Exception {
    ExampleFolder.write(folder, "translations.jsonl", "{\"source\":\"a\",\"final\":\"b\"}\n");
    Document document = parse(page());
    assertThat(section(document, "result")).contains("has not finished");
    assertThat(section(document, "found")).contains("No architecture");
    assertThat(section(document, "training")).contains("No training figures");
    assertThat(section(document, "search")).contains("No candidates");
    assertThat(section(document, "predictor")).contains("No latency predictor");
    assertThat(section(document, "stages")).contains("No times");
    assertThat(section(document, "provenance")).contains("No provenance");
  }

  @Test
  void everyPartAloneAndEmptyGivesAPage() throws Exception {
    for (String name :
        new String[] {
          "summary.json", "supernet/metrics.jsonl", "subtransformer/metrics.jsonl",
          "search/candidates.jsonl", "latency/predictor.json", "translations.jsonl",
          "search/architecture.yml", "search/router-weights.json"
        }) {
      for (String text :
          new String[] {
            "[".repeat(100_000),
            "&a [*a]",
            "&a {b: *a}",
            "a: [".repeat(20_000),
            "",
            "{}",
            "[]",
            "null",
            "{\"heldout\":[{}]}",
            "{\"experts\":2147483647,\"architectures\":[{\"routers\":[{\"side\":\"decoder\","
                + "\"layer\":1,\"mean\":[1e999,{}]},{\"side\":\"encoder\",\"layer\":-1}]},7]}",
            "\u0000"
          }) {
        Path alone = Files.createTempDirectory(folder, "alone");
        ExampleFolder.write(alone, name, text);
        parse(Files.readString(ReportPage.write(alone)));
      }
    }
  }

  @Test
  void damagedLinesAreSkippedAndCounted() throws Exception {
    Files.createDirectories(folder.resolve("search"));
    byte[] brokenUtf8 = {'{', '"', (byte) 0xff, (byte) 0xc0, '\n'};
    Files.write(folder.resolve("translations.jsonl"), brokenUtf8);
    ExampleFolder.write(
        folder,
        "search/candidates.jsonl",
        """
        {"generation":0,"loss":3.1,"latency_ms":40}
        {"generation":0,"loss":3.1,"laten
        {"generation":1,"loss":"three","latency_ms":40}
        {"generation":2000000000,"loss":1e300,"latency_ms":-1e308}
        """);
    String notes = parse(page()).getElementsByTagName("ul").item(0).getTextContent();
    assertThat(notes)
        .contains("translations.jsonl: 1 line was damaged")
        .contains("search/candidates.jsonl: 3 lines were damaged");
  }

  @Test
  void architectureFileServesWhereTheSummaryHasNone() throws Exception {
    ExampleFolder.write(
        folder,
        "search/architecture.yml",
        """
        encoder-embed-dim-subtransformer: 640
        encoder-layer-num-subtransformer: 1
        encoder-ffn-embed-dim-all-subtransformer: [3072]
        encoder-self-attention-heads-all-subtransformer: [80]
        decoder-embed-dim-subtransformer: 512
        decoder-layer-num-subtransformer: 2
        decoder-ffn-embed-dim-all-subtransformer: [1024, 64, 2048]
        decoder-self-attention-heads-all-subtransformer: [4, 8, 8]
        decoder-ende-attention-heads-all-subtransformer: [4, 8, 8]
        decoder-arbitrary-ende-attn-all-subtransformer: [-1, 2, 1]
        """);
    assertThat(section(parse(page()), "found"))
        .contains("2 layers with FFN sizes 1024, 64,")
        .contains("decoder layer 2 attends to encoder layer 1");
  }

  @Test
  void wrongArchitectureIsNamed() throws Exception {
    ExampleFolder.write(
        folder, "search/architecture.yml", "encoder-layer-num-subtransformer: 2000000000\n");
    assertThat(page()).contains("encoder-layer-num-subtransformer: got 2000000000, must be");
  }

  @Test
  void tenThousandCandidatesAreThinned() throws Exception {
    ExampleFolder.write(folder, 10_000);
    String page = page();
    assertThat(page.split("<circle", -1)).hasSizeLessThan(4500);
    assertThat(page).contains("10,000 candidates").contains("Drawn: ");
  }

  @Test
  void folderWithoutAnyKnownFileIsAnError() {
    assertThatThrownBy(() -> ReportPage.write(folder))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("need at least one of summary.json");
    assertThat(folder.resolve(ReportPage.FILE_NAME)).doesNotExist();
    assertThatThrownBy(() -> ReportPage.write(folder.resolve("no")))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("no such folder");
  }
}
