package mos.experiment;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import mos.base.AtomicFile;
import mos.base.ConfigurationException;
import mos.base.Folders;
import mos.base.Home;
import mos.base.LineReader;
import mos.base.MosException;
import mos.data.Dictionary;
import mos.data.HeldOutText;
import mos.data.ParallelCorpus;
import mos.data.PreprocessOptions;
import mos.data.Preprocessor;
import mos.data.TokenCorpus;
import mos.distributed.Processes;
import mos.host.Host;
import mos.results.InitFigures;
import mos.tensor.DeviceMemory;
import mos.tensor.Devices;
import mos.translation.StandardText;
import org.bytedeco.pytorch.Device;

/**
 * Makes the task file of one's own data, and their data folder where they are raw text.
 *
 * @param raw the text; null where {@code data} is prepared
 * @param data data folder; of raw text it is made, and must not be there
 * @param languages direction of the translation
 * @param space tiny, base or big; null to choose
 * @param task YAML file to write; must not be there
 */
public record NewTask(
    Raw raw, Path data, ParallelCorpus.LanguagePair languages, String space, Path task)
    implements Experiment<InitFigures> {
  private static final Pattern KEY = Pattern.compile("(?:# )?([a-z][a-z0-9-]*): .*");

  /**
   * Raw text, by prefixes.
   *
   * @param valid null to hold some of the training text out
   * @param test likewise
   */
  public record Raw(Path train, Path valid, Path test) {}

  @Override
  public InitFigures run(Processes processes) {
    refuse(task, "is there already: name another file, or delete it");
    List<String> why = new ArrayList<>();
    if (raw != null) {
      refuse(data, "is there already: `mos init " + data + "` takes a prepared folder as it is");
      prepare(why);
    }
    DataFolder folder =
        DataFolder.open(
            DataSource.of(data, "init", asked(languages.source()), asked(languages.target())));
    long pairs;
    long tokens = 0;
    try (ParallelCorpus train = folder.split("train")) {
      folder.split("valid").close();
      folder.split("test").close();
      TokenCorpus target = train.target();
      pairs = train.size();
      for (int i = 0; i < target.size(); i++) {
        tokens += target.length(i);
      }
    }
    Device device = Devices.of("auto");
    boolean gpu = !device.is_cpu();
    long memory = gpu ? DeviceMemory.free(device) : Host.probe().freeBytes();
    TaskSizes sizes = TaskSizes.of(space, pairs, tokens, gpu, memory);
    boolean joined = folder.sourceDictionary().hash().equals(folder.targetDictionary().hash());
    why.add(
        0,
        String.format(
            Locale.ROOT,
            "languages %s to %s: as the files are named; -s and -t turn the direction",
            languages.source(),
            languages.target()));
    why.addAll(sizes.why());
    why.add("latency-constraint 60%: of what the largest of the space takes on this machine");
    AtomicFile.writeString(task, text(values(sizes, joined), why));
    return new InitFigures(
        task.toString(),
        data.toString(),
        languages.source(),
        languages.target(),
        pairs,
        tokens,
        sizes.space(),
        sizes.maxTokens(),
        sizes.updateFreq(),
        sizes.updates(),
        why);
  }

  private static Optional<DataSource.Asked> asked(String language) {
    return Optional.of(new DataSource.Asked(language, "init"));
  }

  private static void refuse(Path file, String why) {
    if (Files.exists(file)) {
      throw new ConfigurationException(file + ": " + why);
    }
  }

  /** Makes the data folder, whole or not at all. */
  private void prepare(List<String> why) {
    Path part = data.resolveSibling(data.getFileName() + ".part");
    try {
      Folders.delete(part);
      Folders.create(part);
    } catch (IOException e) {
      throw new MosException("cannot make " + part + ": " + AtomicFile.describe(e), e);
    }
    Path train = raw.train();
    Path valid = raw.valid();
    Path test = raw.test();
    List<String> missing = new ArrayList<>();
    if (valid == null) {
      missing.add("valid");
    }
    if (test == null) {
      missing.add("test");
    }
    if (!missing.isEmpty()) {
      HeldOutText held = HeldOutText.of(train, languages, missing, part.resolve("text"));
      train = held.prefix("train");
      valid = valid == null ? held.prefix("valid") : valid;
      test = test == null ? held.prefix("test") : test;
      why.add(
          String.format(
              Locale.ROOT,
              "held out, since there is no text to %s on: %,d pairs to validate, %,d to test; %,d"
                  + " further pairs share a sentence with these and are not trained on",
              missing.size() == 2
                  ? "validate or test"
                  : missing.get(0).replace("valid", "validate"),
              held.valid(),
              held.test(),
              held.repeated()));
    }
    long lines = lines(train);
    int merges =
        lines < 50_000 ? 4000 : lines < 500_000 ? 8000 : lines < 5_000_000 ? 16_000 : 32_000;
    why.add(
        String.format(
            Locale.ROOT, "%,d BPE merges, of both languages: for %,d pairs", merges, lines));
    PreprocessOptions.DictionaryOptions all = new PreprocessOptions.DictionaryOptions(0, 0, null);
    new Preprocessor(
            new PreprocessOptions(
                languages,
                new PreprocessOptions.Inputs(train, List.of(valid), List.of(test)),
                part,
                new PreprocessOptions.Text(
                    false, PreprocessOptions.Tokenizer.MOSES, merges, null, false),
                new PreprocessOptions.Cleaning(1, 250, 0),
                new PreprocessOptions.Vocabulary(true, all, all, Dictionary.PADDING_FACTOR),
                Runtime.getRuntime().availableProcessors()),
            new StandardText(),
            new PreprocessProgress())
        .run();
    try {
      Folders.move(part, data);
    } catch (IOException e) {
      throw new MosException("cannot make " + data + ": " + AtomicFile.describe(e), e);
    }
  }

  private long lines(Path prefix) {
    Path plain = prefix.resolveSibling(prefix.getFileName() + "." + languages.source());
    Path there = Files.exists(plain) ? plain : plain.resolveSibling(plain.getFileName() + ".gz");
    try (LineReader reader = LineReader.of(there)) {
      while (reader.readLine() != null) {
        continue;
      }
      return reader.lines();
    }
  }

  private Map<String, String> values(TaskSizes sizes, boolean joined) {
    Map<String, String> values = new LinkedHashMap<>();
    for (String line :
        LineReader.all(Home.path().resolve("configs/spaces/" + sizes.space() + ".yml"))) {
      Matcher key = KEY.matcher(line);
      if (key.matches() && !line.startsWith("#")) {
        values.put(key.group(1), line.substring(line.indexOf(": ") + 2));
      }
    }
    // Absolute, so that the file works from whatever folder a command is started in.
    String place = data.toAbsolutePath().normalize().toString();
    values.put("data", "'" + place.replace("'", "''") + "'");
    values.put("source-lang", "'" + languages.source() + "'");
    values.put("target-lang", "'" + languages.target() + "'");
    values.put("share-all-embeddings", String.valueOf(joined));
    values.put("max-tokens", String.valueOf(sizes.maxTokens()));
    values.put("update-freq", String.valueOf(sizes.updateFreq()));
    for (String prefix : List.of("", "sub-")) {
      values.put(prefix + "max-update", String.valueOf(sizes.updates()));
      values.put(prefix + "warmup-updates", String.valueOf(sizes.updates() / 10));
    }
    int population = sizes.population();
    values.put("evo-iter", String.valueOf(sizes.iterations()));
    values.put("population-size", String.valueOf(population));
    values.put("parent-size", String.valueOf(population / 5));
    values.put("mutation-size", String.valueOf(population * 2 / 5));
    values.put("crossover-size", String.valueOf(population * 2 / 5));
    if (sizes.hours() > 0) {
      values.put("hours", String.valueOf(sizes.hours()));
    }
    values.put("latency-constraint", "60%");
    return values;
  }

  /** The sample of a task file with other values; its comments stay. */
  private String text(Map<String, String> values, List<String> why) {
    StringBuilder text =
        new StringBuilder("# Made by `mos init`; to run it: mos run --task " + task + "\n");
    why.forEach(line -> text.append("# - ").append(line).append('\n'));
    boolean head = true;
    for (String line : LineReader.all(Home.path().resolve("configs/own-data.yml"))) {
      head &= !line.isBlank();
      if (head) {
        continue;
      }
      Matcher key = KEY.matcher(line);
      boolean chosen = key.matches() && values.containsKey(key.group(1));
      text.append(chosen ? key.group(1) + ": " + values.get(key.group(1)) : line).append('\n');
    }
    return text.toString();
  }
}
