package mos.experiment;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import mos.base.ConfigurationException;
import mos.data.ParallelCorpus;
import mos.distributed.Processes;
import mos.results.LossFigures;
import mos.results.Validation;
import mos.space.SubTransformer;
import mos.tensor.Compute;
import mos.train.ArchitectureSchedule;
import mos.train.ModelDescription;
import mos.train.ValidationLoss;
import mos.train.Validator;

/**
 * Loss and perplexity of a model, for one or several architectures.
 *
 * @param model a checkpoint, or the folder of an exported model
 * @param data with the model's dictionaries
 * @param subset of the data, for example valid
 * @param which architectures
 * @param maxTokens of a batch, padding counted
 * @param labelSmoothing mass spread over the vocabulary, in [0, 1)
 * @param compute where, and how precisely
 */
public record ModelValidation(
    Path model,
    DataSource data,
    String subset,
    Which which,
    int maxTokens,
    double labelSmoothing,
    ComputeChoice compute)
    implements Experiment<Validation> {

  /**
   * Which architectures are validated.
   *
   * @param named by name; empty: the largest and the smallest of a SuperTransformer, else the one
   *     that the model is
   * @param random further ones of a SuperTransformer's space
   */
  public record Which(Optional<Map<String, SubTransformer>> named, Random random) {}

  /**
   * Random architectures, the same as an evaluation of the SuperTransformer compares.
   *
   * @param count from 0
   * @param where who asked, for messages
   */
  public record Random(int count, long seed, String where) {
    private Set<SubTransformer> of(ModelDescription description) {
      if (count == 0) {
        return Set.of();
      }
      if (description.space() == null) {
        throw error("0 for a SubTransformer's checkpoint");
      }
      Set<SubTransformer> drawn = RandomArchitectures.draw(description.space(), count, seed);
      if (drawn.size() < count) {
        throw error("at most what the search space has");
      }
      return drawn;
    }

    private ConfigurationException error(String need) {
      return new ConfigurationException(
          "random-architectures: got " + count + ", must be " + need + " (" + where + ")");
    }
  }

  @Override
  public Validation run(Processes processes) {
    Compute here = compute.setUp();
    DataFolder folder = DataFolder.open(data);
    Map<String, LossFigures> losses = new LinkedHashMap<>();
    try (Models.Whole whole = Models.whole(model, here.device());
        ParallelCorpus corpus = folder.split(subset)) {
      ModelDescription description = whole.description();
      folder.check(description, model.toString());
      Validator validator = new Validator(corpus, maxTokens, labelSmoothing, here.precision());
      architectures(description)
          .forEach(
              (name, one) ->
                  losses.put(name, figures(validator.loss(whole.model(), one), validator)));
      List<ValidationLoss> random = new ArrayList<>();
      for (SubTransformer one : which.random().of(description)) {
        random.add(validator.loss(whole.model(), one));
        losses.put("random-" + random.size(), figures(random.get(random.size() - 1), validator));
      }
      if (!random.isEmpty()) {
        losses.put("random-mean", figures(Losses.mean(random), validator));
      }
    }
    return new Validation(losses);
  }

  private static LossFigures figures(ValidationLoss loss, Validator validator) {
    return Losses.of(loss, validator.skipped().count());
  }

  private Map<String, SubTransformer> architectures(ModelDescription description) {
    if (which.named().isPresent()) {
      Map<String, SubTransformer> all = which.named().get();
      if (description.space() != null) {
        all.forEach((name, architecture) -> description.space().check(architecture, name));
      } else if (!all.values().stream().allMatch(description.architecture()::equals)) {
        throw new ConfigurationException(
            model + " is one SubTransformer, and not the one of --sub-configs; leave that out");
      }
      return all;
    }
    return description.architecture() != null
        ? ArchitectureSchedule.single(description.architecture()).validated()
        : ArchitectureSchedule.supernet(description.space(), true, 0).validated();
  }
}
