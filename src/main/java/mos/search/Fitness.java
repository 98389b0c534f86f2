package mos.search;

import java.util.List;
import mos.space.SubTransformer;

/** What candidates are worth, e.g. the validation loss with inherited weights. */
@FunctionalInterface
public interface Fitness {
  /** One score per architecture, in order; lower is better, NaN is worst. */
  double[] score(List<SubTransformer> architectures);
}
