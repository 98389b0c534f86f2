package mos.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
    assertThat(text).doesNotContain("<script", "http:", "https:");
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
    assertThat(text).contains("78.92", "Fronts of the searches", "Found SubTransformers");
    // One front, two trainings, two architectures.
    assertThat(page.getElementsByTagName("svg").getLength()).isEqualTo(5);
  }

  @Test
  void unfinishedRunLeavesItsFiguresOut() throws Exception {
    ExampleFolder.write(folder.resolve("a"), 100);
    ExampleFolder.write(folder.resolve("b"), "translations.jsonl", "{\"source\":\"<script>\"}\n");
    assertThat(compare("a", "b").getDocumentElement().getTextContent()).contains("78.92", "–");
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
