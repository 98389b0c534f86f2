package mos.experiment;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import mos.base.Json;
import mos.beam.TranslationOptions;
import mos.data.ParallelCorpus;
import mos.tensor.Compute;
import mos.train.Validator;

/** What architectures are compared by, on a validation set. */
public sealed interface Scoring {
  /**
   * Validation loss per token.
   *
   * @param maxTokens of a batch
   * @param labelSmoothing as in training
   */
  record Loss(int maxTokens, double labelSmoothing) implements Scoring {}

  /**
   * 100 − BLEU on tokens, hyphenated compounds split.
   *
   * @param options of the translations
   * @param skipInvalid whether to go on without sentences that are too long
   */
  record Bleu(TranslationOptions options, boolean skipInvalid) implements Scoring {}

  /** The loss with HAT's label smoothing. */
  static Scoring loss() {
    return new Loss(4096, 0.1);
  }

  /** "loss" or "bleu", as in files. */
  default String fitness() {
    return this instanceof Bleu ? "bleu" : "loss";
  }

  /**
   * What scores.
   *
   * @param subset name of {@code valid}, for messages
   */
  default Scorer open(DataFolder data, ParallelCorpus valid, String subset, Compute compute) {
    if (this instanceof Bleu bleu) {
      SourceSentences sources = new SourceSentences(valid.source(), subset, bleu.skipInvalid());
      return Scorer.bleu(bleu.options(), data, valid, sources, compute);
    }
    Loss loss = (Loss) this;
    Validator validator =
        new Validator(valid, loss.maxTokens(), loss.labelSmoothing(), compute.precision());
    return (model, architecture) -> validator.loss(model, architecture).loss();
  }

  /**
   * Everything that decides a score, for caches.
   *
   * @param checkpoint hash of the weights
   */
  default ObjectNode origin(ParallelCorpus valid, Compute compute, String checkpoint) {
    long content = valid.size();
    for (int i = 0; i < valid.size(); i++) {
      content = 31 * content + Arrays.hashCode(valid.source().get(i));
      content = 31 * content + Arrays.hashCode(valid.target().get(i));
    }
    ObjectNode origin = Json.object();
    origin.put("value", fitness());
    origin.put("checkpoint_sha256", checkpoint);
    origin.put("sentences", content);
    origin.put("precision", compute.precision().name());
    if (this instanceof Bleu bleu) {
      origin.put("translation", bleu.options().toString());
      // Values kept by a version where they did are others.
      origin.put("unknown_words_match", false);
    } else {
      origin.put("max_tokens", ((Loss) this).maxTokens());
      origin.put("label_smoothing", ((Loss) this).labelSmoothing());
    }
    return origin;
  }
}
