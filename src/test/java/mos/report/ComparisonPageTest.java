package mos.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import mos.base.ConfigurationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;

class ComparisonPageTest {
  @TempDir Path folder;

  private Document compare(String... names) throws Exception {
    Path page = folder.resolve("c.html");
    ComparisonPage.write(List.of(names).stream().map(folder::resolve).toList(), page);
    String text = Files.readString(page);
    assertThat(text).doesNotContain("http:", "https:");
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new InputSource(new StringReader(text.substring(text.indexOf('\n')))));
  }

  @Test
  void twoRunsStandSideBySide() throws Exception {
    ExampleFolder.write(folder.resolve("a"), 100);
    ExampleFolder.write(folder.resolve("b"), 50);
    Document page = compare("a", "b");
    String text = page.getDocumentElement().getTextContent();
    assertThat(text).contains("BLEU, tokenised, test", "Fronts of the searches");
    assertThat(text).contains("seed1", "device");
    assertThat(text).contains("Found SubTransformers", "All drawings have the same scale");
    assertThat(page.getElementsByTagName("ul").getLength()).isZero();
  }

  @Test
  void runsThatDoNotCompareAreWarnedOf() throws Exception {
    ExampleFolder.write(folder.resolve("a"));
    ExampleFolder.write(folder.resolve("b"));
    ObjectNode other = ExampleFolder.summary();
    other.put("task", "another");
    ObjectNode provenance = (ObjectNode) other.path("provenance");
    ((ObjectNode) provenance.path("data")).put("test", "0123").put("train", "4567");
    ((ObjectNode) provenance.path("run").path("options")).put("trial-run", "1");
    ExampleFolder.write(folder.resolve("b"), other);
    assertThat(compare("a", "b").getElementsByTagName("ul").item(0).getTextContent())
        .contains("The tasks differ", "The test sets differ", "The training data differ")
        .contains("b is a dry run")
        .doesNotContain("devices");
  }

  @Test
  void oneValidationIsATableAndTwoAreAChart() throws Exception {
    for (String name : List.of("a", "b")) {
      ExampleFolder.write(folder.resolve(name));
      ExampleFolder.write(folder.resolve(name), "supernet/metrics.jsonl", validation(10));
      ExampleFolder.write(folder.resolve(name), "subtransformer/metrics.jsonl", validation(10));
    }
    assertThat(compare("a", "b").getDocumentElement().getTextContent())
        .contains("Run, validated once", "6.500");
    ExampleFolder.write(
        folder.resolve("b"), "supernet/metrics.jsonl", validation(10) + validation(20));
    Document page = compare("a", "b");
    // The run with one validation has a point in the other's chart.
    assertThat(page.getDocumentElement().getTextContent()).contains("update 20: 6.500");
  }

  private static String validation(int update) {
    return "{\"update\":"
        + update
        + ",\"valid\":{\"largest\":{\"loss\":6.5,\"nll_loss\":6.4,\"ppl\":84.4}}}\n";
  }

  @Test
  void unfinishedRunLeavesItsFiguresOut() throws Exception {
    ExampleFolder.write(folder.resolve("a"), 100);
    ExampleFolder.write(folder.resolve("b"), "translations.jsonl", "{\"source\":\"<script>\"}\n");
    assertThat(compare("a", "b").getDocumentElement().getTextContent()).contains("sacreBLEU", "–");
    ExampleFolder.write(folder.resolve("c"), "translations.jsonl", "{\"source\":\"a\"}\n");
    assertThat(compare("b", "c").getDocumentElement().getTextContent())
        .contains("No run has finished")
        .doesNotContain("Fronts");
  }

  @Test
  void folderThatIsNoRunIsNamed() throws Exception {
    ExampleFolder.write(folder.resolve("a"), 10);
    assertThatThrownBy(() -> compare("a", "none"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("none: no such folder");
  }
}
