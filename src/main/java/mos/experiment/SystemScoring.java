package mos.experiment;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import mos.base.LineReader;
import mos.base.MosException;
import mos.distributed.Processes;
import mos.metrics.CorpusMetric;
import mos.metrics.Significance;
import mos.results.ScoredFiles.SystemScore;
import mos.results.ScoredFiles.SystemScores;

/**
 * Scores the translations of one or several systems, and where asked whether they differ from the
 * first by more than chance.
 *
 * @param systems files of translations, one sentence a line, at least one
 * @param references files of references, as many lines each, at least one
 * @param metrics at least one
 * @param test how the systems are compared with the first; null: not at all
 * @param trials of the test, at least 1
 * @param intervalSamples bootstrap samples for the 95% interval of each score; 0: none, but the
 *     paired bootstrap gives them always
 * @param seed of the resamples, from 0
 */
public record SystemScoring(
    List<Path> systems,
    List<Path> references,
    List<CorpusMetric> metrics,
    Significance.Test test,
    int trials,
    int intervalSamples,
    long seed)
    implements Experiment<SystemScoring.Scored> {

  /**
   * What was found.
   *
   * @param sums for each system, for each metric: the sums over all segments
   */
  public record Scored(List<SystemScores> systems, List<List<double[]>> sums) {}

  public SystemScoring {
    systems = List.copyOf(systems);
    references = List.copyOf(references);
    metrics = List.copyOf(metrics);
  }

  @Override
  public Scored run(Processes processes) {
    List<List<String>> outputs = systems.stream().map(LineReader::all).toList();
    List<List<String>> expected = references.stream().map(LineReader::all).toList();
    check(outputs, expected);
    List<List<SystemScore>> scores = new ArrayList<>();
    List<List<double[]>> sums = new ArrayList<>();
    for (int s = 0; s < outputs.size(); s++) {
      scores.add(new ArrayList<>());
      sums.add(new ArrayList<>());
    }
    for (CorpusMetric metric : metrics) {
      List<double[][]> segments =
          outputs.stream().parallel().map(output -> metric.segments(output, expected)).toList();
      List<SystemScore> found =
          IntStream.range(0, segments.size())
              .parallel()
              .mapToObj(s -> score(metric, segments.get(0), segments.get(s), s == 0))
              .toList();
      for (int s = 0; s < found.size(); s++) {
        scores.get(s).add(found.get(s));
        sums.get(s).add(CorpusMetric.sum(segments.get(s)));
      }
    }
    return new Scored(
        IntStream.range(0, systems.size())
            .mapToObj(s -> new SystemScores(systems.get(s).toString(), scores.get(s)))
            .toList(),
        sums);
  }

  private SystemScore score(
      CorpusMetric metric, double[][] first, double[][] segments, boolean isFirst) {
    Significance significance = new Significance(metric, seed);
    Double pValue = null;
    Significance.Interval interval = null;
    if (test != null && !isFirst) {
      Significance.Difference difference =
          significance.compare(test, first, segments, trials, intervalSamples);
      pValue = difference.pValue();
      interval = difference.interval();
    } else if (samples() > 0) {
      interval = significance.interval(segments, samples());
    }
    return new SystemScore(
        metric.name(),
        metric.score(CorpusMetric.sum(segments)),
        metric.signature(signatureStart()),
        interval == null ? null : interval.mean(),
        interval == null ? null : interval.halfWidth(),
        pValue);
  }

  private int samples() {
    return test == Significance.Test.PAIRED_BOOTSTRAP ? trials : intervalSamples;
  }

  private String signatureStart() {
    StringBuilder start = new StringBuilder("nrefs:" + references.size());
    if (samples() > 0) {
      start.append("|bs:").append(samples());
    }
    if (test == Significance.Test.APPROXIMATE_RANDOMISATION) {
      start.append("|ar:").append(trials);
    }
    return test == null && samples() == 0 ? start.toString() : start + "|seed:" + seed;
  }

  private void check(List<List<String>> outputs, List<List<String>> expected) {
    int lines = outputs.get(0).size();
    for (int s = 0; s < systems.size(); s++) {
      same("--sys", lines, systems.get(s), outputs.get(s).size());
    }
    for (int r = 0; r < references.size(); r++) {
      same("--ref", lines, references.get(r), expected.get(r).size());
    }
    if (lines == 0) {
      throw new MosException(
          "nothing to score: " + systems.get(0) + " and " + references.get(0) + " are empty");
    }
  }

  private void same(String option, int lines, Path file, int got) {
    if (got != lines) {
      throw new MosException(
          String.format(
              Locale.ROOT,
              "--sys and --ref need as many lines each: got %d (%s) and %d (%s %s)",
              lines,
              systems.get(0),
              got,
              option,
              file));
    }
  }
}
