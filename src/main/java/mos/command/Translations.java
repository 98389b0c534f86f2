package mos.command;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import mos.base.AtomicFile;
import mos.base.Json;
import mos.base.LineReader;
import mos.base.MosException;
import mos.data.ParallelCorpus;
import mos.experiment.DataFolder;
import mos.metrics.Bleu;
import mos.metrics.Chrf;
import mos.metrics.SacreBleu;
import mos.translate.Hypothesis;
import mos.translation.RawText;

/**
 * The best translation of every sentence of a data set, with its reference, as tokens (BPE removed)
 * and as plain text.
 */
record Translations(
    List<String> sources,
    List<String> tokens,
    List<String> referenceTokens,
    List<String> plain,
    List<String> references) {
  /** An unknown word of a reference that is made of tokens: it shares no character with a word. */
  private static final String UNKNOWN_REFERENCE = "\u2047";

  /**
   * @param rows numbers of the sentences of the set that are translated
   * @param found hypotheses of each of them
   */
  static Translations of(
      DataFolder data,
      ParallelCorpus corpus,
      String subset,
      List<Integer> rows,
      List<List<Hypothesis>> found) {
    RawText text = data.rawText();
    List<String> tokens =
        all(
            found.size(),
            i -> {
              List<Hypothesis> nBest = found.get(i);
              int[] best = nBest.isEmpty() ? new int[0] : nBest.get(0).tokens();
              return data.targetDictionary().string(best, true);
            });
    int size = corpus.size();
    List<String> referenceTokens =
        all(size, i -> data.targetDictionary().reference(corpus.target().get(i), true));
    List<String> referencePlain =
        all(
            size,
            i -> data.targetDictionary().string(corpus.target().get(i), true, UNKNOWN_REFERENCE));
    List<String> sourceTokens =
        all(size, i -> data.sourceDictionary().string(corpus.source().get(i), true));
    return new Translations(
        some(rows, raw(data, subset, data.sourceLanguage(), sourceTokens, text)),
        tokens,
        some(rows, referenceTokens),
        all(tokens.size(), i -> text.decode().apply(tokens.get(i))),
        some(rows, raw(data, subset, data.targetLanguage(), referencePlain, text)));
  }

  private static List<String> some(List<Integer> rows, List<String> all) {
    return rows.stream().map(all::get).toList();
  }

  /** Lines made on all processors, in order. */
  private static List<String> all(int count, IntFunction<String> line) {
    return IntStream.range(0, count).parallel().mapToObj(line).toList();
  }

  /** The untokenised text that preprocessing kept, else the tokens joined as well as possible. */
  private static List<String> raw(
      DataFolder data, String subset, String language, List<String> tokens, RawText text) {
    Path kept = data.folder().resolve(subset + ".raw." + language);
    if (!Files.exists(kept)) {
      return all(tokens.size(), i -> text.decode().apply(tokens.get(i)));
    }
    List<String> lines = LineReader.all(kept);
    if (lines.size() != tokens.size()) {
      throw new MosException(
          kept + ": got " + lines.size() + " lines, need " + tokens.size() + ", one a sentence");
    }
    return lines;
  }

  /** BLEU on tokens (hyphenated compounds split, as HAT does), sacreBLEU and chrF2. */
  ObjectNode scores() {
    Bleu bleu =
        Bleu.of(
            tokens.stream().map(Bleu::splitCompounds).toList(),
            referenceTokens.stream().map(Bleu::splitCompounds).toList());
    SacreBleu sacre = SacreBleu.of(plain, references, false);
    ObjectNode scores = Json.object();
    scores.put("bleu", bleu.score());
    scores.put("bleu_line", bleu.line());
    scores.put("sacrebleu", sacre.score());
    scores.put("sacrebleu_line", sacre.line());
    scores.put("signature", sacre.signature());
    scores.put("chrf2", Chrf.of(plain, references, false).score());
    return scores;
  }

  static Path file(Path prefix, String ending) {
    return prefix.resolveSibling(prefix.getFileName() + ending);
  }

  /** All files of translations with a prefix. */
  static List<Path> files(Path prefix) {
    return Stream.of(".hyp.tok", ".ref.tok", ".src.txt", ".hyp.txt", ".ref.txt", ".out", ".json")
        .map(ending -> file(prefix, ending))
        .toList();
  }

  /** Writes tokens and plain text of hypotheses and references, ready for {@code score}. */
  void write(Path prefix) {
    write(file(prefix, ".hyp.tok"), tokens);
    write(file(prefix, ".ref.tok"), referenceTokens);
    write(file(prefix, ".src.txt"), sources);
    write(file(prefix, ".hyp.txt"), plain);
    write(file(prefix, ".ref.txt"), references);
  }

  private static void write(Path file, List<String> lines) {
    AtomicFile.writeString(file, String.join("\n", lines) + "\n");
  }
}
