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
 * <p>Source: Wang et al., HAT (ACL 2020), table 1; token experts: Jawahar et al., AutoMoE (Findings
 * of ACL 2023).
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
 * @param encoderExpertChoices numbers of token experts per encoder layer; [1]: no token experts
 * @param encoderExpertFfnChoices FFN sizes of encoder token experts after the first, 0 for an
 *     identity expert; empty without token experts
 * @param decoderExpertChoices numbers of token experts per decoder layer
 * @param decoderExpertFfnChoices FFN sizes of decoder token experts after the first
 * @param encoderHeadDimChoices sizes of encoder attention heads; [0]: the qkv width divided by
 *     their number
 * @param decoderHeadDimChoices sizes of decoder attention heads, the same in both attentions of a
 *     layer
 * @param encoderActivationChoices activations of encoder FFNs, places in {@link
 *     SubTransformer#ACTIVATIONS} from 1; [0]: the model's
 * @param decoderActivationChoices the decoder's
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
    List<Integer> arbitraryAttentionChoices,
    List<Integer> encoderExpertChoices,
    List<Integer> encoderExpertFfnChoices,
    List<Integer> decoderExpertChoices,
    List<Integer> decoderExpertFfnChoices,
    List<Integer> encoderHeadDimChoices,
    List<Integer> decoderHeadDimChoices,
    List<Integer> encoderActivationChoices,
    List<Integer> decoderActivationChoices) {
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
    // Files from before token experts lack these.
    encoderExpertChoices = numbers(Dimension.ENCODER_EXPERTS, encoderExpertChoices);
    decoderExpertChoices = numbers(Dimension.DECODER_EXPERTS, decoderExpertChoices);
    encoderExpertFfnChoices =
        sizes(
            Dimension.ENCODER_EXPERT_FFN,
            encoderExpertChoices,
            encoderExpertFfnChoices,
            encoderFfnChoices);
    decoderExpertFfnChoices =
        sizes(
            Dimension.DECODER_EXPERT_FFN,
            decoderExpertChoices,
            decoderExpertFfnChoices,
            decoderFfnChoices);
    encoderHeadDimChoices = ofLayers(Dimension.ENCODER_HEAD_DIM, encoderHeadDimChoices);
    decoderHeadDimChoices = ofLayers(Dimension.DECODER_HEAD_DIM, decoderHeadDimChoices);
    encoderActivationChoices = ofLayers(Dimension.ENCODER_ACTIVATION, encoderActivationChoices);
    decoderActivationChoices = ofLayers(Dimension.DECODER_ACTIVATION, decoderActivationChoices);
  }

  /** A space without token experts. */
  public SearchSpace(
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
    this(
        encoderEmbedChoices,
        decoderEmbedChoices,
        encoderFfnChoices,
        decoderFfnChoices,
        encoderLayerChoices,
        decoderLayerChoices,
        encoderHeadChoices,
        decoderHeadChoices,
        encoderDecoderHeadChoices,
        arbitraryAttentionChoices,
        List.of(1),
        List.of(),
        List.of(1),
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        List.of());
  }

  /**
   * The same space with token experts.
   *
   * @param numbers of token experts of an encoder layer
   * @param sizes FFN sizes of those after the first, 0 for identity experts; empty: the FFN choices
   * @param decoderNumbers of token experts of a decoder layer
   */
  public SearchSpace withTokenExperts(
      List<Integer> numbers, List<Integer> sizes, List<Integer> decoderNumbers) {
    return with(
        Map.of(
            Dimension.ENCODER_EXPERTS, numbers,
            Dimension.ENCODER_EXPERT_FFN, sizes,
            Dimension.DECODER_EXPERTS, decoderNumbers,
            Dimension.DECODER_EXPERT_FFN, sizes));
  }

  private SearchSpace with(Map<Dimension, List<Integer>> changed) {
    Map<Dimension, List<Integer>> choices = new EnumMap<>(Dimension.class);
    for (Dimension dimension : Dimension.values()) {
      choices.put(dimension, changed.getOrDefault(dimension, dimension.choices(this)));
    }
    return of(choices);
  }

  /** The same space with sizes of attention heads. */
  public SearchSpace withHeadDims(List<Integer> encoder, List<Integer> decoder) {
    return with(Map.of(Dimension.ENCODER_HEAD_DIM, encoder, Dimension.DECODER_HEAD_DIM, decoder));
  }

  /** The same space with activations, places in {@link SubTransformer#ACTIVATIONS} from 1. */
  public SearchSpace withActivations(List<Integer> encoder, List<Integer> decoder) {
    return with(
        Map.of(Dimension.ENCODER_ACTIVATION, encoder, Dimension.DECODER_ACTIVATION, decoder));
  }

  /** Whether layers choose their activation. */
  public boolean choosesActivations() {
    return Dimension.ENCODER_ACTIVATION.places(this) > 0
        || Dimension.DECODER_ACTIVATION.places(this) > 0;
  }

  private static List<Integer> ofLayers(Dimension dimension, List<Integer> choices) {
    List<Integer> absent = List.of(dimension.absent());
    boolean none = choices == null || choices.isEmpty() || choices.equals(absent);
    return none ? absent : checked(dimension, choices);
  }

  private static List<Integer> numbers(Dimension dimension, List<Integer> choices) {
    return checked(dimension, choices == null || choices.isEmpty() ? List.of(1) : choices);
  }

  private static List<Integer> sizes(
      Dimension dimension, List<Integer> numbers, List<Integer> choices, List<Integer> ffn) {
    if (Collections.max(numbers) == 1) {
      return List.of();
    }
    return checked(dimension, choices == null || choices.isEmpty() ? ffn : choices);
  }

  /** The largest number of token experts of a layer; 1: none. */
  public int mostExperts(boolean encoder) {
    return Collections.max(encoder ? encoderExpertChoices : decoderExpertChoices);
  }

  /** The largest size of a side's attention heads; 0: what the qkv width leaves them. */
  public int mostHeadDim(boolean encoder) {
    return Collections.max(encoder ? encoderHeadDimChoices : decoderHeadDimChoices);
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
      int least = dimension.expertSizes() ? 0 : 1;
      if (attention ? !ARBITRARY_SETTINGS.contains(choice) : choice < least) {
        String need = attention ? "-1, 1 or 2" : "at least " + least;
        throw new ConfigurationException(key + ": got " + choice + ", must be " + need);
      }
    }
    return List.copyOf(choices);
  }

  /** The settings that describe a search space, with HAT's keys. */
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
      if (dimension.optional() && !settings.has(dimension.choiceSetting())) {
        choices.put(dimension, List.of());
        continue;
      }
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
        choices.get(Dimension.ARBITRARY_ATTENTION),
        choices.get(Dimension.ENCODER_EXPERTS),
        choices.get(Dimension.ENCODER_EXPERT_FFN),
        choices.get(Dimension.DECODER_EXPERTS),
        choices.get(Dimension.DECODER_EXPERT_FFN),
        choices.get(Dimension.ENCODER_HEAD_DIM),
        choices.get(Dimension.DECODER_HEAD_DIM),
        choices.get(Dimension.ENCODER_ACTIVATION),
        choices.get(Dimension.DECODER_ACTIVATION));
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
          int headDim = heads ? mostHeadDim(dimension.ofEncoder()) : 0;
          for (int choice : dimension.choices(this)) {
            if (headDim > 0 && (long) choice * headDim > size) {
              String need = "at most " + size / headDim + ", for heads of " + headDim;
              throw settings.error(dimension.choiceSetting(), choice, need + " in qkv-dim " + size);
            }
            if (heads ? headDim == 0 && size % choice != 0 : choice > size) {
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
          if (dimension.places(this) == 0) {
            return Collections.nCopies(count, dimension.absent());
          }
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
                  + dimension.text(value)
                  + ", must be one of the search space's "
                  + choices.stream().map(dimension::text).toList());
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
        Collections.nCopies(decoderLayers, 1),
        Collections.nCopies(
            encoderLayers,
            Collections.nCopies(
                extreme(encoderExpertChoices, largest) - 1,
                encoderExpertFfnChoices.isEmpty() ? 0 : extreme(encoderExpertFfnChoices, largest))),
        Collections.nCopies(
            decoderLayers,
            Collections.nCopies(
                extreme(decoderExpertChoices, largest) - 1,
                decoderExpertFfnChoices.isEmpty() ? 0 : extreme(decoderExpertFfnChoices, largest))),
        Collections.nCopies(encoderLayers, extreme(encoderHeadDimChoices, largest)),
        Collections.nCopies(decoderLayers, extreme(decoderHeadDimChoices, largest)),
        // None is larger than another: the first.
        Collections.nCopies(encoderLayers, encoderActivationChoices.get(0)),
        Collections.nCopies(decoderLayers, decoderActivationChoices.get(0)));
  }

  private static int extreme(List<Integer> choices, boolean largest) {
    return largest ? Collections.max(choices) : Collections.min(choices);
  }
}
