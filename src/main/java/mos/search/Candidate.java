package mos.search;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import mos.space.SubTransformer;

/**
 * An architecture that the search has scored.
 *
 * @param architecture what was scored
 * @param loss its fitness; lower is better, infinite where the score was not a number
 * @param cost what the constraint made of it, in the constraint's unit
 * @param generation the iteration that scored it, from 0
 * @param figures further numbers by name, e.g. params and flops
 */
public record Candidate(
    SubTransformer architecture,
    double loss,
    double cost,
    int generation,
    Map<String, Double> figures) {

  /** A loss that is not a number is infinite: such a candidate is the worst. */
  public Candidate {
    loss = Double.isNaN(loss) ? Double.POSITIVE_INFINITY : loss;
    figures = Collections.unmodifiableMap(new TreeMap<>(figures));
  }
}
