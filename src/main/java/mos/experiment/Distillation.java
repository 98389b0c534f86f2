package mos.experiment;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import mos.base.ConfigurationException;
import mos.base.DataLocks;
import mos.base.FolderLock;
import mos.base.Json;
import mos.base.MosException;
import mos.base.Sha256;
import mos.data.CorpusWriter;
import mos.data.Dictionary;
import mos.data.InvalidSizes;
import mos.data.ParallelCorpus;
import mos.data.TokenCorpus;
import mos.distributed.Processes;
import mos.distributed.SharedWork;
import mos.results.DistillationFigures;
import mos.results.Made;
import mos.results.ResultJson;
import mos.space.SubTransformer;
import mos.tensor.Devices;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sequence-level knowledge distillation: a data folder whose training targets are a teacher's
 * translations of the training sources. Everything else, dictionaries and codes too, is the same.
 * Several processes share the sentences.
 *
 * <p>Source: Kim and Rush (2016), section 3.2.
 *
 * @param teacher with the data that it translates
 * @param folder data folder to make, another than the teacher's
 * @param part sentences translated between two savings, at least 1; a stop loses less than one part
 *     of each process
 * @param told the settings that it was asked for with, by key, for the description
 */
public record Distillation(
    TranslatorChoice teacher, Path folder, int part, Map<String, Object> told)
    implements Experiment<DistillationFigures> {
  private static final Logger LOG = LoggerFactory.getLogger(Distillation.class);
  private static final String BEGUN = "begun.json";
  private static final String DONE = "distilled.json";
  private static final String TRAIN = "train";

  /**
   * {@inheritDoc}
   *
   * @throws ConfigurationException when the folder holds translations of another teacher, other
   *     data or other options
   */
  @Override
  public DistillationFigures run(Processes processes) {
    DataFolder data = DataFolder.open(teacher.data());
    if (isSame(folder, data.folder())) {
      throw new ConfigurationException(
          "distill-dir: got " + folder + ", must be another folder than data");
    }
    return Sharing.run(
        processes,
        shared -> shared.leads() ? lead(data, processes, shared) : distill(processes, shared));
  }

  private static boolean isSame(Path one, Path other) {
    try {
      return Files.exists(one) && Files.isSameFile(one, other);
    } catch (IOException e) {
      throw new MosException("cannot read " + one + ": " + e.getMessage(), e);
    }
  }

  private DistillationFigures lead(DataFolder data, Processes processes, SharedWork shared) {
    try (FolderLock lock = FolderLock.of(folder);
        DataLocks reading = data.reading()) {
      begin(data);
      Path done = folder.resolve(DONE);
      if (!Files.exists(done)) {
        DistillationFigures figures = distill(processes, shared);
        Map<String, String> made =
            Provenance.of(data, figures.device(), Optional.of(teacher.model()), TRAIN);
        ResultJson.write(done, figures.described(Made.of(made, told)));
      }
      new DistilledFolder(folder).deleteParts();
      return ResultJson.read(done, DistillationFigures.class);
    }
  }

  /** Refuses to mix translations of different teachers, data or options. */
  private void begin(DataFolder data) {
    BegunWith now =
        BegunWith.of(Map.copyOf(data.hashes(TRAIN)))
            .and("teacher", Sha256.of(weights(teacher.model())))
            .and("distill-part", part)
            .and("beam options", teacher.options().beam().toString());
    if (teacher.architecture().isPresent()) {
      SubTransformer architecture = teacher.architecture().get().architecture();
      now = now.and("architecture", Json.tree(architecture));
    }
    Path file = folder.resolve(BEGUN);
    if (Files.exists(file)) {
      now.check(Json.read(file), "distilled data", file);
    } else {
      ResultJson.write(file, now.settings());
    }
  }

  /** The weights of a checkpoint or of an exported model. */
  private static Path weights(Path model) {
    return Files.isDirectory(model) ? model.resolve("model.safetensors") : model;
  }

  /** Every process translates parts; the first one then puts them together. */
  private DistillationFigures distill(Processes processes, SharedWork shared) {
    return teacher.use(
        processes.place(),
        ready -> {
          try (ParallelCorpus train = ready.data().split(TRAIN)) {
            DistilledParts parts =
                new DistilledParts(
                    train,
                    ready.data().targetDictionary(),
                    ready.translator(),
                    new DistilledFolder(folder),
                    part);
            return shared.leads()
                ? assemble(ready, train, parts, shared)
                : Sharing.help(shared, DistillationFigures.class, parts::translate);
          }
        });
  }

  private DistillationFigures assemble(
      TranslatorChoice.Ready ready, ParallelCorpus train, DistilledParts parts, SharedWork shared) {
    DataFolder data = ready.data();
    Dictionary targets = data.targetDictionary();
    InvalidSizes kept = kept(train);
    List<Path> files = parts.all(shared);
    String pair = ParallelCorpus.languagePair(data.folder()).toString();
    parts.made().copyOthers(data.folder());
    String prefix = TRAIN + "." + pair + ".";
    CorpusWriter.write(
        folder.resolve(prefix + data.sourceLanguage()),
        data.sourceDictionary().size(),
        writer -> copy(train.source(), writer));
    long[] tokens = new long[1];
    CorpusWriter.write(
        folder.resolve(prefix + data.targetLanguage()),
        targets.size(),
        writer -> {
          for (Path file : files) {
            try (TokenCorpus translations = TokenCorpus.open(file, targets)) {
              copy(translations, writer);
              for (int i = 0; i < translations.size(); i++) {
                tokens[0] += translations.length(i);
              }
            }
          }
        });
    return new DistillationFigures(
        train.size(),
        kept.count(),
        tokens[0],
        folder.toString(),
        Devices.describe(ready.compute().device()),
        null);
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
}
