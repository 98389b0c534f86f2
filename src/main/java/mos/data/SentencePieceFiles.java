package mos.data;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import mos.base.ConfigurationException;

/**
 * SentencePiece models that divide raw text, in place of tokeniser and BPE.
 *
 * @param models files by language, of source and target; empty: none
 */
public record SentencePieceFiles(Map<String, Path> models) {
  /** Text is divided by other means. */
  public static final SentencePieceFiles NONE = new SentencePieceFiles(Map.of());

  /** The data folder's copy of a model for both languages. */
  private static final String JOINT = "sentencepiece.model";

  public SentencePieceFiles {
    models = Map.copyOf(models);
  }

  /**
   * Models as an option gives them: {@code FILE} for both languages, or {@code LANG=FILE} for each.
   *
   * @throws ConfigurationException for another form
   */
  public static SentencePieceFiles of(List<String> given, String source, String target) {
    Map<String, Path> models = new HashMap<>();
    for (String one : given) {
      int equals = one.indexOf('=');
      String language = one.substring(0, Math.max(0, equals));
      if (language.equals(source) || language.equals(target)) {
        models.put(language, Path.of(one.substring(equals + 1)));
      } else if (given.size() == 1) {
        models.put(source, Path.of(one));
        models.put(target, Path.of(one));
      } else {
        throw new ConfigurationException(
            "sentencepiece-model: got '"
                + one
                + "', need "
                + source
                + "=FILE and "
                + target
                + "=FILE, or one file for both");
      }
    }
    return new SentencePieceFiles(models);
  }

  /** Whether there are none. */
  public boolean isEmpty() {
    return models.isEmpty();
  }

  void check(String source, String target) {
    if (!isEmpty() && !models.keySet().equals(new TreeSet<>(List.of(source, target)))) {
      throw new ConfigurationException(
          "sentencepiece-model: got models of "
              + String.join(", ", new TreeSet<>(models.keySet()))
              + ", need one of "
              + source
              + " and one of "
              + target
              + ", or one file for both");
    }
  }

  /** The name of the data folder's copy of a language's model. */
  String copy(String language) {
    return Set.copyOf(models.values()).size() == 1 ? JOINT : own(language);
  }

  private static String own(String language) {
    return "sentencepiece." + language + ".model";
  }

  /** All names that copies may have. */
  static List<String> copies(String source, String target) {
    return List.of(JOINT, own(source), own(target));
  }

  /** The model of a language in a data folder, or in an exported model's: it may not be there. */
  public static Path in(Path folder, String language) {
    Path own = folder.resolve(own(language));
    return Files.exists(own) ? own : folder.resolve(JOINT);
  }
}
