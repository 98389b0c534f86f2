package mos.command;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import mos.base.FolderLock;
import mos.command.settings.DataSettings;
import mos.command.settings.MachineSettings;
import mos.config.Setting;
import mos.config.Settings;
import mos.data.ParallelCorpus;
import mos.data.PreprocessOptions;
import mos.data.Preprocessor;
import mos.results.ResultJson;
import mos.sample.SampleCorpus;
import mos.sample.SampleCorpusSettings;
import mos.translation.StandardText;

/** Makes the data of the embedded task: text from CLDR, then the ordinary preprocessing. */
public final class PrepareSampleTask implements Command<ObjectNode> {
  @Override
  public String name() {
    return "prepare-sample";
  }

  @Override
  public String description() {
    return "The text is made from CLDR, tokenised, split into subwords and binarised.";
  }

  @Override
  public String example() {
    return "prepare-sample --data out/data";
  }

  @Override
  public List<Setting<?>> settings() {
    return List.of(DataSettings.DATA, MachineSettings.SEED, DataSettings.BPE_OPERATIONS);
  }

  @Override
  public List<Path> products(Settings settings) {
    return List.of(settings.get(DataSettings.DATA));
  }

  @Override
  public Class<ObjectNode> result() {
    return ObjectNode.class;
  }

  @Override
  public ObjectNode run(Settings settings) {
    Path folder = settings.get(DataSettings.DATA);
    try (FolderLock lock = FolderLock.of(folder)) {
      return prepare(settings, folder);
    }
  }

  private static ObjectNode prepare(Settings settings, Path folder) {
    Path raw = folder.resolve("raw");
    SampleCorpus.write(raw, SampleCorpusSettings.withSeed(settings.get(MachineSettings.SEED)));
    PreprocessOptions.DictionaryOptions all = new PreprocessOptions.DictionaryOptions(-1, 0, null);
    PreprocessOptions options =
        new PreprocessOptions(
            new ParallelCorpus.LanguagePair("en", "de"),
            new PreprocessOptions.Inputs(
                raw.resolve("train"), List.of(raw.resolve("valid")), List.of(raw.resolve("test"))),
            folder,
            new PreprocessOptions.Text(
                false,
                PreprocessOptions.Tokenizer.MOSES,
                settings.get(DataSettings.BPE_OPERATIONS),
                null,
                false),
            PreprocessOptions.Cleaning.NONE,
            new PreprocessOptions.Vocabulary(true, all, all, 8),
            Runtime.getRuntime().availableProcessors());
    return (ObjectNode)
        ResultJson.tree(
            new Preprocessor(options, new StandardText(), new PreprocessProgress()).run());
  }

  @Override
  public String describe(ObjectNode figures) {
    return String.format(
        Locale.ROOT,
        "%d training pairs, %d symbols",
        figures.path("parts").path("train").path("lines").asLong(),
        figures.path("languages").path("en").path("dictionary_symbols").asLong());
  }
}
