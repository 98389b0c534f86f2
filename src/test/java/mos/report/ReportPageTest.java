package mos.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import javax.xml.parsers.DocumentBuilderFactory;
import mos.base.ConfigurationException;
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

  @Test
  void fullFolderGivesAllSections() throws Exception {
    ExampleFolder.write(folder, 1000);
    Document document = parse(page());
    assertThat(section(document, "summary"))
        .contains("78.92", "54.3 ms", "51.2 M", "met with a margin of 9.5 %", "tok:13a", "+17.08");
    assertThat(section(document, "training"))
        .contains("SuperTransformer", "from inherited weights", "valid, smallest: 2.7");
    assertThat(section(document, "search"))
        .contains("1,001 candidates in 11 generations", "constraint 60.0 ms", "Pareto front")
        .contains("chosen by the search");
    assertThat(section(document, "predictor")).contains("RMSE", "1.21 ms", "0.941");
    assertThat(section(document, "translations")).contains("zweiundvierzig Kilometer");
    assertThat(section(document, "stages")).contains("evo search", "4 min 01 s");
    assertThat(section(document, "provenance")).contains("./mos run --task sample", "17.0.12+7");
    assertThat(document.getElementsByTagName("svg").getLength()).isEqualTo(1 + 3 * 3 + 1 + 8 + 1);
    assertThat(section(document, "routers"))
        .contains("Encoder fc2, spread over neurons", "largest, layer 3, expert 2: 0.4100")
        .doesNotContain("smallest, layer 2")
        .contains("expert 1 in fc1 of encoder layer 3 has 0.410 in found, 0.590 in largest");
    assertThat(document.getElementsByTagName("ul").getLength()).isZero();
  }

  @Test
  void pageNeedsNothingFromElsewhere() throws Exception {
    ExampleFolder.write(folder, 10);
    assertThat(page())
        .doesNotContain("http:", "https:", "<script", "<link", "<img", "url(", "@import");
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
        String.format(Locale.ROOT, "{\"update\":1,\"valid\":{\"%s\":{\"loss\":1}}}\n", evil));
    ExampleFolder.write(
        folder,
        "search/candidates.jsonl",
        String.format(
            Locale.ROOT,
            "{\"generation\":0,\"loss\":1,\"latency_ms\":2,\"origin\":\"%s\"}\n",
            evil));
    String page = page();
    assertThat(page).doesNotContain("<script").contains("&lt;script&gt;alert(1)");
    parse(page);
  }

  @Test
  void missingFilesAreSaidInTheirSections() throws Exception {
    ExampleFolder.write(folder, "translations.jsonl", "{\"source\":\"a\",\"final\":\"b\"}\n");
    Document document = parse(page());
    assertThat(section(document, "summary")).contains("has not finished", "No architecture");
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
    assertThat(section(parse(page()), "summary"))
        .contains("2 layers with FFN sizes 1024, 64,")
        .contains("decoder layer 2 attends to encoder layer 1");
  }

  @Test
  void wrongArchitectureIsNamed() throws Exception {
    ExampleFolder.write(
        folder, "search/architecture.yml", "encoder-layer-num-subtransformer: 2000000000\n");
    assertThat(page())
        .contains("encoder-layer-num-subtransformer: got 2000000000, must be in 1..64");
  }

  @Test
  void tenThousandCandidatesAreThinned() throws Exception {
    ExampleFolder.write(folder, 10_000);
    String page = page();
    assertThat(page.split("<circle", -1)).hasSizeLessThan(4500);
    assertThat(page).contains("10,001 candidates").contains("Drawn: ");
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
