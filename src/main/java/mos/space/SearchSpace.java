package mos.space;

import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import mos.base.ConfigurationException;
import mos.config.Setting;
import mos.config.Settings;

/**
 * The choices from which SubTransformers are made: one list per dimension, shared by all layers.
 *
 * <p>Source: Wang et al., HAT (ACL 2020), table 1.
 *
 * @param encoderEmbedChoices encoder embedding widths
 * @param decoderEmbedChoices decoder embedding widths
 * @param encoderFfnChoices encoder FFN hidden sizes
 * @param decoderFfnChoices decoder FFN hidden sizes
 * @param encoderLayerChoices encoder depths
 * @param decoderLayerChoices decoder depths
 * @param encoderHeadChoices encoder self-attention heads
 * @param decoderHeadChoices decoder self-attention heads
 * @param encoderDecoderHeadChoices encoder-decoder attention heads
 * @param arbitraryAttentionChoices arbitrary encoder-decoder attention settings, of −1, 1, 2
 */
public record SearchSpace(
    List<Integer> encoderEmbedChoices,
    List<Integer> decoderEmbedChoices,
    List<Integer> encoderFfnChoices,
    List<Integer> decoderFfnChoices,
    List<Integer> encoderLayerChoices,
    List<Integer> decoderLayerChoices,
    List<Integer> encoderHeadChoices,
    List<Integer> decoderHeadChoices,
    List<Integer> encoderDecoderHeadChoices,
    List<Integer> arbitraryAttentionChoices) {
  private static final Set<Integer> ARBITRARY_SETTINGS = Set.of(-1, 1, 2);

  public SearchSpace {
    encoderEmbedChoices = checked(Dimension.ENCODER_EMBED, encoderEmbedChoices);
    decoderEmbedChoices = checked(Dimension.DECODER_EMBED, decoderEmbedChoices);
    encoderFfnChoices = checked(Dimension.ENCODER_FFN, encoderFfnChoices);
    decoderFfnChoices = checked(Dimension.DECODER_FFN, decoderFfnChoices);
    encoderLayerChoices = checked(Dimension.ENCODER_LAYERS, encoderLayerChoices);
    decoderLayerChoices = checked(Dimension.DECODER_LAYERS, decoderLayerChoices);
    encoderHeadChoices = checked(Dimension.ENCODER_HEADS, encoderHeadChoices);
    decoderHeadChoices = checked(Dimension.DECODER_HEADS, decoderHeadChoices);
    encoderDecoderHeadChoices = checked(Dimension.ENCODER_DECODER_HEADS, encoderDecoderHeadChoices);
    arbitraryAttentionChoices = checked(Dimension.ARBITRARY_ATTENTION, arbitraryAttentionChoices);
  }

  private static List<Integer> checked(Dimension dimension, List<Integer> choices) {
    String key = dimension.choiceSetting().key();
    if (choices.isEmpty()) {
      throw new ConfigurationException(key + ": got no choice, need at least one");
    }
    if (new HashSet<>(choices).size() < choices.size()) {
      throw new ConfigurationException(key + ": got " + choices + ", a choice given twice");
    }
    boolean attention = dimension == Dimension.ARBITRARY_ATTENTION;
    for (int choice : choices) {
      if (attention ? !ARBITRARY_SETTINGS.contains(choice) : choice < 1) {
        String need = attention ? "-1, 1 or 2" : "at least 1";
        throw new ConfigurationException(key + ": got " + choice + ", must be " + need);
      }
    }
    return List.copyOf(choices);
  }

  /** The ten settings that describe a search space, with HAT's keys. */
  public static List<Setting<?>> settings() {
    return Arrays.stream(Dimension.values()).<Setting<?>>map(Dimension::choiceSetting).toList();
  }

  /** Whether any of {@link #settings} was given. */
  public static boolean given(Settings settings) {
    return settings().stream().anyMatch(settings::has);
  }

  /**
   * The space that configuration files and command line describe.
   *
   * @throws ConfigurationException for a missing or illegal dimension, with its place
   */
  public static SearchSpace fromSettings(Settings settings) {
    Map<Dimension, List<Integer>> choices = new EnumMap<>(Dimension.class);
    for (Dimension dimension : Dimension.values()) {
      List<Integer> values = settings.get(dimension.choiceSetting());
      try {
        choices.put(dimension, checked(dimension, values));
      } catch (ConfigurationException e) {
        String where = settings.where(dimension.choiceSetting());
        throw new ConfigurationException(e.getMessage() + " (" + where + ")", e);
      }
    }
    return of(choices);
  }

  private static SearchSpace of(Map<Dimension, List<Integer>> choices) {
    return new SearchSpace(
        choices.get(Dimension.ENCODER_EMBED),
        choices.get(Dimension.DECODER_EMBED),
        choices.get(Dimension.ENCODER_FFN),
        choices.get(Dimension.DECODER_FFN),
        choices.get(Dimension.ENCODER_LAYERS),
        choices.get(Dimension.DECODER_LAYERS),
        choices.get(Dimension.ENCODER_HEADS),
        choices.get(Dimension.DECODER_HEADS),
        choices.get(Dimension.ENCODER_DECODER_HEADS),
        choices.get(Dimension.ARBITRARY_ATTENTION));
  }

  /** The smallest space that holds one architecture. */
  public static SearchSpace of(SubTransformer architecture) {
    Map<Dimension, List<Integer>> choices = new EnumMap<>(Dimension.class);
    for (Dimension dimension : Dimension.values()) {
      choices.put(dimension, dimension.values(architecture).stream().distinct().toList());
    }
    return of(choices);
  }

  /**
   * Refuses choices that the SuperTransformer cannot hold.
   *
   * @param settings where the choices come from, for messages
   * @param sizes the SuperTransformer's size in every dimension with a limit; of head counts the
   *     qkv width, which they must divide
   * @throws ConfigurationException naming the dimension, the choice and its place
   */
  public void checkFits(Settings settings, Map<Dimension, Integer> sizes) {
    sizes.forEach(
        (dimension, size) -> {
          boolean heads = dimension.countsHeads();
          for (int choice : dimension.choices(this)) {
            if (heads ? size % choice != 0 : choice > size) {
              String need = heads ? "a divisor of qkv-dim " + size : "in 1.." + size;
              throw settings.error(dimension.choiceSetting(), choice, need);
            }
          }
        });
  }

  /** A random SubTransformer: every dimension, and every layer, drawn by itself and uniformly. */
  public SubTransformer sample(RandomGenerator random) {
    return Dimension.assemble(
        (dimension, count) -> {
          List<Integer> choices = dimension.choices(this);
          return Stream.generate(() -> choices.get(random.nextInt(choices.size())))
              .limit(count)
              .toList();
        });
  }

  /** Whether every value of {@code architecture} is among the choices. */
  public boolean contains(SubTransformer architecture) {
    return outside(architecture).isEmpty();
  }

  /**
   * Refuses an architecture outside the space.
   *
   * @throws ConfigurationException naming the dimension, the value and the choices
   */
  public void check(SubTransformer architecture) {
    outside(architecture)
        .ifPresent(
            message -> {
              throw new ConfigurationException(message);
            });
  }

  /** As {@link #check(SubTransformer)}; {@code where} names the architecture's source. */
  public void check(SubTransformer architecture, String where) {
    outside(architecture)
        .ifPresent(
            message -> {
              throw new ConfigurationException(message + " (" + where + ")");
            });
  }

  private Optional<String> outside(SubTransformer architecture) {
    for (Dimension dimension : Dimension.values()) {
      List<Integer> choices = dimension.choices(this);
      for (int value : dimension.values(architecture)) {
        if (!choices.contains(value)) {
          return Optional.of(
              dimension.valueSetting().key()
                  + ": got "
                  + value
                  + ", must be one of the search space's "
                  + choices);
        }
      }
    }
    return Optional.empty();
  }

  /** Largest encoder depth. */
  public int maxEncoderLayers() {
    return Collections.max(encoderLayerChoices);
  }

  /** Largest decoder depth. */
  public int maxDecoderLayers() {
    return Collections.max(decoderLayerChoices);
  }

  /** The largest SubTransformer: the maximum of every dimension, arbitrary attention 1. */
  public SubTransformer largest() {
    return uniform(true);
  }

  /** The smallest SubTransformer: the minimum of every dimension, arbitrary attention 1. */
  public SubTransformer smallest() {
    return uniform(false);
  }

  /** The largest SubTransformer of each decoder depth, the shallowest first. */
  public List<SubTransformer> largestOfEachDepth() {
    return decoderLayerChoices.stream().sorted().map(depth -> uniform(true, depth)).toList();
  }

  /** The smallest SubTransformer and the largest of each decoder depth, as far as in the space. */
  public List<SubTransformer> ends() {
    return Stream.concat(Stream.of(smallest()), largestOfEachDepth().stream())
        .distinct()
        .filter(this::contains)
        .toList();
  }

  private SubTransformer uniform(boolean largest) {
    return uniform(largest, extreme(decoderLayerChoices, largest));
  }

  private SubTransformer uniform(boolean largest, int decoderLayers) {
    int encoderLayers = extreme(encoderLayerChoices, largest);
    return new SubTransformer(
        extreme(encoderEmbedChoices, largest),
        extreme(decoderEmbedChoices, largest),
        Collections.nCopies(encoderLayers, extreme(encoderFfnChoices, largest)),
        Collections.nCopies(encoderLayers, extreme(encoderHeadChoices, largest)),
        Collections.nCopies(decoderLayers, extreme(decoderFfnChoices, largest)),
        Collections.nCopies(decoderLayers, extreme(decoderHeadChoices, largest)),
        Collections.nCopies(decoderLayers, extreme(encoderDecoderHeadChoices, largest)),
        Collections.nCopies(decoderLayers, 1));
  }

  private static int extreme(List<Integer> choices, boolean largest) {
    return largest ? Collections.max(choices) : Collections.min(choices);
  }
}
