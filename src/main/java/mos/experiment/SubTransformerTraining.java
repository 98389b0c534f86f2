package mos.experiment;

import java.nio.file.Path;
import java.util.Optional;
import mos.distributed.Processes;
import mos.distributed.Ranks;
import mos.results.TrainingFigures;
import mos.tensor.Compute;
import mos.train.ArchitectureSchedule;

/**
 * Trains one SubTransformer, from random or inherited weights. Several processes share each update.
 *
 * @param named what is trained
 * @param weights that it begins with
 * @param setup data, sizes, folder
 */
public record SubTransformerTraining(
    Models.Named named, StartingWeights weights, TrainingSetup setup)
    implements Experiment<TrainingFigures> {

  @Override
  public TrainingFigures run(Processes processes) {
    return work().run(processes);
  }

  /** Trains in this process, whatever others there are, on a device that is set up. */
  TrainingFigures alone(Compute compute) {
    return work().run(compute, Ranks.single());
  }

  private TrainingWork work() {
    Optional<Path> parent =
        weights instanceof StartingWeights.Inherited inherited
            ? Optional.of(inherited.checkpoint())
            : Optional.empty();
    return new TrainingWork(
        setup,
        new TrainingWork.Subject(
            "SubTransformer",
            null,
            named.architecture(),
            ArchitectureSchedule.single(named.architecture()),
            parent),
        (data, device) -> weights.model(named, setup.config().seed(), data, device));
  }
}
