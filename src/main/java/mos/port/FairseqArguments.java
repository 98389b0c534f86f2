package mos.port;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import mos.space.ArchitectureFeatures;

/**
 * What a fairseq checkpoint of HAT or MoS says of its model: its experts by its parameters' names
 * and shapes; the rest by its options.
 *
 * @param options fairseq's {@code args}: name, spelled with underscores, and value
 * @param experts what the parameters tell
 * @param where the checkpoint, for messages
 */
public record FairseqArguments(Map<?, ?> options, Experts experts, String where) {
  private static final Pattern EXPERT =
      Pattern.compile(
          ".*\\.layers\\.(\\d{1,4})\\.other_intermediate_experts\\.(\\d{1,4})\\.weight");
  private static final Pattern FIRST_ROUTER_LAYER = Pattern.compile(".*_expert\\.0\\.weight");

  /**
   * The experts of a layer.
   *
   * @param count 1 where there are none
   * @param frequency of layers with experts, as {@code expert-layer-freq}
   * @param router of more than one expert, where its first layer is told
   */
  public record Experts(int count, double frequency, Optional<Router> router) {
    static Experts of(Map<String, TorchTensor> parameters) {
      int count = 1;
      int firstLayer = Integer.MAX_VALUE;
      for (String name : parameters.keySet()) {
        Matcher expert = EXPERT.matcher(name);
        if (expert.matches()) {
          count = Math.max(count, Integer.parseInt(expert.group(2)) + 2);
          firstLayer = Math.min(firstLayer, Integer.parseInt(expert.group(1)));
        }
      }
      if (count == 1) {
        return new Experts(1, -1, Optional.empty());
      }
      Optional<Router> router =
          parameters.entrySet().stream()
              .filter(e -> FIRST_ROUTER_LAYER.matcher(e.getKey()).matches())
              .map(Map.Entry::getValue)
              .filter(tensor -> tensor.shape().size() == 2)
              .findFirst()
              .map(
                  tensor ->
                      new Router(
                          tensor.shape().get(0),
                          tensor.shape().get(1) == ArchitectureFeatures.FINE_SIZE));
      return new Experts(count, firstLayer == 0 ? -1 : 1.0 / (firstLayer + 1), router);
    }
  }

  /**
   * The shape of a router.
   *
   * @param hidden size of its first layer
   * @param fine whether it sees the features of every layer
   */
  public record Router(long hidden, boolean fine) {}

  /** Rows of an embedding. */
  static OptionalInt vocabulary(TorchTensor embedding) {
    return embedding == null
            || embedding.shape().size() != 2
            || embedding.shape().get(0) > Integer.MAX_VALUE
        ? OptionalInt.empty()
        : OptionalInt.of((int) (long) embedding.shape().get(0));
  }
}
