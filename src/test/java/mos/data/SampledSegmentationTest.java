package mos.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import mos.text.BpeCodes;
import mos.text.BpeEncoder;
import mos.translation.StandardText;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** BPE dropout on a small corpus of made-up words. */
class SampledSegmentationTest {
  private static final ParallelCorpus.LanguagePair EN_DE =
      new ParallelCorpus.LanguagePair("en", "de");

  @TempDir static Path folder;
  private static ParallelCorpus corpus;
  private static Set<String> known;

  @BeforeAll
  static void prepare() throws Exception {
    SplittableRandom random = new SplittableRandom(3);
    for (String language : List.of("en", "de")) {
      StringBuilder text = new StringBuilder();
      for (int i = 0; i < 200; i++) {
        for (int w = 0; w <= i % 7; w++) {
          for (int s = random.nextInt(5); s >= 0; s--) {
            text.append(List.of("ba", "di", "go", "lu", "ra", "ten", "🙂").get(random.nextInt(7)));
          }
          text.append(w % 3 == 2 ? " . " : " ");
        }
        text.append('\n');
      }
      Files.writeString(folder.resolve("train." + language), text);
    }
    Path data = folder.resolve("data");
    PreprocessOptions.DictionaryOptions all = new PreprocessOptions.DictionaryOptions(0, 0, null);
    new Preprocessor(
            new PreprocessOptions(
                EN_DE,
                new PreprocessOptions.Inputs(folder.resolve("train"), List.of(), List.of()),
                data,
                new PreprocessOptions.Text(
                    false, PreprocessOptions.Tokenizer.NONE, 120, null, false),
                PreprocessOptions.Cleaning.NONE,
                new PreprocessOptions.Vocabulary(true, all, all, 8),
                1),
            new StandardText(),
            PreprocessListener.SILENT)
        .run();
    corpus = ParallelCorpus.open(data, "train", EN_DE);
    known = new HashSet<>();
    for (int id = Dictionary.SPECIALS; id < corpus.sourceDictionary().size(); id++) {
      known.add(corpus.sourceDictionary().symbol(id));
    }
  }

  private static ParallelCorpus drawn(double dropout, long seed, long epoch, int longest) {
    BpeEncoder encoder = new BpeEncoder(BpeCodes.read(folder.resolve("data/codes")), known);
    SampledSegmentation.Splitter splitter = (word, random) -> encoder.sample(word, dropout, random);
    int[] first = IntStream.range(0, 100).toArray();
    int[] second = IntStream.range(100, corpus.size()).toArray();
    return new SampledSegmentation(splitter, splitter, seed, longest)
        .draw(corpus, epoch, List.of(second, first));
  }

  private static int[][] sentences(TokenCorpus side) {
    return IntStream.range(0, corpus.size()).mapToObj(side::get).toArray(int[][]::new);
  }

  private static String text(TokenCorpus side) {
    StringBuilder text = new StringBuilder();
    for (int[] sentence : sentences(side)) {
      text.append(corpus.sourceDictionary().string(sentence, true)).append('\n');
    }
    return text.toString();
  }

  @Test
  void withoutDropoutWordsStayAsTheyAre() {
    ParallelCorpus same = drawn(0, 1, 1, 1024);
    assertThat(sentences(same.source())).isDeepEqualTo(sentences(corpus.source()));
    assertThat(sentences(same.target())).isDeepEqualTo(sentences(corpus.target()));
  }

  @Test
  void dropoutDividesFurtherAndKeepsTheText() {
    ParallelCorpus some = drawn(0.1, 1, 1, 1024);
    for (List<TokenCorpus> sides :
        List.of(List.of(corpus.source(), some.source()), List.of(corpus.target(), some.target()))) {
      assertThat(text(sides.get(1))).isEqualTo(text(sides.get(0)));
      long before = tokens(sides.get(0));
      assertThat(tokens(sides.get(1))).isGreaterThan(before + 50);
    }
    assertThat(tokens(drawn(0.5, 1, 1, 1024).source())).isGreaterThan(tokens(some.source()));
  }

  private static long tokens(TokenCorpus side) {
    return IntStream.range(0, corpus.size()).map(side::length).sum();
  }

  @Test
  void drawsFollowFromSeedAndEpoch() {
    int[][] one = sentences(drawn(0.2, 1, 1, 1024).source());
    assertThat(sentences(drawn(0.2, 1, 1, 1024).source())).isDeepEqualTo(one);
    assertThat(Arrays.deepEquals(sentences(drawn(0.2, 1, 2, 1024).source()), one)).isFalse();
    assertThat(Arrays.deepEquals(sentences(drawn(0.2, 2, 1, 1024).source()), one)).isFalse();
  }

  @Test
  void sentencesThatBecomeTooLongStayAsTheyAre() {
    int longest = IntStream.range(0, corpus.size()).map(corpus.source()::length).max().getAsInt();
    ParallelCorpus some = drawn(0.9, 1, 1, longest);
    for (int i = 0; i < corpus.size(); i++) {
      assertThat(some.source().length(i)).isLessThanOrEqualTo(longest);
    }
    assertThat(text(some.source())).isEqualTo(text(corpus.source()));
  }

  @Test
  void wordsWithoutKnownPartsAndUnknownOnesStay() {
    SampledSegmentation.Splitter unknown = (word, random) -> List.of("nowhere", word);
    ParallelCorpus same =
        new SampledSegmentation(unknown, unknown, 1, 1024)
            .draw(corpus, 1, List.of(IntStream.range(0, corpus.size()).toArray()));
    assertThat(sentences(same.source())).isDeepEqualTo(sentences(corpus.source()));
  }

  @Test
  void dropoutOfOneLeavesCharacters() {
    BpeEncoder encoder = new BpeEncoder(BpeCodes.read(folder.resolve("data/codes")));
    assertThat(encoder.sample("bate🙂", 1, new SplittableRandom(1)))
        .containsExactly("b", "a", "t", "e", "🙂");
    assertThat(String.join("@@ ", encoder.sample("batendi", 0, new SplittableRandom(1))))
        .isEqualTo(encoder.encode("batendi"));
  }
}
