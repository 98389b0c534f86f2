package mos.model;

import java.util.List;

/**
 * A matrix with its bias of one SubTransformer, by what it is: sources of weights are asked with it
 * and look their answers up by it.
 *
 * @param layer prefix of the layer's parameters
 * @param name fc1, fc2, self_attn.in_proj, self_attn.out_proj or the same of encoder_attn
 * @param mixed whether it is mixed from the experts
 * @param slot which of the layer's token experts it belongs to, 0 in a dense layer
 * @param slots token experts that the layer has at most, 1 in a dense layer
 * @param rows which of the parameter's rows, the output neurons
 * @param in columns, the first ones
 */
record WeightMatrix(
    String layer, String name, boolean mixed, int slot, int slots, Rows rows, int in) {

  /**
   * Rows of a parameter that follow each other: {@code parts} equal parts, for queries, keys and
   * values, or some of them.
   *
   * @param first the first one's number
   * @param count all of them
   * @param parts how many parts they are
   * @param used rows of each part that the SubTransformer uses, the first ones
   */
  record Rows(int first, int count, int parts, int used) {
    Rows {
      if (first < 0 || parts < 1 || count % parts != 0 || used < 1 || used > count / parts) {
        throw new IllegalArgumentException(
            "rows: got " + used + " of each of " + parts + " parts of " + count + " from " + first);
      }
    }

    /** The first {@code count} rows, all of them in use. */
    static Rows all(int count) {
      return new Rows(0, count, 1, count);
    }

    /** Rows of one part. */
    int each() {
      return count / parts;
    }
  }

  WeightMatrix {
    if (slot < 0 || slot >= slots) {
      throw new IllegalArgumentException("token expert: got " + slot + " of " + slots);
    }
  }

  /** Output neurons. */
  int out() {
    return rows.count;
  }

  /** The parameter of its weight, or that of its first expert. */
  String weight() {
    return expertWeights(1).get(0);
  }

  /** The parameter of its bias, or that of its first expert. */
  String bias() {
    return expertBiases(1).get(0);
  }

  /** The parameters of all experts' weights. */
  List<String> expertWeights(int experts) {
    return ParameterLayout.expertNames(layer, name, "weight", experts);
  }

  /** The parameters of all experts' biases. */
  List<String> expertBiases(int experts) {
    return ParameterLayout.expertNames(layer, name, "bias", experts);
  }

  /** The parameter whose place the weight has in a plain Transformer with token experts. */
  String plainWeight() {
    return slots == 1 ? weight() : ParameterLayout.tokenExpertName(layer, slot, name) + ".weight";
  }

  /** The parameter whose place the bias has in a plain Transformer with token experts. */
  String plainBias() {
    return slots == 1 ? bias() : ParameterLayout.tokenExpertName(layer, slot, name) + ".bias";
  }

  /** The first row's number in a plain Transformer that has the used rows alone. */
  long plainRow() {
    return (long) rows.first / rows.each() * rows.used;
  }
}
