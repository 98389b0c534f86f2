package mos.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import mos.base.AtomicFile;
import mos.base.MosException;

/**
 * A source and a target corpus of the same sentences, with their dictionaries.
 *
 * <p>Source: the names of fairseq's data folders: {@code dict.en.txt}, and for the source side of
 * the training set from English to German {@code train.en-de.en} with .bin and .idx, or as text.
 *
 * @param segmentation how the sentences are divided into subwords for training
 */
public record ParallelCorpus(
    TokenCorpus source,
    TokenCorpus target,
    Dictionary sourceDictionary,
    Dictionary targetDictionary,
    Segmentation segmentation)
    implements AutoCloseable {

  /** A corpus whose sentences are divided as they are stored. */
  public ParallelCorpus(
      TokenCorpus source,
      TokenCorpus target,
      Dictionary sourceDictionary,
      Dictionary targetDictionary) {
    this(source, target, sourceDictionary, targetDictionary, Segmentation.STORED);
  }

  /** The languages that a data folder was made for. */
  public record LanguagePair(String source, String target) {
    /** The same languages the other way round. */
    public LanguagePair reversed() {
      return new LanguagePair(target, source);
    }

    @Override
    public String toString() {
      return source + "-" + target;
    }
  }

  public ParallelCorpus {
    if (source.size() != target.size()) {
      throw new MosException(
          "a parallel corpus needs as many source as target sentences: "
              + source.name()
              + " has "
              + source.size()
              + ", "
              + target.name()
              + " has "
              + target.size());
    }
  }

  /**
   * Opens a part of a data folder, whichever way round its file names give the languages.
   *
   * @param split train, valid, test, …
   * @throws MosException when it is not there, is damaged, or its sides differ in size
   */
  public static ParallelCorpus open(Path folder, String split, LanguagePair languages) {
    Dictionary source = dictionary(folder, languages.source());
    Dictionary target = dictionary(folder, languages.target());
    return open(folder, split, languages, source, target);
  }

  /** As the other {@code open}, with dictionaries that are there already. */
  public static ParallelCorpus open(
      Path folder,
      String split,
      LanguagePair languages,
      Dictionary sourceDictionary,
      Dictionary targetDictionary) {
    String reversed = languages.target() + "-" + languages.source();
    for (String pair : List.of(languages.toString(), reversed)) {
      Path source = folder.resolve(split + "." + pair + "." + languages.source());
      Path target = folder.resolve(split + "." + pair + "." + languages.target());
      if (TokenCorpus.exists(source)) {
        return new ParallelCorpus(
            TokenCorpus.open(source, sourceDictionary),
            TokenCorpus.open(target, targetDictionary),
            sourceDictionary,
            targetDictionary);
      }
    }
    throw new MosException(
        "no "
            + split
            + " data in "
            + folder
            + ": need "
            + split
            + "."
            + languages
            + "."
            + languages.source()
            + ".{bin,idx} (or ."
            + reversed
            + ".)");
  }

  /**
   * Opens a part of a data folder and what goes on with it under numbers, as one: train, train1,
   * train2 and so on.
   *
   * @throws MosException when a number is left out, or as {@code open} does
   */
  public static ParallelCorpus openAll(
      Path folder,
      String split,
      LanguagePair languages,
      Dictionary sourceDictionary,
      Dictionary targetDictionary) {
    int last = last(folder, split, languages);
    List<ParallelCorpus> parts = new ArrayList<>();
    try {
      for (int k = 0; k <= last; k++) {
        String part = split + (k > 0 ? k : "");
        parts.add(open(folder, part, languages, sourceDictionary, targetDictionary));
      }
      return concatenated(parts);
    } catch (RuntimeException e) {
      parts.forEach(ParallelCorpus::close);
      if (parts.size() > 0 && parts.size() <= last && e instanceof MosException) {
        throw new MosException(
            e.getMessage() + "; " + folder + " has parts of " + split + " up to " + split + last,
            e);
      }
      throw e;
    }
  }

  /** The largest number of a part, 0 where there is none but the first. */
  private static int last(Path folder, String split, LanguagePair languages) {
    Pattern name =
        Pattern.compile(
            Pattern.quote(split)
                + "([1-9][0-9]{0,4})\\."
                + either(languages.toString(), languages.reversed().toString())
                + "\\."
                + either(languages.source(), languages.target())
                + "(?:\\.idx|\\.bin)?");
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> name.matcher(file.getFileName().toString()))
          .filter(Matcher::matches)
          .mapToInt(found -> Integer.parseInt(found.group(1)))
          .max()
          .orElse(0);
    } catch (IOException e) {
      throw new MosException("cannot read " + folder + ": " + AtomicFile.describe(e), e);
    }
  }

  private static String either(String one, String other) {
    return "(?:" + Pattern.quote(one) + "|" + Pattern.quote(other) + ")";
  }

  /** The dictionary of a language in a data folder; it knows how its symbols are joined. */
  public static Dictionary dictionary(Path folder, String language) {
    Path file = folder.resolve("dict." + language + ".txt");
    boolean pieces = Files.exists(SentencePieceFiles.in(folder, language));
    return pieces ? Dictionary.ofPieces(file) : Dictionary.load(file);
  }

  /**
   * The languages of a data folder as its file names give them, source first.
   *
   * @throws MosException when no file name has the form {@code SPLIT.SRC-TGT.…}, or two disagree
   */
  public static LanguagePair languagePair(Path folder) {
    List<LanguagePair> pairs = languagePairs(folder);
    if (pairs.size() != 1) {
      throw new MosException(
          "cannot tell the languages of "
              + folder
              + ": need files of one pair such as train.en-de.en.idx, got "
              + (pairs.isEmpty()
                  ? "none"
                  : pairs.stream().map(Object::toString).collect(Collectors.joining(", "))));
    }
    return pairs.get(0);
  }

  /** All pairs of languages that file names of a data folder give, in order. */
  public static List<LanguagePair> languagePairs(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> file.getFileName().toString().split("\\.", -1))
          .filter(parts -> parts.length >= 3 && parts[1].matches("[^-]+-[^-]+"))
          .map(parts -> parts[1])
          .distinct()
          .sorted()
          .map(pair -> pair.split("-", -1))
          .map(languages -> new LanguagePair(languages[0], languages[1]))
          .toList();
    } catch (IOException e) {
      throw new MosException("cannot read " + folder + ": " + AtomicFile.describe(e), e);
    }
  }

  /**
   * Corpora one behind the other, with the dictionaries of the first. They are closed with the
   * result.
   *
   * @throws MosException when there are more than 2^31 − 2 pairs
   */
  static ParallelCorpus concatenated(List<ParallelCorpus> parts) {
    ParallelCorpus first = parts.get(0);
    return parts.size() == 1
        ? first
        : new ParallelCorpus(
            new ConcatenatedCorpus(parts.stream().map(ParallelCorpus::source).toList()),
            new ConcatenatedCorpus(parts.stream().map(ParallelCorpus::target).toList()),
            first.sourceDictionary,
            first.targetDictionary,
            first.segmentation);
  }

  /** The pairs from {@code start} to before {@code end} in memory. */
  ParallelCorpus block(int start, int end) {
    return new ParallelCorpus(
        source.block(start, end),
        target.block(start, end),
        sourceDictionary,
        targetDictionary,
        segmentation);
  }

  /** Reads both sides once, in sequence. */
  void readThrough() {
    source.readThrough();
    target.readThrough();
  }

  /** The same, divided in another way for training. It shares the files with this one. */
  public ParallelCorpus with(Segmentation other) {
    return new ParallelCorpus(source, target, sourceDictionary, targetDictionary, other);
  }

  /**
   * Some sentences as training reads them in an epoch.
   *
   * @param microBatches numbers of sentences, the only ones that the result has
   */
  ParallelCorpus drawn(long epoch, List<int[]> microBatches) {
    return segmentation.draw(this, epoch, microBatches);
  }

  /** The number of sentence pairs. */
  public int size() {
    return source.size();
  }

  @Override
  public void close() {
    try (source;
        target) {
      return;
    }
  }
}
