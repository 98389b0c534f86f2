package mos.model;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import mos.base.ConfigurationException;
import mos.nn.Granularity;

/**
 * A router variant: how the architecture is turned into mixture weights over the experts. All
 * published variants are combinations of these parts.
 *
 * <p>Source: Jawahar et al., Mixture-of-Supernets (2024), section 3.
 *
 * @param granularity what one mixture weight of an expert applies to
 * @param linears number of Linear layers of the router, 2 to 4
 * @param dropout probability after each hidden activation
 * @param activation hidden activation
 * @param residual whether each hidden-to-hidden block has a residual connection around it
 */
public record ExpertRouting(
    Granularity granularity, int linears, double dropout, Activation activation, boolean residual) {

  /** Hidden activation of a router. */
  public enum Activation {
    RELU,
    GELU
  }

  private static final double DROPOUT = 0.1;
  private static final Pattern NAME =
      Pattern.compile(
          "("
              + Granularity.ALL.stream().map(Granularity::prefix).collect(Collectors.joining("|"))
              + ")routing_jack(_drop)?(_gelu|_resnet)?_([234])L");

  /** The names that papers, configurations and {@code --mos_type} use. */
  public static final List<String> NAMES =
      List.of(
          "archrouting_jack_2L",
          "archrouting_jack_3L",
          "archrouting_jack_4L",
          "archrouting_jack_drop_2L",
          "neuronrouting_jack_2L",
          "neuronrouting_jack_3L",
          "neuronrouting_jack_4L",
          "neuronrouting_jack_drop_2L",
          "neuronrouting_jack_drop_3L",
          "neuronrouting_jack_drop_4L",
          "neuronrouting_jack_drop_gelu_2L",
          "neuronrouting_jack_drop_resnet_3L",
          "neuronrouting_jack_drop_resnet_4L");

  /**
   * The variant of a published name.
   *
   * @throws ConfigurationException for any other name
   */
  public static ExpertRouting of(String name) {
    Matcher parts = NAME.matcher(name);
    if (!NAMES.contains(name) || !parts.matches()) {
      throw new ConfigurationException(
          "expert-routing-type: got " + name + ", must be one of " + String.join(", ", NAMES));
    }
    return new ExpertRouting(
        Granularity.ALL.stream().filter(g -> g.prefix().equals(parts.group(1))).findFirst().get(),
        Integer.parseInt(parts.group(4)),
        parts.group(2) == null ? 0 : DROPOUT,
        "_gelu".equals(parts.group(3)) ? Activation.GELU : Activation.RELU,
        "_resnet".equals(parts.group(3)));
  }

  /**
   * The position of each Linear when Linear, activation and dropout layers are counted in sequence;
   * published checkpoints name router parameters by it.
   */
  int sequenceIndex(int linear) {
    int stride = dropout > 0 ? 3 : 2;
    // A residual block counts as one layer of the sequence.
    return residual && linear > 0 ? stride + linear - 1 : stride * linear;
  }
}
