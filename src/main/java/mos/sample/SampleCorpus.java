package mos.sample;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import mos.base.AtomicFile;
import mos.base.MosException;
import mos.base.Seeds;

/** Makes the sample corpus; see the package's description. */
public final class SampleCorpus {
  /** So many repeated sentences in a row mean that the frames have no new ones left. */
  private static final int MAX_REPEATS = 10_000;

  private final List<Frame> frames;
  private final Fillers fillers;
  private final Dice dice;
  private final Set<String> seenEnglish = new HashSet<>();
  private final Set<String> seenGerman = new HashSet<>();

  private SampleCorpus(long seed) {
    Phrasebook phrasebook = Phrasebook.load();
    frames = phrasebook.frames();
    fillers = new Fillers(phrasebook.lexicon());
    dice = new Dice(Seeds.derive(seed, "sample corpus"));
  }

  /**
   * The three parts of a corpus. No English and no German sentence occurs twice, be it within a
   * split or in two.
   *
   * @param train pairs to train on
   * @param valid pairs to validate on
   * @param test pairs to score on
   */
  public record Splits(
      List<SentencePair> train, List<SentencePair> valid, List<SentencePair> test) {
    public Splits {
      train = List.copyOf(train);
      valid = List.copyOf(valid);
      test = List.copyOf(test);
    }
  }

  /**
   * Generates a corpus in memory (the default size in about two seconds). Test and validation pairs
   * come first from the generator, so that they stay the same when only the training size changes.
   *
   * @throws MosException when the frames have fewer different sentences than asked for
   */
  public static Splits generate(SampleCorpusSettings settings) {
    SampleCorpus corpus = new SampleCorpus(settings.seed());
    List<SentencePair> test = corpus.next(settings.test());
    List<SentencePair> valid = corpus.next(settings.valid());
    List<SentencePair> train = corpus.next(settings.train());
    return new Splits(train, valid, test);
  }

  /**
   * Writes {@code train}, {@code valid} and {@code test} with the endings {@code .en} and {@code
   * .de}: UTF-8, one sentence per line, lines ended by {@code \n}, untokenised.
   *
   * @param folder made when missing
   * @throws MosException when a file cannot be written
   */
  public static void write(Path folder, SampleCorpusSettings settings) {
    Splits splits = generate(settings);
    write(folder, "train", splits.train());
    write(folder, "valid", splits.valid());
    write(folder, "test", splits.test());
  }

  private static void write(Path folder, String split, List<SentencePair> pairs) {
    AtomicFile.writeString(folder.resolve(split + ".en"), lines(pairs, SentencePair::en));
    AtomicFile.writeString(folder.resolve(split + ".de"), lines(pairs, SentencePair::de));
  }

  private static String lines(List<SentencePair> pairs, Function<SentencePair, String> side) {
    return pairs.stream().map(side).collect(Collectors.joining("\n", "", "\n"));
  }

  private List<SentencePair> next(int count) {
    List<SentencePair> pairs = new ArrayList<>(count);
    int repeats = 0;
    while (pairs.size() < count) {
      SentencePair pair = dice.oneOf(frames).fill(fillers, dice);
      if (isNew(pair)) {
        pairs.add(pair);
        repeats = 0;
      } else if (++repeats == MAX_REPEATS) {
        throw new MosException(
            "sample corpus: no new sentence in "
                + MAX_REPEATS
                + " tries after "
                + seenEnglish.size()
                + " pairs; ask for fewer");
      }
    }
    return pairs;
  }

  private boolean isNew(SentencePair pair) {
    if (seenEnglish.contains(pair.en()) || seenGerman.contains(pair.de())) {
      return false;
    }
    seenEnglish.add(pair.en());
    seenGerman.add(pair.de());
    return true;
  }
}
