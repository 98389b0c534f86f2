package mos.run;

import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import mos.command.settings.ModelSettings;
import mos.command.settings.TrainingSettings;
import mos.config.Setting;
import mos.config.Settings;
import mos.space.Dimension;
import mos.space.SearchSpace;
import mos.space.SearchSpaceSettings;
import mos.space.SubTransformer;
import mos.space.SubTransformerFile;

/**
 * The fixed Transformer that people compare with: width 512, FFN 2048, 8 heads, 6 encoder and 6
 * decoder layers.
 *
 * <p>Source: Vaswani et al., Attention Is All You Need (NIPS 2017), table 3, "base".
 */
final class TransformerBase {
  private static final int WIDTH = 512;
  private static final int FFN = 2048;
  private static final int HEADS = 8;
  private static final int LAYERS = 6;
  private static final int LAST_LAYER = -1;

  private TransformerBase() {}

  /**
   * What a training of it is given: a search space of it alone, its sizes and random weights.
   *
   * @param task whose data, and settings of training, it has
   */
  static Map<Setting<?>, Object> training(Settings task) {
    Map<Setting<?>, Object> options = new LinkedHashMap<>();
    SubTransformer base = architecture(task);
    options.putAll(SearchSpaceSettings.options(SearchSpace.of(base)));
    options.putAll(SubTransformerFile.options(base));
    options.put(ModelSettings.QKV_DIM, WIDTH);
    options.put(ModelSettings.ENCODER_EMBED_DIM, WIDTH);
    options.put(ModelSettings.DECODER_EMBED_DIM, WIDTH);
    options.put(ModelSettings.ENCODER_FFN_EMBED_DIM, FFN);
    options.put(ModelSettings.DECODER_FFN_EMBED_DIM, FFN);
    options.put(ModelSettings.ENCODER_LAYERS, LAYERS);
    options.put(ModelSettings.DECODER_LAYERS, LAYERS);
    options.put(ModelSettings.ENCODER_ATTENTION_HEADS, HEADS);
    options.put(ModelSettings.DECODER_ATTENTION_HEADS, HEADS);
    options.put(ModelSettings.MAX_EXPERTS, 1);
    options.put(TrainingSettings.INIT, "scratch");
    return options;
  }

  /** In a task's space, whose optional dimensions, where it has them, are those of the paper. */
  private static SubTransformer architecture(Settings task) {
    Map<Dimension, List<Integer>> values = new EnumMap<>(Dimension.class);
    for (Dimension dimension : Dimension.values()) {
      int count = dimension.expertSizes() ? 0 : dimension.perLayer() ? LAYERS : 1;
      values.put(dimension, Collections.nCopies(count, value(dimension, task)));
    }
    return new SubTransformer(values);
  }

  private static int value(Dimension dimension, Settings task) {
    return switch (dimension.kind()) {
      case EMBED -> WIDTH;
      case LAYERS -> LAYERS;
      case FFN -> FFN;
      case HEADS -> HEADS;
      case ATTENTION -> LAST_LAYER;
      case EXPERTS -> 1;
      case EXPERT_FFN -> 0;
      case HEAD_DIM -> task.has(dimension.choiceSetting()) ? WIDTH / HEADS : dimension.absent();
      case ACTIVATION ->
          task.has(dimension.choiceSetting())
              ? 1 + SubTransformer.ACTIVATIONS.indexOf("relu")
              : dimension.absent();
    };
  }
}
