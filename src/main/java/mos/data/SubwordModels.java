package mos.data;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import mos.base.AtomicFile;
import mos.base.MosException;
import mos.base.Sha256;

/**
 * What divides text into subwords: BPE codes or a SentencePiece model of each language, or none.
 */
final class SubwordModels {
  private final PreprocessOptions.Text options;
  private final TextTools tools;
  private final Path made;
  private final Path folder;
  private final Map<String, byte[]> models = new HashMap<>();

  /**
   * @param made folder that gets a copy of each
   * @param folder where the copies are in the end
   */
  SubwordModels(PreprocessOptions.Text options, TextTools tools, Path made, Path folder) {
    this.options = options;
    this.tools = tools;
    this.made = made;
    this.folder = folder;
  }

  /** Learns BPE codes of some languages from tokenised text. */
  void learn(List<Path> texts, List<String> languages) {
    try (TextLines lines = new TextLines(texts)) {
      String codes = tools.learnBpe(lines, options.bpeOperations());
      for (String language : languages) {
        keep(codes.getBytes(StandardCharsets.UTF_8), language);
      }
    }
  }

  /** Whether an earlier process has learned them; then they are read. */
  boolean kept(List<String> languages) throws IOException {
    for (String language : languages) {
      Path file = made.resolve(options.subwordsFile(language));
      if (!Files.exists(file)) {
        return false;
      }
      models.put(language, Files.readAllBytes(file));
    }
    return true;
  }

  /** Reads the files that are given, if any. */
  void read(String source, String target) {
    for (String language : List.of(source, target)) {
      Path file = options.sentencePiece().models().getOrDefault(language, options.bpeCodes());
      if (file != null) {
        try {
          keep(Files.readAllBytes(file), language);
        } catch (IOException e) {
          throw new MosException("cannot read " + file + ": " + AtomicFile.describe(e), e);
        }
      }
    }
  }

  private void keep(byte[] model, String language) {
    models.put(language, model);
    AtomicFile.write(made.resolve(options.subwordsFile(language)), out -> out.write(model));
  }

  /** Divides lines of a language. */
  UnaryOperator<String> split(String language) {
    byte[] model = models.get(language);
    if (model == null) {
      return UnaryOperator.identity();
    }
    return options.sentencePiece().isEmpty()
        ? tools.bpe(new String(model, StandardCharsets.UTF_8), where(language))
        : tools.sentencePiece(model, where(language));
  }

  private String where(String language) {
    Path given = options.sentencePiece().models().get(language);
    return given == null ? folder.resolve(options.subwordsFile(language)).toString() : given + "";
  }

  /** Adds what a SentencePiece model can make of new text, bytes above all, and this text lacks. */
  void addPieces(String language, Map<String, Long> counts) {
    if (!options.sentencePiece().isEmpty()) {
      tools
          .pieces(models.get(language), where(language))
          .forEach(piece -> counts.putIfAbsent(piece, 0L));
    }
  }

  /** SHA-256 of the model of each language that has one. */
  Map<String, String> hashes() {
    Map<String, String> hashes = new HashMap<>();
    models.forEach((language, model) -> hashes.put(language, Sha256.of(model)));
    return hashes;
  }
}
