package mos.search;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import mos.space.Dimension;
import mos.space.SubTransformer;
import org.hipparchus.linear.Array2DRowRealMatrix;
import org.hipparchus.linear.ArrayRealVector;
import org.hipparchus.linear.CholeskyDecomposition;
import org.hipparchus.linear.DecompositionSolver;
import org.hipparchus.linear.RealVector;

/**
 * What candidates that were scored say of one that was not: kernel ridge regression of loss and
 * cost on the choices of an architecture, a value of a dimension in a layer each, and on all pairs
 * of them. It only tells which children to score; no result comes from it.
 *
 * <p>Source: Saunders, Gammerman and Vovk, Ridge Regression Learning Algorithm in Dual Variables
 * (ICML 1998), section 3, polynomial kernel of degree 2.
 */
final class CandidateSurrogate {
  private static final double PENALTY = 0.01;

  /** More make it slow and, being far from the front, say little. */
  private static final int MOST = 600;

  private static final List<Objective> OBJECTIVES = List.of(Objective.LOSS, Objective.cost("cost"));

  private record Choice(Dimension dimension, int layer, int value) {}

  private final Map<Choice, Integer> numbers = new HashMap<>();
  private final List<int[]> known = new ArrayList<>();
  private final double meanLoss;
  private final double meanCost;
  private final RealVector ofLoss;
  private final RealVector ofCost;

  /** The least loss up to each cost of the front. */
  private final NavigableMap<Double, Double> front = new TreeMap<>();

  private CandidateSurrogate(List<Candidate> scored) {
    scored.forEach(candidate -> known.add(choices(candidate.architecture())));
    meanLoss = scored.stream().mapToDouble(Candidate::loss).average().orElseThrow();
    meanCost = scored.stream().mapToDouble(Candidate::cost).average().orElseThrow();
    double[][] kernel = new double[known.size()][];
    for (int i = 0; i < kernel.length; i++) {
      kernel[i] = similarities(known.get(i)).toArray();
      kernel[i][i] += PENALTY;
    }
    DecompositionSolver solver =
        new CholeskyDecomposition(new Array2DRowRealMatrix(kernel, false)).getSolver();
    ofLoss = solver.solve(centred(scored, Candidate::loss, meanLoss));
    ofCost = solver.solve(centred(scored, Candidate::cost, meanCost));
    for (Candidate one : ParetoFront.of(scored, OBJECTIVES)) {
      front.put(one.cost(), one.loss());
    }
  }

  /** Of those with a loss and a cost, of which there must be one; the nearest to the front. */
  static CandidateSurrogate of(Collection<Candidate> scored) {
    List<Candidate> finite =
        scored.stream()
            .filter(c -> Double.isFinite(c.loss()) && Double.isFinite(c.cost()))
            .toList();
    return new CandidateSurrogate(
        ParetoFront.ranked(finite, OBJECTIVES).stream().limit(MOST).toList());
  }

  private static RealVector centred(
      List<Candidate> scored, ToDoubleFunction<Candidate> value, double mean) {
    return new ArrayRealVector(
        scored.stream().mapToDouble(c -> value.applyAsDouble(c) - mean).toArray(), false);
  }

  /** Numbers of an architecture's choices, ascending by dimension and layer. */
  private int[] choices(SubTransformer a) {
    List<Integer> all = new ArrayList<>();
    for (Dimension dimension : Dimension.values()) {
      List<Integer> values = a.values(dimension);
      for (int i = 0; i < values.size(); i++) {
        Choice choice = new Choice(dimension, i, values.get(i));
        all.add(numbers.computeIfAbsent(choice, c -> numbers.size()));
      }
    }
    return all.stream().mapToInt(Integer::intValue).toArray();
  }

  /** To every known candidate: the squared share of common choices, plus one. */
  private RealVector similarities(int[] choices) {
    boolean[] chosen = new boolean[numbers.size()];
    for (int choice : choices) {
      chosen[choice] = true;
    }
    double[] similar = new double[known.size()];
    for (int i = 0; i < similar.length; i++) {
      int common = 0;
      for (int choice : known.get(i)) {
        common += chosen[choice] ? 1 : 0;
      }
      double share = common / Math.sqrt((double) choices.length * known.get(i).length);
      similar[i] = (1 + share) * (1 + share);
    }
    return new ArrayRealVector(similar, false);
  }

  /** By how much a candidate's loss is expected to be below the front's at its cost. */
  double advantage(SubTransformer a) {
    RealVector similar = similarities(choices(a));
    double loss = meanLoss + similar.dotProduct(ofLoss);
    double cost = meanCost + similar.dotProduct(ofCost);
    Map.Entry<Double, Double> here = front.floorEntry(cost);
    return (here == null ? front.firstEntry() : here).getValue() - loss;
  }
}
