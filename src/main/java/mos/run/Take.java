package mos.run;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import mos.base.ConfigurationException;
import mos.base.DataLock;
import mos.base.FolderLock;
import mos.base.Limit;
import mos.base.MosException;
import mos.base.StopSignal;
import mos.command.settings.DataSettings;
import mos.config.Settings;
import mos.results.Constraints;
import mos.results.TakenFigures;
import mos.space.SubTransformer;
import mos.space.SubTransformerFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes another answer of a finished run's search: trains it as the run trained what it found, into
 * the same folder. Interrupted and repeated, it continues.
 */
public final class Take {
  private static final Logger LOG = LoggerFactory.getLogger(Take.class);

  /** So many candidates are measured before none is said to meet a limit. */
  private static final int MOST_MEASURED = 8;

  private Take() {}

  /**
   * What was asked for; either of them is null.
   *
   * @param point number or file of a point of the front, or of another file of the search's folder
   * @param constraint in ms, 10^9 FLOPs or 10^6 parameters as the run's, or a share of the
   *     largest's
   */
  public record Asked(String point, Limit constraint) {
    /**
     * Reads them.
     *
     * @throws ConfigurationException for a text that is no limit
     */
    public static Asked of(String point, String constraint) {
      if (constraint == null) {
        return new Asked(point, null);
      }
      if (point != null) {
        throw new ConfigurationException(
            "take: got the point " + point + " and --constraint, need one of them");
      }
      try {
        Limit limit = Taken.limit(constraint);
        if (limit.number() > 0) {
          return new Asked(null, limit);
        }
      } catch (IllegalArgumentException e) {
        // Said below.
      }
      throw new ConfigurationException(
          "constraint: got "
              + constraint
              + ", need a number above 0 in the unit of the run's constraint, or a share of the"
              + " largest's such as 40%");
    }
  }

  /**
   * Trains what is asked for, translates with it, and mends the run's summary and report.
   *
   * @param out the run's output folder
   * @param runner the command that measured, where one did: it is run only if it is given again
   * @throws ConfigurationException for a folder without a finished run, for a point that is not
   *     there
   * @throws MosException where nothing meets the constraint
   */
  public static TakenFigures run(Path out, Asked asked, String runner) {
    Settings settings = FinishedRun.settings(out, runner);
    String stopped =
        "taking from " + out + "; all that was finished is kept, the same command continues";
    try (FolderLock lock = FolderLock.of(out);
        StopSignal.Saving place = StopSignal.at(stopped)) {
      FinishedRun run = FinishedRun.read(out, settings);
      Path data = run.stages().get(run.stages().size() - 1).settings().get(DataSettings.DATA);
      try (DataLock reading = DataLock.reading(data)) {
        TakenFigures taken = choose(run, asked).toItsEnd();
        run.write();
        return taken;
      }
    }
  }

  private static Taken choose(FinishedRun run, Asked asked) {
    Path search = Answer.found(run.out()).architecture().getParent();
    SearchedAnswers answers = SearchedAnswers.read(search);
    SubTransformer found = SubTransformerFile.read(Answer.found(run.out()).architecture());
    if (asked.point() != null) {
      SearchedAnswers.Known known = answers.named(asked.point());
      requireOther(run, known, found, asked.point() + " is");
      return Taken.of(run, known, null);
    }
    if (asked.constraint() == null) {
      throw new ConfigurationException(
          "take: got neither a point nor a constraint; " + answers.need());
    }
    Limit limit = asked.constraint();
    String why = "";
    List<SearchedAnswers.Known> best =
        answers.meeting(limit, run.results().of(StageResults.Key.MEASURE).constraints());
    for (SearchedAnswers.Known one : best.subList(0, Math.min(MOST_MEASURED, best.size()))) {
      requireOther(run, one, found, "the best under " + limit + " is");
      LOG.info(
          "{}: the search had loss {} at {} {}",
          one.origin().startsWith("front/") ? one.origin() : one.name(),
          String.format(Locale.ROOT, "%.4f", one.loss()),
          String.format(Locale.ROOT, "%.4g", one.cost()),
          one.unit());
      Taken taken = Taken.of(run, one, limit);
      Constraints measured = taken.measured();
      if (measured.met()) {
        return taken;
      }
      why = measured.all().stream().filter(r -> !r.met()).findFirst().orElseThrow().describe();
      LOG.info("missed when measured: {}", why);
      taken.leave();
    }
    throw new MosException(
        search
            + ": nothing met the constraint when it was measured, of the best "
            + Math.min(MOST_MEASURED, best.size())
            + " of "
            + best.size()
            + " that met it in the search; the last: "
            + why);
  }

  /** What the run found is trained already. */
  private static void requireOther(
      FinishedRun run, SearchedAnswers.Known known, SubTransformer found, String what) {
    if (known.architecture().equals(found)) {
      throw new MosException(
          what + " what the run itself found and trained: " + Answer.found(run.out()).model());
    }
  }

  /** For a terminal. */
  public static String describe(Path out, TakenFigures taken) {
    return SummaryText.of(out, taken);
  }
}
