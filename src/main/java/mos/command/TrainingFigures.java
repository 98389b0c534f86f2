package mos.command;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import mos.base.Json;
import mos.model.SuperTransformer;
import mos.train.Checkpoint;
import mos.train.Trainer;
import mos.train.ValidationLoss;

/** What a training has come to, for people and programs. */
final class TrainingFigures {
  private TrainingFigures() {}

  /** What {@code train} prints with {@code --json}. */
  static ObjectNode of(Trainer.Result result, SuperTransformer model, Path folder) {
    ObjectNode figures = Json.object();
    figures.put("updates", result.state().update());
    figures.put("epoch", result.state().position().epoch());
    figures.put("seconds", result.state().seconds());
    figures.put(
        "tokens_per_second",
        result.state().targetTokens() / Math.max(1e-9, result.state().seconds()));
    figures.put("parameters", model.parameters().size());
    figures.put("best_loss", result.state().bestLoss());
    figures.put("skipped", result.skipped().count());
    figures.put("skipped_valid", result.skippedInValidation().count());
    ObjectNode valid = figures.putObject("valid");
    for (Map.Entry<String, ValidationLoss> entry : result.validation().entrySet()) {
      ObjectNode one = valid.putObject(entry.getKey());
      one.put("loss", entry.getValue().loss());
      one.put("nll_loss", entry.getValue().nllLoss());
      one.put("ppl", entry.getValue().perplexity());
    }
    figures.put("checkpoint", folder.resolve(Checkpoint.BEST).toString());
    return figures;
  }

  /** The same in words. */
  static String describe(ObjectNode figures) {
    StringBuilder text =
        new StringBuilder(
            String.format(
                Locale.ROOT,
                "%d updates in %.0f s, %.0f target tokens/s%n",
                figures.path("updates").asLong(),
                figures.path("seconds").asDouble(),
                figures.path("tokens_per_second").asDouble()));
    figures
        .path("valid")
        .properties()
        .forEach(
            entry ->
                text.append(
                    String.format(
                        Locale.ROOT,
                        "valid, %s: loss %.4f, perplexity %.2f%n",
                        entry.getKey(),
                        entry.getValue().path("loss").asDouble(),
                        entry.getValue().path("ppl").asDouble())));
    for (String set : List.of("skipped", "skipped_valid")) {
      int skipped = figures.path(set).asInt();
      if (skipped > 0) {
        text.append(
            String.format(
                Locale.ROOT,
                "%d sentence pairs were too long for %s%n",
                skipped,
                set.equals("skipped") ? "training" : "validation"));
      }
    }
    return text.append("best: ").append(figures.path("checkpoint").asText()).toString();
  }
}
