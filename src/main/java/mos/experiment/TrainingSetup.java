package mos.experiment;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import mos.beam.TranslationOptions;
import mos.train.ModelDescription;
import mos.train.TrainingConfig;

/**
 * What a training reads, how it trains and where it saves, whatever model it trains. A training in
 * the same folder goes on where the one before stopped.
 *
 * @param data its splits train and valid are read
 * @param config how to train; its precision is that of {@code compute}
 * @param folder for checkpoints and {@code metrics.jsonl}
 * @param compute where, and how precisely
 * @param translations how the validation set is translated where BLEU selects the best state; empty
 *     for the usual way
 * @param told for the checkpoints
 */
public record TrainingSetup(
    DataSource data,
    TrainingConfig config,
    Path folder,
    ComputeChoice compute,
    Optional<TranslationOptions> translations,
    Told told) {

  /**
   * What a training was told, as its checkpoints tell it.
   *
   * @param settings by key; may be empty
   * @param changes what of them differs
   */
  public record Told(Map<String, Object> settings, Changes changes) {
    /** Nothing beside what is configured. */
    public static final Told NOTHING = new Told(Map.of(), (begun, now) -> List.of());
  }

  /** Compares what an interrupted training was told with what it is told now. */
  @FunctionalInterface
  public interface Changes {
    /** Differences that a training may go on with, but not unnoticed: in words. */
    List<String> between(ModelDescription begun, ModelDescription now);
  }

  /** A training as it is usually done, on a GPU where there is one. */
  public static TrainingSetup of(Path data, TrainingConfig config, Path folder) {
    return new TrainingSetup(
        DataSource.of(data), config, folder, ComputeChoice.AUTO, Optional.empty(), Told.NOTHING);
  }

  /** The same in another folder. */
  public TrainingSetup in(Path other) {
    return new TrainingSetup(data, config, other, compute, translations, told);
  }
}
