package mos.experiment;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import mos.base.DataLocks;
import mos.base.FolderLock;
import mos.base.Json;
import mos.base.Limit;
import mos.base.Sha256;
import mos.data.ParallelCorpus;
import mos.distributed.Processes;
import mos.distributed.SharedWork;
import mos.latency.LatencyConfig;
import mos.latency.LatencySource;
import mos.model.ModelConfig;
import mos.model.SuperTransformer;
import mos.results.Quantity;
import mos.results.SearchFigures;
import mos.search.EvolutionConfig;
import mos.search.Fitness;
import mos.search.SearchCache;
import mos.space.ArchitectureCost;
import mos.space.SearchSpace;
import mos.space.SubTransformer;
import mos.tensor.Compute;
import mos.tensor.Devices;
import mos.train.Checkpoint;

/**
 * Finds the SubTransformer with the lowest loss, or the highest BLEU, that keeps within limits; or
 * the whole front of loss against cost. Candidates have the weights that they inherit from a
 * trained SuperTransformer. What is returned was measured again; simpler ways to choose stand
 * beside it.
 *
 * <p>Source: HAT (2020), section 3.3; Mixture-of-Supernets (2024), section 4. The final check and
 * the baselines are ours.
 *
 * @param supernet checkpoint of the SuperTransformer
 * @param data with its dictionaries
 * @param subset of the data that is scored on, for example valid
 * @param space that is searched; the SuperTransformer holds its largest
 * @param goal limits, and whether the front is wanted
 * @param scoring what candidates are compared by
 * @param latency what tells latencies
 * @param candidates where candidates have their latency from
 * @param evolution sizes of the search and its seed
 * @param baselines simpler ways to compare with
 * @param output where everything goes
 * @param compute where to score
 * @param begun what decides the result, for a search that is continued
 */
public record Search(
    Path supernet,
    DataSource data,
    String subset,
    SearchSpace space,
    Goal goal,
    Scoring scoring,
    LatencyChoice latency,
    CandidateLatency candidates,
    EvolutionConfig evolution,
    Baselines.Kind baselines,
    Output output,
    ComputeChoice compute,
    BegunWith begun)
    implements Experiment<SearchFigures> {
  static final String PARAMS = "params";
  static final String PARAMS_WITHOUT_EMBEDDING = "params_without_embedding";
  static final String FLOPS = "flops";

  /**
   * What is wanted.
   *
   * @param limits of what is chosen
   * @param front whether all the best compromises are wanted, of which the limits then choose
   * @param frontParameters whether parameters are a third objective of the front
   */
  public record Goal(Limits limits, boolean front, boolean frontParameters) {
    /** The best one under a limit of the latency. */
    public static Goal latency(Limit limit) {
      return new Goal(Limits.of(Quantity.LATENCY, limit), false, false);
    }

    /** The same with the whole front. */
    public Goal withFront() {
      return new Goal(limits, true, frontParameters);
    }
  }

  /**
   * Where results go.
   *
   * @param architecture YAML file of what is chosen; the other files lie beside it
   * @param cache of scores and latencies, for later searches too
   */
  public record Output(Path architecture, Path cache) {
    /** A file, with the cache beside it. */
    public static Output of(Path architecture) {
      return new Output(architecture, architecture.resolveSibling("cache.jsonl"));
    }
  }

  /**
   * A search by loss on the validation set, on this machine, with HAT's latency measurement of a
   * sentence of 30 tokens, 20 runs each.
   *
   * @param supernet checkpoint of the SuperTransformer, whose space is searched
   * @param data folder
   * @param architecture YAML file to write
   */
  public static Search of(
      Path supernet, Path data, Goal goal, EvolutionConfig evolution, Path architecture) {
    try (Checkpoint checkpoint = Checkpoint.open(supernet)) {
      return new Search(
          supernet,
          DataSource.of(data),
          "valid",
          checkpoint.description().space(),
          goal,
          Scoring.loss(),
          LatencyChoice.here(new LatencyConfig(30, 30, 5, 20)),
          CandidateLatency.GOLD,
          evolution,
          Baselines.Kind.DEPTH,
          Output.of(architecture),
          ComputeChoice.AUTO,
          BegunWith.ANYTHING);
    }
  }

  @Override
  public SearchFigures run(Processes processes) {
    return Sharing.run(processes, shared -> run(processes, shared));
  }

  private SearchFigures run(Processes processes, SharedWork shared) {
    Compute here = compute.setUp(processes.place());
    DataFolder folder = DataFolder.open(data);
    Path target = output.architecture();
    try (Checkpoint checkpoint = Checkpoint.open(supernet);
        FolderLock lock =
            shared.leads() ? FolderLock.of(target.toAbsolutePath().getParent()) : null;
        SuperTransformer model = checkpoint.model(here.device(), false);
        DataLocks reading = folder.reading();
        ParallelCorpus valid = folder.split(subset)) {
      folder.check(checkpoint.description(), supernet.toString());
      model.config().check(space.largest());
      String hash = Sha256.of(supernet);
      JsonNode origin = scoring.origin(valid, here, hash);
      shared.same("what decides a score", Json.line(origin));
      Scorer scorer = scoring.open(folder, valid, subset, here);
      SharedScores scores = new SharedScores(a -> scorer.score(model, a), shared, target);
      if (!shared.leads()) {
        return scores.help();
      }
      SearchCache cache = SearchCache.open(output.cache());
      LatencySource source = latency.open(model.config(), () -> here);
      ArchitectureCost cost = latency.cost(model.config());
      Runnable stop = () -> Stop.ifAsked(target);
      if (!goal.front()) {
        check(source, cost, stop).requireFeasible(space.smallest());
      }
      Map<String, String> made =
          Provenance.of(folder, Devices.describe(here.device()), Optional.of(supernet), subset);
      made.put("seed", String.valueOf(evolution.seed()));
      Fitness fitness = cache.around(origin, scores);
      SearchFigures figures =
          new SearchRun(
                  this,
                  new Finalists(
                      new SearchConstraint(
                              goal.limits(), source, latency.how(), cost, space.largest(), cache)
                          .of(candidates),
                      check(source, cost, stop),
                      stop),
                  source,
                  costs(cost),
                  fitness,
                  made)
              .run(begun(hash, source));
      RouterProbe.write(target, model, space, figures.architecture() != null, evolution.seed());
      return figures;
    }
  }

  private BegunWith begun(String checkpoint, LatencySource source) {
    BegunWith with = begun.and("checkpoint", checkpoint);
    return goal.limits().timed() ? with.and("hardware", source.hardware()) : with;
  }

  /** What is noted of every candidate. */
  private static Function<SubTransformer, Map<String, Double>> costs(ArchitectureCost cost) {
    return a ->
        Map.of(
            PARAMS, (double) cost.parameters(a),
            PARAMS_WITHOUT_EMBEDDING, (double) cost.parametersWithoutEmbedding(a),
            FLOPS, (double) cost.flops(a));
  }

  /**
   * Fails for a goal that no SubTransformer can meet; needs no SuperTransformer, so that one may
   * ask before it is trained for days.
   *
   * @param model sizes of the SuperTransformer, for other dictionaries
   * @throws mos.base.MosException telling what the smallest takes
   */
  public void requireFeasible(ModelConfig model) {
    DataFolder folder = DataFolder.open(data);
    ModelConfig sized =
        model.withVocabularies(folder.sourceDictionary().size(), folder.targetDictionary().size());
    check(latency.open(sized, compute::setUp), latency.cost(sized), () -> {})
        .requireFeasible(space.smallest());
  }

  private ConstraintCheck check(LatencySource source, ArchitectureCost cost, Runnable stop) {
    return ConstraintCheck.of(goal.limits(), source, cost, space.largest(), Pauses.asking(stop));
  }
}
