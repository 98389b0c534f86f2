package mos.serve;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import mos.base.Folders;
import mos.experiment.DataSource;
import mos.experiment.Export;
import mos.results.ResultJson;
import mos.results.RunSummary;
import mos.translation.TranslationModel;

/**
 * The model that a run ended with.
 *
 * @param run output folder
 */
record RunModel(Path run) {
  private static final String CHECKPOINT = "subtransformer/checkpoint_best.safetensors";

  /**
   * Loads it as if it had been exported.
   *
   * @return empty where there is none, or its data are not known
   * @throws mos.base.MosException when it does not fit the data any more
   */
  Optional<TranslationModel> load(String device) throws IOException {
    Path summary = run.resolve(RunSummary.FILE_NAME);
    Path checkpoint = run.resolve(CHECKPOINT);
    if (!Files.exists(summary) || !Files.exists(checkpoint)) {
      return Optional.empty();
    }
    Path own = run.resolve("data");
    RunSummary told = ResultJson.read(summary, RunSummary.class);
    Object named = told.provenance() == null ? null : told.provenance().settings().get("data");
    Path data = Files.isDirectory(own) || named == null ? own : Path.of(named.toString());
    Path exported = Files.createTempDirectory("mos-serve");
    try {
      new Export(
              checkpoint,
              Optional.empty(),
              Optional.of(DataSource.of(data)),
              exported,
              new Export.Mos(),
              false)
          .run();
      return Optional.of(TranslationModel.load(exported, device));
    } finally {
      Folders.delete(exported);
    }
  }
}
