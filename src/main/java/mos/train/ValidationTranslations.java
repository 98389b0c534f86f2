package mos.train;

import java.util.Optional;
import java.util.function.BooleanSupplier;
import mos.model.SuperTransformer;
import mos.space.SubTransformer;

/** Translates the validation set, to select by BLEU. Several processes take a share each. */
public interface ValidationTranslations {
  /**
   * Translates a share with the weights that an architecture inherits from {@code model}.
   *
   * @param rank of this process, from 0
   * @param ranks how many there are
   * @param stopped asked between sentences
   * @return sums that make BLEU when those of all shares are added, always as many; empty when it
   *     was stopped
   */
  Optional<double[]> sums(
      SuperTransformer model,
      SubTransformer architecture,
      int rank,
      int ranks,
      BooleanSupplier stopped);

  /** How many sums there are. */
  int length();

  /** BLEU, 0..100, of the sums of all shares. */
  double bleu(double[] sums);
}
