package mos.command;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import mos.base.AtomicFile;
import mos.base.ConfigurationException;
import mos.base.DataLock;
import mos.base.Folders;
import mos.base.Json;
import mos.base.MosException;
import mos.command.settings.DataSettings;
import mos.command.settings.DecodingSettings;
import mos.command.settings.FileSettings;
import mos.command.settings.MachineSettings;
import mos.config.Setting;
import mos.config.Settings;
import mos.console.Progress;
import mos.data.ParallelCorpus;
import mos.distributed.Launch;
import mos.distributed.SharedWork;
import mos.experiment.DataFolder;
import mos.experiment.Models;
import mos.experiment.Provenance;
import mos.experiment.SourceSentences;
import mos.model.TransformerWeights;
import mos.results.Made;
import mos.results.ResultJson;
import mos.space.SubTransformerFile;
import mos.tensor.Compute;
import mos.tensor.Devices;
import mos.tensor.Scope;
import mos.translate.Hypothesis;
import mos.translate.TranslationOptions;
import mos.translate.TranslationOutput;
import mos.translate.Translator;

/** Translates binarised data, and scores it, or lines of standard input. */
public final class GenerateTask implements Command<ObjectNode> {
  @Override
  public String name() {
    return "generate";
  }

  @Override
  public String description() {
    return "Without --interactive it translates a part of the binarised data; with references that is"
        + " scored, by BLEU on tokens (hyphenated compounds split) and by sacreBLEU, each with what"
        + " it needs to be reproduced.";
  }

  @Override
  public String example() {
    return "generate --data data --path subtransformer/checkpoint_best.safetensors --beam 4"
        + " --lenpen 0.6 --remove-bpe";
  }

  @Override
  public List<Setting<?>> settings() {
    List<Setting<?>> settings = new ArrayList<>(DataSettings.ofFolder());
    settings.addAll(SubTransformerFile.settings());
    settings.addAll(DecodingSettings.ofTranslation());
    settings.addAll(MachineSettings.ofComputing());
    settings.addAll(
        List.of(
            FileSettings.PATH,
            DataSettings.SUBSET,
            DecodingSettings.INTERACTIVE,
            DecodingSettings.REMOVE_BPE,
            DecodingSettings.PLAIN,
            DecodingSettings.RESULTS_PATH,
            MachineSettings.DETERMINISTIC,
            MachineSettings.NUM_GPUS,
            MachineSettings.DISTRIBUTED_TIMEOUT,
            DataSettings.SKIP_INVALID));
    return settings;
  }

  @Override
  public List<Path> products(Settings settings) {
    return settings.has(DecodingSettings.RESULTS_PATH)
        ? Translations.files(settings.get(DecodingSettings.RESULTS_PATH))
        : List.of();
  }

  @Override
  public void check(Settings settings) {
    TranslationOptions options = DecodingSettings.translation(settings);
    if (settings.get(DecodingSettings.PLAIN) && options.nBest() > 1) {
      throw settings.error(DecodingSettings.NBEST, "1 with plain, which prints the best alone");
    }
    if (!settings.get(DecodingSettings.INTERACTIVE)) {
      products(settings).stream()
          .filter(Files::isDirectory)
          .findFirst()
          .ifPresent(
              folder -> {
                throw settings.error(
                    DecodingSettings.RESULTS_PATH, "another prefix: " + folder + " is a folder");
              });
      return;
    }
    if (settings.has(DecodingSettings.RESULTS_PATH)) {
      throw settings.error(
          DecodingSettings.RESULTS_PATH,
          "left out with interactive, which answers on standard output");
    }
    if (settings.overrides().containsKey(DataSettings.SUBSET.key())) {
      throw settings.error(
          DataSettings.SUBSET, "left out with interactive, which reads standard input");
    }
  }

  @Override
  public List<String> splits(Settings settings) {
    return List.of(settings.get(DataSettings.SUBSET));
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
    if (settings.get(DecodingSettings.INTERACTIVE)) {
      return generate(settings, SharedWork.alone(), Optional.empty());
    }
    if (!settings.has(DecodingSettings.RESULTS_PATH) && Sharing.starts(settings)) {
      return together(settings);
    }
    return Sharing.run(
        name(), settings, true, (shared, launch) -> generate(settings, shared, launch));
  }

  /** Prints what other processes translated: their own output is not this one's. */
  private ObjectNode together(Settings settings) {
    try {
      Path folder = Files.createTempDirectory("mos-generate");
      try {
        Path prefix = folder.resolve("all");
        ObjectNode figures =
            new LocalRanks(name(), settings)
                .with(DecodingSettings.RESULTS_PATH.key(), prefix.toString())
                .run();
        Files.copy(Translations.file(prefix, ".out"), System.out);
        System.out.flush();
        return figures;
      } finally {
        Folders.delete(folder);
      }
    } catch (IOException e) {
      throw new MosException("cannot print the translations: " + AtomicFile.describe(e), e);
    }
  }

  private ObjectNode generate(Settings settings, SharedWork shared, Optional<Launch> launch) {
    Compute machine = MachineSettings.compute(settings).setUp(launch);
    Path file = settings.get(FileSettings.PATH);
    TranslationOptions options = options(settings);
    try (Scope scope = Scope.open();
        Models.Plain plain =
            Models.plain(file, FileSettings.architecture(settings), machine.device())) {
      DataFolder data =
          Files.isDirectory(file) && !settings.has(DataSettings.DATA)
              ? DataFolder.ofModel(
                  file, plain.description(), DataSettings.languages(settings, file))
              : DataFolder.open(DataSettings.source(settings));
      data.check(plain.description(), file.toString());
      int symbols = data.targetDictionary().size();
      if (options.beam().beam() > symbols) {
        throw settings.error(
            DecodingSettings.BEAM, "at most " + symbols + ", the model's target symbols");
      }
      TransformerWeights weights = plain.model().derive(plain.architecture(), machine.precision());
      try (Translator translator = new Translator(weights, options)) {
        return settings.get(DecodingSettings.INTERACTIVE)
            ? new Interactive(settings, data, translator, System.in, System.out).run()
            : corpus(settings, data, translator, options, machine, shared);
      }
    }
  }

  private static TranslationOptions options(Settings settings) {
    return oneByOneIfDeterministic(settings, DecodingSettings.translation(settings));
  }

  /** With {@code deterministic} sentence by sentence: nothing then depends on the others. */
  static TranslationOptions oneByOneIfDeterministic(Settings settings, TranslationOptions options) {
    return settings.get(MachineSettings.DETERMINISTIC) ? options.oneByOne() : options;
  }

  private ObjectNode corpus(
      Settings settings,
      DataFolder data,
      Translator translator,
      TranslationOptions options,
      Compute machine,
      SharedWork shared) {
    String subset = settings.get(DataSettings.SUBSET);
    try (DataLock reading = data.reading();
        ParallelCorpus corpus = data.split(subset)) {
      SourceSentences sentences =
          new SourceSentences(corpus.source(), subset, settings.get(DataSettings.SKIP_INVALID));
      SharedTranslations work = new SharedTranslations(shared, translator, sentences.asked());
      if (!shared.leads()) {
        return work.help();
      }
      List<Integer> rows = sentences.rows();
      long start = System.nanoTime();
      List<List<Hypothesis>> found;
      try (Progress progress = Progress.start("translating " + subset, rows.size())) {
        found = sentences.all(work.all(done -> progress.update(done, "")));
      }
      double seconds = (System.nanoTime() - start) / 1e9;
      Translations translations = Translations.of(data, corpus, subset, rows, found);
      double textSeconds = (System.nanoTime() - start) / 1e9;
      print(settings, data, corpus, rows, found, translations);
      ObjectNode figures = translations.scores();
      long tokens =
          found.stream().filter(n -> !n.isEmpty()).mapToLong(n -> n.get(0).tokens().length).sum();
      figures.put("subset", subset);
      figures.put("beam", options.beam().beam());
      figures.put("lenpen", options.beam().lengthPenalty());
      figures.put("sentences", rows.size());
      figures.put("skipped", sentences.skipped().count());
      figures.put("seconds", seconds);
      figures.put("tokens_per_second", tokens / seconds);
      figures.put("text_tokens_per_second", tokens / textSeconds);
      if (settings.has(DecodingSettings.RESULTS_PATH)) {
        ObjectNode described = figures.deepCopy();
        described.remove(List.of("seconds", "tokens_per_second", "text_tokens_per_second"));
        Optional<Path> model = Optional.of(settings.get(FileSettings.PATH));
        Map<String, String> made =
            Provenance.of(data, Devices.describe(machine.device()), model, subset);
        described.set("provenance", ResultJson.tree(Made.of(made, told(settings))));
        // Last, so that translations with a description are complete.
        AtomicFile.writeString(
            Translations.file(settings.get(DecodingSettings.RESULTS_PATH), ".json"),
            Json.pretty(described));
      }
      return figures;
    }
  }

  private static void print(
      Settings settings,
      DataFolder data,
      ParallelCorpus corpus,
      List<Integer> rows,
      List<List<Hypothesis>> found,
      Translations translations) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream lines = new PrintStream(bytes, false, StandardCharsets.UTF_8);
    if (settings.get(DecodingSettings.PLAIN)) {
      // A line for each sentence of the set, empty where it was skipped.
      String[] plain = new String[corpus.size()];
      Arrays.fill(plain, "");
      for (int k = 0; k < rows.size(); k++) {
        plain[rows.get(k)] = translations.plain().get(k);
      }
      for (String line : plain) {
        lines.print(line + "\n");
      }
    } else {
      TranslationOutput output = Interactive.output(settings, data, lines);
      for (int k = 0; k < rows.size(); k++) {
        int i = rows.get(k);
        output.print(i, corpus.source().get(i), corpus.target().get(i), found.get(k));
      }
    }
    lines.flush();
    if (settings.has(DecodingSettings.RESULTS_PATH)) {
      translations.write(settings.get(DecodingSettings.RESULTS_PATH));
      AtomicFile.write(
          Translations.file(settings.get(DecodingSettings.RESULTS_PATH), ".out"), bytes::writeTo);
      return;
    }
    System.out.writeBytes(bytes.toByteArray());
    System.out.flush();
  }

  @Override
  public boolean printed(Settings settings) {
    return !settings.has(DecodingSettings.RESULTS_PATH);
  }

  @Override
  public String describe(ObjectNode figures) {
    int left = figures.path("skipped").asInt();
    String skipped = left == 0 ? "" : "\nskipped, too long: " + left;
    if (!figures.has("bleu")) {
      return figures.path("sentences").asInt() + " sentences" + skipped;
    }
    String text =
        String.format(
            Locale.ROOT,
            "%s with beam=%d, lenpen=%.2f: %s%n%s%nchrF2 = %.2f%n%.0f tokens/s, %.0f with text",
            figures.path("subset").asText(),
            figures.path("beam").asInt(),
            figures.path("lenpen").asDouble(),
            figures.path("bleu_line").asText(),
            figures.path("sacrebleu_line").asText(),
            figures.path("chrf2").asDouble(),
            figures.path("tokens_per_second").asDouble(),
            figures.path("text_tokens_per_second").asDouble());
    return text + skipped;
  }
}
