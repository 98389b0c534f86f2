package mos.experiment;

import java.util.Optional;
import mos.distributed.Processes;
import mos.model.ModelConfig;
import mos.results.TrainingFigures;
import mos.space.SearchSpace;
import mos.train.ArchitectureSchedule;

/**
 * Trains a SuperTransformer: each update trains a random SubTransformer and, with the sandwich
 * rule, the largest and the smallest on the same sentences. Several processes share each update.
 *
 * @param space the SubTransformers
 * @param model the SuperTransformer; the sizes of its dictionaries are those of the data
 * @param sandwichRule whether the largest and the smallest are trained along
 * @param setup data, sizes, folder
 */
public record SupernetTraining(
    SearchSpace space, ModelConfig model, boolean sandwichRule, TrainingSetup setup)
    implements Experiment<TrainingFigures> {

  @Override
  public TrainingFigures run(Processes processes) {
    long seed = setup.config().seed();
    return new TrainingWork(
            setup,
            new TrainingWork.Subject(
                "SuperTransformer",
                space,
                null,
                ArchitectureSchedule.supernet(space, sandwichRule, seed),
                Optional.empty()),
            (data, device) -> StartingWeights.initialised(model, seed, data, device))
        .run(processes);
  }
}
