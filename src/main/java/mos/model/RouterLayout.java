package mos.model;

import java.util.List;
import java.util.Map;
import mos.kernel.MixtureShares;
import mos.nn.Granularity;

/**
 * The routers of a model: their parameters, and where in their mixtures the weights of each matrix
 * are. Mixtures of a group lie one behind the other, those of one token expert after those of
 * another.
 *
 * @param config the model's
 * @param groups routers of equal shapes; none in a model of one expert
 */
record RouterLayout(ModelConfig config, List<Group> groups) {

  /**
   * Routers of equal shapes, which are computed together.
   *
   * @param names their parameters' prefixes, in order
   * @param outputs numbers that each gives
   */
  record Group(List<String> names, int outputs) {
    Group {
      names = List.copyOf(names);
    }
  }

  RouterLayout {
    groups = List.copyOf(groups);
  }

  /** The prefix of a matrix's router. */
  static String name(ExpertRouting routing, String layer, String matrix) {
    return layer + routing.granularity().router(matrix);
  }

  /**
   * Where the weights over the experts of a matrix are.
   *
   * @throws IllegalArgumentException for a matrix without a router
   */
  MixtureShares shares(WeightMatrix matrix) {
    Granularity granularity = config.experts().variant().granularity();
    String router = name(config.experts().variant(), matrix.layer(), matrix.name());
    int experts = config.experts().count();
    for (int g = 0; g < groups.size(); g++) {
      int index = groups.get(g).names.indexOf(router);
      if (index >= 0) {
        long outputs = groups.get(g).outputs;
        long neuron = matrix.rows().first();
        long offset =
            index * outputs
                + matrix.slot() * (outputs / matrix.slots())
                + granularity.rowOf(neuron) * experts;
        return new MixtureShares(granularity, g, offset, neuron, matrix.out(), experts);
      }
    }
    throw new IllegalArgumentException("no router named " + router);
  }

  /** The same Linear of all routers of a group; {@code kind} is weight or bias. */
  List<String> linear(Group group, int linear, String kind) {
    String suffix = config.experts().variant().sequenceIndex(linear) + "." + kind;
    return group.names.stream().map(name -> name + suffix).toList();
  }

  /** Adds the routers' parameters, the same Linear of all of a group following each other. */
  void addTo(Map<String, long[]> shapes) {
    int linears = config.experts().variant().linears();
    int hidden = config.experts().hypernetHiddenSize();
    for (Group group : groups) {
      for (int l = 0; l < linears; l++) {
        int in = l == 0 ? config.featureCount() : hidden;
        int out = l == linears - 1 ? group.outputs : hidden;
        linear(group, l, "weight").forEach(name -> shapes.put(name, new long[] {out, in}));
        linear(group, l, "bias").forEach(name -> shapes.put(name, new long[] {out}));
      }
    }
  }
}
