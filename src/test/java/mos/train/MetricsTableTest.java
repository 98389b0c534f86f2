package mos.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import mos.data.UpdateIterator;
import mos.results.LossFigures;
import mos.results.MetricsLine;
import mos.results.ResultJson;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The table has the numbers of the lines, also after a training was continued. */
class MetricsTableTest {
  private static final Set<String> NAMES = Set.of("largest", "smallest");
  @TempDir private Path folder;

  @Test
  void hasTheNumbersOfTheLines() throws IOException {
    Path lines = folder.resolve("metrics.jsonl");
    write(lines, TrainState.START, 1, 3);
    // Killed after the third update, begun again from the second: the third comes again.
    TrainState second = new TrainState(2, UpdateIterator.Position.START, 1, 1, 1);
    write(lines, second, 3, 4);
    List<String> rows = Files.readAllLines(folder.resolve("metrics.csv"));
    List<String> header = List.of(rows.get(0).split(","));
    assertThat(header)
        .startsWith("update", "epoch", "loss", "nll_loss", "ppl", "lr")
        .contains("tokens_per_second", "valid/largest/loss", "valid/smallest/ppl", "time");
    List<String> texts = Files.readAllLines(lines);
    assertThat(rows).hasSize(texts.size() + 1);
    for (int i = 0; i < texts.size(); i++) {
      MetricsLine line = ResultJson.parse(texts.get(i), MetricsLine.class, "line");
      List<String> cells = new ArrayList<>(List.of(rows.get(i + 1).split(",", -1)));
      assertThat(cells).hasSameSizeAs(header);
      assertThat(cells.get(0)).isEqualTo(String.valueOf(line.update()));
      Map<String, Double> figures = line.figures();
      for (int c = 1; c < cells.size(); c++) {
        Double told = header.get(c).equals("time") ? line.time() : figures.get(header.get(c));
        assertThat(cells.get(c).isEmpty() ? null : Double.valueOf(cells.get(c)))
            .as(header.get(c))
            .isEqualTo(told);
      }
    }
  }

  private static void write(Path file, TrainState state, int from, int to) {
    MetricsLog log = new MetricsLog(file, state, NAMES);
    for (int update = from; update <= to; update++) {
      log.add(
          new MetricsLine(
              update,
              1L,
              new MetricsLine.Step(
                  5.0 / update, 1e-9, Double.POSITIVE_INFINITY, 1e-7, 2.0, 1e5, 0.0, null, 0.1),
              null,
              null));
      log.add(
          MetricsLine.validation(
              update, 1, Map.of("largest", new LossFigures(4.25 / update, 3.5, 33.1, 21.5, null))));
    }
  }
}
