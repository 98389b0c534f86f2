package mos.command;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import mos.base.Json;
import mos.command.settings.DataSettings;
import mos.command.settings.DecodingSettings;
import mos.command.settings.LossSettings;
import mos.command.settings.SearchSettings;
import mos.config.Setting;
import mos.config.Settings;
import mos.data.ParallelCorpus;
import mos.metrics.Bleu;
import mos.model.SuperTransformer;
import mos.space.SubTransformer;
import mos.tensor.Compute;
import mos.tensor.Scope;
import mos.train.Validator;
import mos.translate.Hypothesis;
import mos.translate.TranslationOptions;
import mos.translate.Translator;
import org.bytedeco.pytorch.AutoGradMode;

/** What an architecture is worth on a validation set; lower is better. */
interface Scorer {
  /** The value of one architecture with the weights that it inherits from {@code model}. */
  double score(SuperTransformer model, SubTransformer architecture);

  /** The settings that {@link #of} reads. */
  static List<Setting<?>> settings() {
    List<Setting<?>> all = new ArrayList<>(DecodingSettings.ofBeam());
    all.addAll(
        List.of(
            SearchSettings.FITNESS,
            DecodingSettings.BATCH_SIZE,
            DataSettings.SKIP_INVALID,
            DataSettings.VALID_SUBSET,
            DataSettings.MAX_TOKENS,
            LossSettings.LABEL_SMOOTHING));
    return all;
  }

  /** Those of them that the chosen fitness does not read. */
  static List<Setting<?>> unread(Settings settings) {
    if (settings.get(SearchSettings.FITNESS).equals("bleu")) {
      return List.of(DataSettings.MAX_TOKENS, LossSettings.LABEL_SMOOTHING);
    }
    List<Setting<?>> unread = new ArrayList<>(DecodingSettings.ofBeam());
    unread.addAll(List.of(DecodingSettings.NBEST, DecodingSettings.BATCH_SIZE));
    return unread;
  }

  /** As the settings say. */
  static Scorer of(Settings settings, DataFolder data, ParallelCorpus valid, Compute machine) {
    if (settings.get(SearchSettings.FITNESS).equals("bleu")) {
      SourceSentences sources =
          new SourceSentences(
              valid.source(),
              settings.get(DataSettings.VALID_SUBSET),
              settings.get(DataSettings.SKIP_INVALID));
      return bleu(DecodingSettings.best(settings), data, valid, sources, machine);
    }
    Validator validator =
        new Validator(
            valid,
            settings.get(DataSettings.MAX_TOKENS),
            settings.get(LossSettings.LABEL_SMOOTHING),
            machine.precision());
    return (model, architecture) -> validator.loss(model, architecture).loss();
  }

  private static Scorer bleu(
      TranslationOptions options,
      DataFolder data,
      ParallelCorpus valid,
      SourceSentences sources,
      Compute machine) {
    List<String> references = new ArrayList<>();
    for (int i : sources.rows()) {
      references.add(
          Bleu.splitCompounds(data.targetDictionary().reference(valid.target().get(i), true)));
    }
    return (model, architecture) -> {
      try (Scope scope = Scope.open();
          AutoGradMode off = new AutoGradMode(false);
          Translator translator =
              new Translator(model.derive(architecture, machine.precision()), options)) {
        List<String> found = new ArrayList<>();
        for (List<Hypothesis> nBest : sources.translate(translator, done -> {})) {
          int[] best = nBest.isEmpty() ? new int[0] : nBest.get(0).tokens();
          found.add(Bleu.splitCompounds(data.targetDictionary().string(best, true)));
        }
        return 100 - Bleu.of(found, references).score();
      }
    };
  }

  /**
   * Everything that decides a score, for caches.
   *
   * @param checkpoint hash of the weights
   */
  static ObjectNode origin(
      Settings settings, ParallelCorpus valid, Compute machine, String checkpoint) {
    long content = valid.size();
    for (int i = 0; i < valid.size(); i++) {
      content = 31 * content + Arrays.hashCode(valid.source().get(i));
      content = 31 * content + Arrays.hashCode(valid.target().get(i));
    }
    ObjectNode origin = Json.object();
    origin.put("value", settings.get(SearchSettings.FITNESS));
    origin.put("checkpoint_sha256", checkpoint);
    origin.put("sentences", content);
    origin.put("precision", machine.precision().name());
    if (settings.get(SearchSettings.FITNESS).equals("bleu")) {
      origin.put("translation", DecodingSettings.best(settings).toString());
      // Values kept by a version where they did are others.
      origin.put("unknown_words_match", false);
    } else {
      origin.put("max_tokens", settings.get(DataSettings.MAX_TOKENS));
      origin.put("label_smoothing", settings.get(LossSettings.LABEL_SMOOTHING));
    }
    return origin;
  }
}
