package mos.command;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import mos.base.ConfigurationException;
import mos.base.Json;
import mos.command.settings.AllSettings;
import mos.command.settings.DataSettings;
import mos.command.settings.EvaluationSettings;
import mos.command.settings.FileSettings;
import mos.command.settings.LossSettings;
import mos.command.settings.MachineSettings;
import mos.config.Setting;
import mos.config.Settings;
import mos.data.ParallelCorpus;
import mos.experiment.DataFolder;
import mos.experiment.Models;
import mos.model.SuperTransformer;
import mos.space.SubTransformer;
import mos.space.SubTransformerFile;
import mos.tensor.Compute;
import mos.train.ArchitectureSchedule;
import mos.train.ModelDescription;
import mos.train.ValidationLoss;
import mos.train.Validator;

/** Loss and perplexity of a checkpoint, for one or several architectures. */
public final class ValidateTask implements Command<ObjectNode> {
  @Override
  public String name() {
    return "validate";
  }

  @Override
  public String description() {
    return "Of a SuperTransformer it takes the largest and the smallest SubTransformer, or those that"
        + " --sub-configs names, one entry a file.";
  }

  @Override
  public String example() {
    return "validate --data data --path supernet/checkpoint_best.safetensors"
        + " --sub-configs small.yml,large.yml --json";
  }

  @Override
  public List<Setting<?>> settings() {
    List<Setting<?>> settings = new ArrayList<>(DataSettings.ofFolder());
    settings.addAll(SubTransformerFile.settings());
    settings.addAll(MachineSettings.ofComputing());
    settings.addAll(
        List.of(
            FileSettings.PATH,
            DataSettings.VALID_SUBSET,
            EvaluationSettings.RANDOM_ARCHITECTURES,
            MachineSettings.SEED,
            DataSettings.MAX_TOKENS,
            LossSettings.LABEL_SMOOTHING));
    return settings;
  }

  @Override
  public Class<ObjectNode> result() {
    return ObjectNode.class;
  }

  @Override
  public ObjectNode run(Settings settings) {
    Compute machine = MachineSettings.compute(settings).setUp();
    DataFolder data = DataFolder.open(DataSettings.source(settings));
    Path file = settings.get(FileSettings.PATH);
    ObjectNode figures = Json.object();
    try (Models.Whole whole = Models.whole(file, machine.device());
        ParallelCorpus corpus = data.split(settings.get(DataSettings.VALID_SUBSET))) {
      SuperTransformer model = whole.model();
      ModelDescription description = whole.description();
      data.check(description, file.toString());
      Validator validator =
          new Validator(
              corpus,
              settings.get(DataSettings.MAX_TOKENS),
              settings.get(LossSettings.LABEL_SMOOTHING),
              machine.precision());
      architectures(settings, description)
          .forEach((name, one) -> put(figures, name, validator.loss(model, one), validator));
      List<ValidationLoss> losses = new ArrayList<>();
      for (SubTransformer one : random(settings, description)) {
        losses.add(validator.loss(model, one));
        put(figures, "random-" + losses.size(), losses.get(losses.size() - 1), validator);
      }
      if (!losses.isEmpty()) {
        put(figures, "random-mean", mean(losses), validator);
      }
    }
    return figures;
  }

  private static void put(
      ObjectNode figures, String name, ValidationLoss loss, Validator validator) {
    ObjectNode one = figures.putObject(name);
    one.put("loss", loss.loss());
    one.put("nll_loss", loss.nllLoss());
    one.put("ppl", loss.perplexity());
    one.put("skipped", validator.skipped().count());
  }

  private static ValidationLoss mean(List<ValidationLoss> losses) {
    return new ValidationLoss(
        losses.stream().mapToDouble(ValidationLoss::loss).average().orElseThrow(),
        losses.stream().mapToDouble(ValidationLoss::nllLoss).average().orElseThrow());
  }

  private static Set<SubTransformer> random(Settings settings, ModelDescription description) {
    int wanted = settings.get(EvaluationSettings.RANDOM_ARCHITECTURES);
    if (wanted == 0) {
      return Set.of();
    }
    if (description.space() == null) {
      throw settings.error(
          EvaluationSettings.RANDOM_ARCHITECTURES, "0 for a SubTransformer's checkpoint");
    }
    Set<SubTransformer> drawn =
        EvaluateSupernetTask.random(
            description.space(), wanted, settings.get(MachineSettings.SEED));
    if (drawn.size() < wanted) {
      throw settings.error(
          EvaluationSettings.RANDOM_ARCHITECTURES, "at most what the search space has");
    }
    return drawn;
  }

  private static Map<String, SubTransformer> architectures(
      Settings settings, ModelDescription description) {
    if (SubTransformerFile.given(settings)) {
      Map<String, SubTransformer> all = SubTransformerFile.all(settings, AllSettings.known());
      if (description.space() != null) {
        all.forEach((name, architecture) -> description.space().check(architecture, name));
      } else if (!all.values().stream().allMatch(description.architecture()::equals)) {
        throw new ConfigurationException(
            settings.get(FileSettings.PATH)
                + " is one SubTransformer, and not the one of --sub-configs; leave that out");
      }
      return all;
    }
    return description.architecture() != null
        ? ArchitectureSchedule.single(description.architecture()).validated()
        : ArchitectureSchedule.supernet(description.space(), true, 0).validated();
  }

  @Override
  public String describe(ObjectNode figures) {
    StringBuilder text = new StringBuilder();
    figures
        .properties()
        .forEach(
            entry ->
                text.append(
                    String.format(
                        Locale.ROOT,
                        "%s: loss %.4f, nll %.4f, perplexity %.2f%n",
                        entry.getKey(),
                        entry.getValue().path("loss").asDouble(),
                        entry.getValue().path("nll_loss").asDouble(),
                        entry.getValue().path("ppl").asDouble())));
    return text.toString().stripTrailing();
  }
}
