package mos.latency;

import java.util.ArrayList;
import java.util.List;
import mos.base.MosException;
import mos.results.PredictorDocument.AdditiveWeights;
import mos.results.PredictorDocument.Term;

/**
 * Latency as a constant plus a weighted sum of terms. Most are products of architecture features:
 * layers × mean FFN size is the sum of the layers' FFN sizes, so every layer adds its own cost.
 *
 * @param terms what is summed
 * @param coefficients of each term, ms per raw unit
 * @param interceptMs the constant
 * @param lowestMs predictions below, which only architectures far from the training rows get, are
 *     raised to this
 */
record AdditiveModel(
    List<LatencyTerm> terms, List<Double> coefficients, double interceptMs, double lowestMs)
    implements LatencyModel {
  private static final int MAX_TERMS = 1000;

  AdditiveModel {
    terms = List.copyOf(terms);
    coefficients = List.copyOf(coefficients);
  }

  @Override
  public double ms(LatencyInput input) {
    double sum = interceptMs;
    for (int i = 0; i < terms.size(); i++) {
      sum += coefficients.get(i) * terms.get(i).value(input);
    }
    return Math.max(sum, lowestMs);
  }

  @Override
  public AdditiveWeights weights() {
    List<Term> all = new ArrayList<>();
    for (int i = 0; i < terms.size(); i++) {
      all.add(new Term(terms.get(i).formula(), coefficients.get(i)));
    }
    return new AdditiveWeights(interceptMs, lowestMs, all);
  }

  static AdditiveModel of(AdditiveWeights weights, String where) {
    List<LatencyTerm> terms = new ArrayList<>();
    List<Double> coefficients = new ArrayList<>();
    if (weights.terms() == null || weights.terms().size() > MAX_TERMS) {
      throw new MosException(where + ": terms: must be a list of at most " + MAX_TERMS);
    }
    for (Term one : PredictorFile.present(weights.terms(), "terms", where)) {
      terms.add(LatencyTerm.parse(one.term() == null ? "" : one.term(), where));
      coefficients.add(PredictorFile.finite(one.coefficientMs(), "coefficient_ms", where));
    }
    return new AdditiveModel(
        terms,
        coefficients,
        PredictorFile.finite(weights.interceptMs(), "intercept_ms", where),
        PredictorFile.finite(weights.lowestMs(), "lowest_ms", where));
  }
}
