package mos.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import java.util.Map;
import mos.base.Json;
import mos.command.settings.BenchSettings;
import mos.command.settings.DataSettings;
import mos.command.settings.DecodingSettings;
import mos.config.Settings;
import mos.model.Initialization;
import mos.model.ModelConfig;
import mos.model.SuperTransformer;
import mos.report.Table;
import mos.space.SearchSpace;
import mos.space.SubTransformer;
import mos.tensor.Compute;
import mos.tensor.Scope;
import mos.translate.DecodingBenchmark;

/** Times translation in batches of the smallest and the largest SubTransformer, random weights. */
record BenchDecoding(Settings settings, Compute machine) {
  /** Sentences of a measurement, in batches. */
  private static final int ROUNDS = 8;

  ObjectNode measure(ModelConfig config, SearchSpace space) {
    ObjectNode figures = Json.object();
    for (Map.Entry<String, SubTransformer> one :
        Map.of("smallest", space.smallest(), "largest", space.largest()).entrySet()) {
      SubTransformer architecture = one.getValue();
      try (Scope scope = Scope.open();
          SuperTransformer model =
              new SuperTransformer(config.standalone(architecture), machine.device(), false)) {
        Initialization.initialise(model, 1);
        for (int batch : settings.get(BenchSettings.BATCH)) {
          try (Scope each = Scope.open()) {
            put(
                figures.putObject(one.getKey() + " " + batch),
                new DecodingBenchmark(settings.get(BenchSettings.SENTENCE_TOKENS), ROUNDS)
                    .measure(
                        model.derive(architecture, machine.precision()),
                        settings.get(DecodingSettings.BEAM),
                        batch,
                        settings.get(DataSettings.MAX_TOKENS)));
          }
        }
      }
    }
    return figures;
  }

  private void put(ObjectNode figures, DecodingBenchmark.Speed speed) {
    figures.put("beam", settings.get(DecodingSettings.BEAM));
    figures.put("sentences", speed.sentences());
    figures.put("tokens_per_second", speed.tokensPerSecond());
    ObjectNode step = figures.putObject("step_ms");
    speed.stepMs().forEach(step::put);
  }

  static String describe(JsonNode figures) {
    Table table = Table.of("sentences together", ">beam", ">target tokens/s", "ms of a step");
    for (Map.Entry<String, JsonNode> entry : figures.path("decoding").properties()) {
      JsonNode one = entry.getValue();
      StringBuilder step = new StringBuilder();
      double sum = 0;
      for (Map.Entry<String, JsonNode> kind : one.path("step_ms").properties()) {
        sum += kind.getValue().asDouble();
        step.append(
            String.format(
                Locale.ROOT,
                ", %s %.3f",
                kind.getKey().replace('_', ' '),
                kind.getValue().asDouble()));
      }
      table.row(
          entry.getKey(),
          one.path("beam").asText(),
          String.format(Locale.ROOT, "%,.0f", one.path("tokens_per_second").asDouble()),
          String.format(Locale.ROOT, "%.3f: ", sum) + step.substring(Math.min(2, step.length())));
    }
    return String.format(
        Locale.ROOT,
        "%s, %s%n%s",
        figures.path("hardware").path("device").asText(),
        figures.path("hardware").path("precision").asText(),
        table);
  }
}
