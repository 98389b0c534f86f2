package mos.kernel;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import mos.kernel.TrainingKernels.ExpertMatrix;
import mos.kernel.TrainingKernels.Mixer;
import org.bytedeco.pytorch.Tensor;

/**
 * A mixer that leaves each matrix to a fast one where that can, else to a general one. Which can
 * depends on the sizes of an architecture, so the architectures of one update may differ in it.
 *
 * @param matrices all of the architecture
 * @param fast of those that fit it; null where none does
 * @param general of the others; null where there are none
 */
record SplitMixer(List<ExpertMatrix> matrices, Mixer fast, Mixer general) implements Mixer {

  /**
   * @param fits whether the fast one can mix a matrix
   */
  static SplitMixer of(
      List<ExpertMatrix> matrices,
      Predicate<ExpertMatrix> fits,
      Function<List<ExpertMatrix>, Mixer> fast,
      Function<List<ExpertMatrix>, Mixer> general) {
    List<ExpertMatrix> some = matrices.stream().filter(fits).toList();
    List<ExpertMatrix> others = matrices.stream().filter(fits.negate()).toList();
    return new SplitMixer(
        List.copyOf(matrices),
        some.isEmpty() ? null : fast.apply(some),
        others.isEmpty() ? null : general.apply(others));
  }

  private List<Mixer> parts() {
    List<Mixer> parts = new ArrayList<>();
    if (fast != null) {
      parts.add(fast);
    }
    if (general != null) {
      parts.add(general);
    }
    return parts;
  }

  @Override
  public void mix(Tensor[] mixtures) {
    parts().forEach(part -> part.mix(mixtures));
  }

  @Override
  public void mixBackward(
      List<Mixer> mixers, Tensor[] mixtures, Tensor[] mixtureGradients, boolean overwrite) {
    List<SplitMixer> all = mixers.stream().map(SplitMixer.class::cast).toList();
    if (all.stream().allMatch(mixer -> mixer.general == null)) {
      List<Mixer> together = all.stream().map(SplitMixer::fast).toList();
      fast.mixBackward(together, mixtures, mixtureGradients, overwrite);
      return;
    }
    if (overwrite) {
      for (ExpertMatrix matrix : matrices) {
        matrix.weightGradients().zero_();
        matrix.biasGradients().zero_();
      }
    }
    for (int a = 0; a < all.size(); a++) {
      Tensor[] shares = only(a, mixtures);
      Tensor[] gradients = only(a, mixtureGradients);
      for (Mixer part : all.get(a).parts()) {
        part.mixBackward(List.of(part), shares, gradients, false);
      }
    }
  }

  /** Stacked mixtures of one architecture. */
  private static Tensor[] only(int a, Tensor[] stacked) {
    return Arrays.stream(stacked).map(t -> t.narrow(0, a, 1)).toArray(Tensor[]::new);
  }
}
