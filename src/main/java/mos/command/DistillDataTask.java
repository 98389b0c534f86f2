package mos.command;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import mos.base.AtomicFile;
import mos.base.ConfigurationException;
import mos.base.DataLock;
import mos.base.FolderLock;
import mos.base.Json;
import mos.base.Sha256;
import mos.command.settings.DataSettings;
import mos.command.settings.DecodingSettings;
import mos.command.settings.DistillSettings;
import mos.command.settings.FileSettings;
import mos.command.settings.MachineSettings;
import mos.config.Setting;
import mos.config.Settings;
import mos.data.CorpusWriter;
import mos.data.Dictionary;
import mos.data.InvalidSizes;
import mos.data.ParallelCorpus;
import mos.data.TokenCorpus;
import mos.distributed.Launch;
import mos.distributed.SharedWork;
import mos.experiment.BegunWith;
import mos.experiment.DataFolder;
import mos.experiment.Models;
import mos.experiment.Provenance;
import mos.experiment.SourceSentences;
import mos.results.Made;
import mos.results.ResultJson;
import mos.space.SubTransformerFile;
import mos.tensor.Compute;
import mos.tensor.Devices;
import mos.tensor.Scope;
import mos.translate.Translator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sequence-level knowledge distillation: a data folder whose training targets are a teacher's
 * translations of the training sources. Everything else, dictionaries and codes too, is the same.
 *
 * <p>Source: Kim and Rush (2016), section 3.2.
 */
public final class DistillDataTask implements Command<ObjectNode> {
  private static final Logger LOG = LoggerFactory.getLogger(DistillDataTask.class);
  private static final String BEGUN = "begun.json";
  private static final String DONE = "distilled.json";

  @Override
  public String name() {
    return "distill-data";
  }

  @Override
  public String description() {
    return "The teacher translates the training set, and its translations become the targets to train"
        + " on (sequence-level knowledge distillation). The same command continues.";
  }

  @Override
  public String example() {
    return "distill-data --data data --path teacher/checkpoint_best.safetensors --beam 5"
        + " --distill-dir distilled";
  }

  @Override
  public List<Setting<?>> settings() {
    List<Setting<?>> settings = new ArrayList<>(DataSettings.ofFolder());
    settings.addAll(SubTransformerFile.settings());
    settings.addAll(DecodingSettings.ofTranslation());
    settings.remove(DecodingSettings.NBEST);
    settings.addAll(MachineSettings.ofComputing());
    settings.addAll(
        List.of(
            FileSettings.PATH,
            DistillSettings.DIR,
            DistillSettings.PART,
            MachineSettings.DETERMINISTIC,
            MachineSettings.NUM_GPUS,
            MachineSettings.DISTRIBUTED_TIMEOUT));
    return settings;
  }

  @Override
  public void check(Settings settings) {
    DecodingSettings.best(settings);
  }

  @Override
  public Class<ObjectNode> result() {
    return ObjectNode.class;
  }

  @Override
  public ObjectNode run(Settings settings) {
    if (!settings.has(FileSettings.PATH)) {
      throw new ConfigurationException("path is needed: " + FileSettings.PATH.doc());
    }
    DataFolder data = DataFolder.open(DataSettings.source(settings));
    Path folder = settings.get(DistillSettings.DIR);
    if (Identity.real(folder).equals(Identity.real(data.folder()))) {
      throw settings.error(DistillSettings.DIR, "another folder than data");
    }
    return Sharing.run(
        name(),
        settings,
        true,
        (shared, launch) ->
            shared.leads()
                ? lead(settings, data, folder, shared, launch)
                : distill(settings, data, folder, shared, launch));
  }

  private ObjectNode lead(
      Settings settings, DataFolder data, Path folder, SharedWork shared, Optional<Launch> launch) {
    try (FolderLock lock = FolderLock.of(folder);
        DataLock reading = data.reading()) {
      begin(settings, data, folder);
      Path done = folder.resolve(DONE);
      if (!Files.exists(done)) {
        ObjectNode figures = distill(settings, data, folder, shared, launch);
        Optional<Path> teacher = Optional.of(settings.get(FileSettings.PATH));
        Map<String, String> made =
            Provenance.of(data, figures.path("device").asText(), teacher, "train");
        figures.set("provenance", ResultJson.tree(Made.of(made, told(settings))));
        AtomicFile.writeString(done, Json.pretty(figures));
      }
      new DistilledFolder(folder).deleteParts();
      return (ObjectNode) Json.read(done);
    }
  }

  /** Refuses to mix translations of different teachers, data or options. */
  private void begin(Settings settings, DataFolder data, Path folder) {
    Map<String, Object> decisive = new HashMap<>();
    decisive.put("teacher", Sha256.of(teacherFile(settings.get(FileSettings.PATH))));
    decisive.put("distill-part", settings.get(DistillSettings.PART));
    decisive.put("beam options", DecodingSettings.best(settings).beam().toString());
    if (SubTransformerFile.given(settings)) {
      decisive.put("architecture", Json.tree(SubTransformerFile.fromSettings(settings)));
    }
    data.hashes("train").forEach(decisive::put);
    BegunWith now = Identity.begun(this, settings, decisive);
    Path file = folder.resolve(BEGUN);
    if (Files.exists(file)) {
      now.check(Json.read(file), "distilled data", file);
    } else {
      AtomicFile.writeString(file, Json.pretty(now.settings()));
    }
  }

  /** The weights of a checkpoint or of an exported model. */
  private static Path teacherFile(Path path) {
    return Files.isDirectory(path) ? path.resolve("model.safetensors") : path;
  }

  /** Every process translates parts; the first one then puts them together. */
  private static ObjectNode distill(
      Settings settings, DataFolder data, Path folder, SharedWork shared, Optional<Launch> launch) {
    Compute machine = MachineSettings.compute(settings).setUp(launch);
    Path file = settings.get(FileSettings.PATH);
    Dictionary targets = data.targetDictionary();
    try (Scope scope = Scope.open();
        Models.Plain teacher =
            Models.plain(file, FileSettings.architecture(settings), machine.device());
        ParallelCorpus train = data.split("train");
        Translator translator =
            new Translator(
                teacher.model().derive(teacher.architecture(), machine.precision()),
                GenerateTask.oneByOneIfDeterministic(settings, DecodingSettings.best(settings)))) {
      data.check(teacher.description(), file.toString());
      DistilledFolder made = new DistilledFolder(folder);
      DistilledParts work =
          new DistilledParts(train, targets, translator, made, settings.get(DistillSettings.PART));
      if (!shared.leads()) {
        return Sharing.help(shared, work::translate);
      }
      InvalidSizes kept = kept(train);
      List<Path> parts = work.all(shared);
      String pair = ParallelCorpus.languagePair(data.folder()).toString();
      made.copyOthers(data.folder());
      Path prefix = folder.resolve("train." + pair + ".");
      CorpusWriter.write(
          prefix.resolveSibling(prefix.getFileName() + data.sourceLanguage()),
          data.sourceDictionary().size(),
          writer -> copy(train.source(), writer));
      long[] tokens = new long[1];
      CorpusWriter.write(
          prefix.resolveSibling(prefix.getFileName() + data.targetLanguage()),
          targets.size(),
          writer -> {
            for (Path part : parts) {
              try (TokenCorpus translations = TokenCorpus.open(part, targets)) {
                copy(translations, writer);
                for (int i = 0; i < translations.size(); i++) {
                  tokens[0] += translations.length(i);
                }
              }
            }
          });
      ObjectNode figures = Json.object();
      figures.put("sentences", train.size());
      figures.put("references_kept", kept.count());
      figures.put("target_tokens", tokens[0]);
      figures.put("data", folder.toString());
      figures.put("device", Devices.describe(machine.device()));
      return figures;
    }
  }

  private static void copy(TokenCorpus from, CorpusWriter to) throws IOException {
    for (int i = 0; i < from.size(); i++) {
      to.add(from.get(i));
    }
  }

  /** The sentences whose references are kept. */
  private static InvalidSizes kept(ParallelCorpus train) {
    InvalidSizes kept =
        InvalidSizes.of(
            train.size(),
            i -> !DistilledParts.isTranslated(train.source().length(i)),
            SourceSentences.LIMITS);
    if (!kept.isEmpty()) {
      LOG.warn(
          "train: {} of {} source sentences are empty or too long for the teacher ({}) and keep"
              + " their references, first few sample ids={}",
          kept.count(),
          kept.size(),
          kept.limits(),
          kept.first());
    }
    return kept;
  }

  @Override
  public String describe(ObjectNode figures) {
    return String.format(
        Locale.ROOT,
        "%d sentences, %d of them with their own references, %d target tokens: %s",
        figures.path("sentences").asLong(),
        figures.path("references_kept").asLong(),
        figures.path("target_tokens").asLong(),
        figures.path("data").asText());
  }
}
