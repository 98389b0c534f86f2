package mos.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import mos.model.SuperTransformer;
import mos.results.SearchFigures;
import mos.space.SubTransformer;
import mos.train.ArchitectureSchedule;
import mos.train.Checkpoint;
import mos.train.ReverseTask;
import mos.train.Trainer;
import mos.train.TrainingListener;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The programs of docs/java.md, which is written anew with {@code -Dmos.docs.write=true}. */
class LibraryExampleTest {
  private static final Path PAGE = Path.of("docs/java.md");
  private static final List<String> EXAMPLES = List.of("TranslateExample", "SearchExample");

  @TempDir Path folder;

  @Test
  void examplesSearchExportAndTranslate() {
    Path model = folder.resolve("model");
    try (ReverseTask task = ReverseTask.in(folder)) {
      Path supernet = train(task);
      SearchFigures found = SearchExample.search(supernet, folder, folder);
      assertThat(found.front()).isNotEmpty();
      assertThat(found.evaluated()).isPositive();
      List<SubTransformer> two = List.of(ReverseTask.SPACE.smallest(), ReverseTask.SPACE.largest());
      assertThat(SearchExample.evaluate(supernet, folder, two, folder)).isNotNegative();
      SubTransformer best = found.front().get(found.front().size() - 1).architecture();
      assertThat(ReverseTask.SPACE.contains(best)).isTrue();
      SearchExample.export(supernet, folder, best, model);
    }
    PrintStream out = System.out;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    try {
      System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
      TranslateExample.translate(model);
    } finally {
      System.setOut(out);
    }
    // one best, three best, an empty line and three best
    assertThat(printed.toString(StandardCharsets.UTF_8).lines()).hasSize(1 + 3 + 1 + 3);
  }

  private Path train(ReverseTask task) {
    Path out = folder.resolve("supernet");
    try (SuperTransformer model = task.model(ReverseTask.experts())) {
      new Trainer(
              model,
              ArchitectureSchedule.supernet(ReverseTask.SPACE, true, 1),
              task.description(model, Map.of()),
              ReverseTask.settings(20),
              out,
              TrainingListener.SILENT)
          .run(task.train(), task.valid());
    }
    return out.resolve(Checkpoint.LAST);
  }

  @Test
  void pageShowsTheExamplesAsTheyAreTested() throws IOException {
    String page = Files.readString(PAGE);
    String version = Files.readString(Path.of("pom.xml")).split("</?version>")[1];
    assertThat(page).contains("<version>" + version + "</version>");
    for (String example : EXAMPLES) {
      String block = block(example);
      if (Boolean.getBoolean("mos.docs.write")) {
        String marked = "(?s)<!-- " + example + " -->\n```java\n.*?```\n";
        page =
            page.replaceFirst(
                marked,
                java.util.regex.Matcher.quoteReplacement("<!-- " + example + " -->\n" + block));
        Files.writeString(PAGE, page);
      }
      assertThat(page).contains(block);
    }
  }

  /** Imports and method of an example, as the page shows them. */
  private static String block(String example) throws IOException {
    String source = Files.readString(Path.of("src/test/java/mos/docs", example + ".java"));
    String imports =
        source.lines().filter(line -> line.startsWith("import ")).collect(Collectors.joining("\n"));
    String shown = source.split("// docs/java.md\n")[1].stripTrailing().stripIndent().strip();
    return "```java\n" + imports + "\n\n" + shown + "\n```\n";
  }
}
