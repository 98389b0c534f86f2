package mos.report;

import java.util.ArrayList;
import java.util.List;
import mos.console.Numbers;

/** The run's result in a few plain sentences. */
record Conclusion(RunFigures run) {

  /** The sentences, in order; empty where nothing has been found yet. */
  String text() {
    List<String> sentences = new ArrayList<>();
    if (Double.isFinite(run.latencyMs())) {
      sentences.add(speed());
    }
    run.constraints().forEach(one -> sentences.add(constraint(one)));
    if (Double.isFinite(run.bleu())) {
      sentences.add(quality());
    }
    if (Double.isFinite(run.finalLoss()) && Double.isFinite(run.largestLoss())) {
      sentences.add(
          "Its validation loss is "
              + Numbers.fixed(run.finalLoss(), 3)
              + "; that of the largest, inside the SuperTransformer, is "
              + Numbers.fixed(run.largestLoss(), 3)
              + ".");
    }
    return String.join(" ", sentences);
  }

  private String speed() {
    String takes =
        "The found SubTransformer translates a sentence in "
            + Numbers.significant(run.latencyMs(), 3)
            + " ms";
    if (!Double.isFinite(run.speedUp()) || !Double.isFinite(run.largest().latencyMs())) {
      return takes + ".";
    }
    String largest = " the largest (" + Numbers.significant(run.largest().latencyMs(), 3) + " ms).";
    return run.speedUp() < 1
        ? takes + ", which is slower than" + largest
        : takes + ", " + times(run.speedUp()) + " times as fast as" + largest;
  }

  private static String constraint(ConstraintWords one) {
    boolean share = one.result().relative() && Double.isFinite(one.share());
    String what = one.name() + (one.result().timed() ? " was" : " were");
    String asked =
        one.result().relative()
            ? ConstraintWords.percent(one.result().limit()) + " of the largest’s " + what
            : one.withUnit(one.result().limitValue()) + " of " + what;
    return "At most "
        + asked
        + " asked for; it takes "
        + (share ? one.shareInWords() : one.withUnit(one.result().measured()))
        + (one.result().met() ? ": met, " : ": NOT met, ")
        + one.distance()
        + ".";
  }

  private String quality() {
    String bleu = "Trained on its own it reaches BLEU " + Numbers.fixed(run.bleu(), 2);
    String set = " on the test set";
    if (!Double.isFinite(run.inheritedBleu())) {
      return bleu + set + ".";
    }
    double gain = run.bleu() - run.inheritedBleu();
    String difference =
        Math.abs(gain) < 0.005
            ? "as much as"
            : Numbers.fixed(Math.abs(gain), 2) + (gain < 0 ? " less than" : " more than");
    return bleu
        + set
        + ", "
        + difference
        + " with the weights inherited from the SuperTransformer.";
  }

  /** A factor for readers: 2.1, 12. */
  static String times(double factor) {
    return factor < 10 ? Numbers.fixed(factor, 1) : Numbers.fixed(factor, 0);
  }
}
