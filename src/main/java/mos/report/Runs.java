package mos.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import mos.base.AtomicFile;
import mos.base.ConfigurationException;
import mos.base.FolderLock;
import mos.base.MosException;
import mos.console.Numbers;
import mos.console.Table;
import mos.results.ListedRun;
import mos.results.ResultJson;
import mos.results.RunList;
import mos.results.RunSummary;

/** The runs below a folder with their figures. */
public final class Runs {
  private static final int DEEPEST = 8;
  private static final String STAGES = "stages";

  private Runs() {}

  /**
   * Looks through a folder and those in it, links left out; a run's own folders hold no others.
   *
   * @throws ConfigurationException where there is no such folder
   */
  public static RunList below(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw new ConfigurationException(folder + ": no such folder");
    }
    List<ListedRun> runs = new ArrayList<>();
    find(folder, DEEPEST, runs);
    return new RunList(runs);
  }

  private static void find(Path folder, int deep, List<ListedRun> runs) {
    if (Files.isRegularFile(folder.resolve(RunSummary.FILE_NAME))
        || Files.isDirectory(folder.resolve(STAGES))) {
      runs.add(run(folder));
      return;
    }
    if (deep == 0 || !Files.isReadable(folder)) {
      return;
    }
    try (Stream<Path> inside = Files.list(folder)) {
      inside
          .filter(one -> Files.isDirectory(one) && !Files.isSymbolicLink(one))
          .sorted()
          .forEach(one -> find(one, deep - 1, runs));
    } catch (IOException e) {
      throw new MosException("cannot read " + folder + ": " + AtomicFile.describe(e), e);
    }
  }

  private static ListedRun run(Path folder) {
    Path file = folder.resolve(RunSummary.FILE_NAME);
    boolean running = FolderLock.isHeld(folder);
    if (!Files.isRegularFile(file)) {
      String date = date(folder.resolve(STAGES));
      String state = running ? "running" : "stopped";
      return new ListedRun(folder.toString(), state, null, null, null, null, null, date);
    }
    try {
      RunSummary summary = ResultJson.read(file, RunSummary.class);
      return new ListedRun(
          folder.toString(),
          running ? "running" : "finished",
          summary.task(),
          summary.constraints().constraintMet(),
          summary.latency().latencyMs(),
          summary.bleu() == null ? null : summary.bleu().finished(),
          summary.counts().params(),
          date(file));
    } catch (MosException e) {
      return new ListedRun(folder.toString(), "damaged", null, null, null, null, null, date(file));
    }
  }

  private static String date(Path file) {
    try {
      return Files.getLastModifiedTime(file).toInstant().truncatedTo(ChronoUnit.SECONDS).toString();
    } catch (IOException e) {
      return null;
    }
  }

  /** For a terminal. */
  public static String describe(RunList list) {
    if (list.runs().isEmpty()) {
      return "no run here";
    }
    Table table =
        Table.of("run", "state", "task", "constraint", ">latency", ">BLEU", ">parameters", "date");
    for (ListedRun one : list.runs()) {
      table.row(
          one.run(),
          one.state(),
          one.task() == null ? "" : one.task(),
          one.constraintMet() == null ? "" : one.constraintMet() ? "met" : "NOT MET",
          number(one.latencyMs(), "%.2f ms"),
          number(one.bleu(), "%.2f"),
          one.params() == null ? "" : Numbers.count(one.params()),
          one.date() == null ? "" : one.date());
    }
    return table.toString().stripTrailing();
  }

  private static String number(Double value, String format) {
    return value == null ? "" : String.format(Locale.ROOT, format, value);
  }
}
