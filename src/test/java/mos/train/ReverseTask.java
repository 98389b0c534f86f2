package mos.train;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import mos.data.CorpusWriter;
import mos.data.Dictionary;
import mos.data.ParallelCorpus;
import mos.model.ExpertConfig;
import mos.model.Initialization;
import mos.model.ModelConfig;
import mos.model.SuperTransformer;
import mos.nn.Distillation;
import mos.nn.DropoutRates;
import mos.space.Activation;
import mos.space.Plain;
import mos.space.SearchSpace;
import mos.tensor.Native;
import mos.tensor.Precision;
import mos.tensor.Tensors;
import org.bytedeco.pytorch.Device;

/**
 * A corpus whose targets are the sources reversed, 300 pairs of 30 symbols, and a search space
 * small enough to train on it within seconds.
 */
public record ReverseTask(Path folder, ParallelCorpus train, ParallelCorpus valid)
    implements AutoCloseable {
  /** The task for the command line: a space, experts and batches. */
  public static final String CONFIGURATION =
      """
      encoder-embed-choice: [32, 16]
      decoder-embed-choice: [32, 16]
      encoder-ffn-embed-dim-choice: [64, 32]
      decoder-ffn-embed-dim-choice: [64, 32]
      encoder-layer-num-choice: [2]
      decoder-layer-num-choice: [2, 1]
      encoder-self-attention-heads-choice: [2, 1]
      decoder-self-attention-heads-choice: [2, 1]
      decoder-ende-attention-heads-choice: [2, 1]
      decoder-arbitrary-ende-attn-choice: [-1, 1]
      qkv-dim: 32
      max-experts: 2
      hypernet-hidden-size: 8
      share-all-embeddings: true
      max-tokens: 64
      warmup-updates: 10
      seed: 3
      threads: 1
      """;

  public static final SearchSpace SPACE =
      Plain.space(
          List.of(32, 16),
          List.of(32, 16),
          List.of(64, 32),
          List.of(64, 32),
          List.of(2),
          List.of(2, 1),
          List.of(2, 1),
          List.of(2, 1),
          List.of(2, 1),
          List.of(-1, 1));

  private static final ParallelCorpus.LanguagePair LANGUAGES =
      new ParallelCorpus.LanguagePair("en", "de");
  private static final int SYMBOLS = 30;

  /** Writes the data in {@code folder}, in the form that the {@code train} command reads too. */
  public static ReverseTask in(Path folder) {
    // Threads cost more than they save at these sizes.
    Native.setThreads(1);
    Dictionary dictionary = dictionary();
    dictionary.save(folder.resolve("dict.en.txt"));
    dictionary.save(folder.resolve("dict.de.txt"));
    write(folder, "train", dictionary, 300, 1);
    write(folder, "valid", dictionary, 40, 2);
    return new ReverseTask(
        folder,
        ParallelCorpus.open(folder, "train", LANGUAGES),
        ParallelCorpus.open(folder, "valid", LANGUAGES));
  }

  private static Dictionary dictionary() {
    Map<String, Long> counts = new HashMap<>();
    for (int i = 0; i < SYMBOLS; i++) {
      counts.put("w" + i, 1000L - i);
    }
    return Dictionary.fromCounts(counts, 0, 1, 8);
  }

  /** Writes a validation set of another size in the place of what {@link #in} wrote. */
  public static void writeValidation(Path folder, int pairs) {
    write(folder, "valid", dictionary(), pairs, 2);
  }

  private static void write(
      Path folder, String split, Dictionary dictionary, int pairs, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int[][] sources = new int[pairs][];
    for (int i = 0; i < pairs; i++) {
      int length = 1 + random.nextInt(6);
      sources[i] = new int[length + 1];
      for (int k = 0; k < length; k++) {
        sources[i][k] = Dictionary.SPECIALS + random.nextInt(SYMBOLS);
      }
      sources[i][length] = Dictionary.EOS;
    }
    CorpusWriter.write(
        folder.resolve(split + ".en-de.en"),
        dictionary.size(),
        writer -> {
          for (int[] source : sources) {
            writer.add(source);
          }
        });
    CorpusWriter.write(
        folder.resolve(split + ".en-de.de"),
        dictionary.size(),
        writer -> {
          for (int[] source : sources) {
            writer.add(reversed(source));
          }
        });
  }

  private static int[] reversed(int[] source) {
    int[] target = source.clone();
    for (int k = 0; k < source.length - 1; k++) {
      target[k] = source[source.length - 2 - k];
    }
    return target;
  }

  /** Experts of the router variant {@code routing}, or none for {@code count} 1. */
  public static ExpertConfig experts(int count, String routing) {
    return new ExpertConfig(count, routing, 8, -1, "aggr", ExpertConfig.NONE.featureNorm());
  }

  /** Two experts, mixed neuron-wise, with router dropout. */
  public static ExpertConfig experts() {
    return experts(2, "neuronrouting_jack_drop_2L");
  }

  /** A model for this task, initialised from a fixed seed. */
  public SuperTransformer model(ExpertConfig experts) {
    return model(experts, Activation.RELU);
  }

  SuperTransformer model(ExpertConfig experts, Activation activation) {
    return model(experts, activation, Tensors.cpu());
  }

  SuperTransformer model(ExpertConfig experts, Activation activation, Device device) {
    int vocabulary = train.sourceDictionary().size();
    ModelConfig config =
        ModelConfig.of(SPACE, 32, vocabulary, vocabulary, true, experts).withActivation(activation);
    SuperTransformer model = new SuperTransformer(config, device, true);
    Initialization.initialise(model, 5);
    return model;
  }

  /** A model of another space. */
  SuperTransformer model(SearchSpace space, ExpertConfig experts, int tokenTopK) {
    return model(space, experts, tokenTopK, Tensors.cpu());
  }

  SuperTransformer model(SearchSpace space, ExpertConfig experts, int tokenTopK, Device device) {
    int vocabulary = train.sourceDictionary().size();
    ModelConfig config =
        ModelConfig.of(space, 32, vocabulary, vocabulary, true, experts).withTokenTopK(tokenTopK);
    SuperTransformer model = new SuperTransformer(config, device, true);
    Initialization.initialise(model, 5);
    return model;
  }

  /** What a checkpoint of {@code model} says. */
  public ModelDescription description(SuperTransformer model, Map<String, Object> settings) {
    return new ModelDescription(
        model.config(),
        SPACE,
        null,
        "en",
        "de",
        train.sourceDictionary().hash(),
        train.targetDictionary().hash(),
        settings);
  }

  /** Small batches, dropout, clipping and weight decay: everything that a resume could miss. */
  public static TrainingConfig settings(int maxUpdates) {
    return settings(maxUpdates, 5, 10);
  }

  static TrainingConfig settings(int maxUpdates, int saveInterval, int validateInterval) {
    return settings(maxUpdates, saveInterval, validateInterval, Precision.FP32, false);
  }

  static TrainingConfig settings(
      int maxUpdates,
      int saveInterval,
      int validateInterval,
      Precision precision,
      boolean deterministic) {
    return new TrainingConfig(
        new TrainingConfig.UpdateSize(64, 128, 4, false),
        new LearningRate(LearningRate.Decay.COSINE, 5, maxUpdates, 1e-7, 5e-3, 1e-4),
        new GradientConfig(
            new DropoutRates(0.1, 0.1, 0.1),
            0.1,
            Distillation.NONE,
            TokenTraining.DEFAULT,
            precision,
            deterministic),
        new AdamConfig(0.9, 0.98, 1e-8, 0.01),
        1,
        new Intervals(1, validateInterval, saveInterval, 2),
        Selection.BY_LOSS,
        0,
        3);
  }

  /** The same, its best state told otherwise. */
  static TrainingConfig selecting(TrainingConfig config, Selection selection) {
    return new TrainingConfig(
        config.update(),
        config.learningRate(),
        config.gradients(),
        config.adam(),
        config.clipNorm(),
        config.intervals(),
        selection,
        config.bpeDropout(),
        config.seed());
  }

  /** Dense gradients in fp32. */
  static GradientConfig gradients(DropoutRates dropout, Distillation distillation) {
    return gradients(dropout, distillation, TokenTraining.DEFAULT);
  }

  /** Gradients in fp32. */
  static GradientConfig gradients(
      DropoutRates dropout, Distillation distillation, TokenTraining tokenExperts) {
    return new GradientConfig(dropout, 0.1, distillation, tokenExperts, Precision.FP32, false);
  }

  @Override
  public void close() {
    train.close();
    valid.close();
  }
}
