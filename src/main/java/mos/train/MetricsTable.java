package mos.train;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import mos.base.AtomicFile;
import mos.results.MetricsLine;

/**
 * The file {@code metrics.csv}: the lines of {@code metrics.jsonl} as a table, a column for each
 * figure; a cell is empty where the line does not tell it.
 */
final class MetricsTable {
  /** Name of the file, in the folder of the training. */
  static final String NAME = "metrics.csv";

  private final Path file;
  private final List<String> columns;

  /**
   * Writes the table anew.
   *
   * @param lines that stay of a training that goes on
   * @param validated names of the architectures that are validated
   */
  MetricsTable(Path file, List<MetricsLine> lines, Set<String> validated) {
    this.file = file;
    Set<String> names = new TreeSet<>(validated);
    lines.stream()
        .filter(line -> line.valid() != null)
        .forEach(l -> names.addAll(l.valid().keySet()));
    this.columns = MetricsLine.columns(names);
    StringBuilder text = new StringBuilder(String.join(",", columns)).append('\n');
    lines.forEach(line -> text.append(row(line)));
    AtomicFile.writeString(file, text.toString());
  }

  void add(MetricsLine line) {
    AtomicFile.append(file, row(line).getBytes(StandardCharsets.UTF_8));
  }

  private String row(MetricsLine line) {
    Map<String, String> cells = line.cells();
    return columns.stream()
        .map(column -> cells.getOrDefault(column, ""))
        .collect(Collectors.joining(",", "", "\n"));
  }
}
