package mos.experiment;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import mos.base.AtomicFile;
import mos.base.ConfigurationException;
import mos.base.MosException;
import mos.data.Dictionary;
import mos.data.Preprocessor;
import mos.data.SampledSegmentation;
import mos.data.Segmentation;
import mos.model.SuperTransformer;
import mos.results.PreprocessFigures;
import mos.results.ResultJson;
import mos.text.BpeCodes;
import mos.text.BpeEncoder;
import mos.train.TrainingConfig;

/**
 * BPE dropout of a data folder's training set.
 *
 * <p>Source: Provilkov et al., BPE-Dropout: Simple and Effective Subword Regularization, ACL 2020.
 * Unlike there, a part that the dictionary lacks is divided further by undoing merges: words that
 * training text never had in such parts do not become unknown.
 */
final class BpeDropout {
  private BpeDropout() {}

  /**
   * How the training set is divided.
   *
   * @throws ConfigurationException when the folder has no BPE codes, or was divided by other means
   */
  static Segmentation of(DataFolder data, TrainingConfig config) {
    double dropout = config.bpeDropout();
    if (dropout == 0) {
      return Segmentation.STORED;
    }
    int longest = Math.min(SuperTransformer.MAX_POSITIONS, config.update().maxTokens());
    return new SampledSegmentation(
        splitter(data, data.sourceLanguage(), data.sourceDictionary(), dropout),
        splitter(data, data.targetLanguage(), data.targetDictionary(), dropout),
        config.seed(),
        longest);
  }

  private static SampledSegmentation.Splitter splitter(
      DataFolder data, String language, Dictionary dictionary, double dropout) {
    Path file = codes(data, language);
    Set<String> known = new HashSet<>();
    for (int id = Dictionary.SPECIALS; id < dictionary.size(); id++) {
      known.add(dictionary.symbol(id));
    }
    try {
      BpeEncoder encoder =
          new BpeEncoder(BpeCodes.parse(Files.readString(file), file.toString()), known);
      return (word, random) -> encoder.sample(word, dropout, random);
    } catch (IOException e) {
      throw new MosException("cannot read " + file + ": " + AtomicFile.describe(e), e);
    }
  }

  private static Path codes(DataFolder data, String language) {
    Path folder = data.folder();
    Path description = folder.resolve(Preprocessor.DESCRIPTION);
    Optional<PreprocessFigures> made =
        Files.exists(description)
            ? Optional.of(ResultJson.read(description, PreprocessFigures.class))
            : Optional.empty();
    String bpe = made.map(figures -> figures.text().bpe()).orElse(PreprocessFigures.SUBWORD_NMT);
    if (!bpe.equals(PreprocessFigures.SUBWORD_NMT)) {
      throw new ConfigurationException(
          "bpe-dropout: needs data that were split by subword-nmt's BPE, got "
              + bpe
              + " ("
              + description
              + ")");
    }
    Path own = folder.resolve("codes." + language);
    Path joint = folder.resolve("codes");
    if (!Files.exists(own) && !Files.exists(joint)) {
      throw new ConfigurationException(
          "bpe-dropout: needs the BPE codes of the data, got no "
              + joint
              + " and no "
              + own.getFileName());
    }
    boolean separate = made.map(figures -> figures.text().separateBpe()).orElse(Files.exists(own));
    return separate ? own : joint;
  }
}
