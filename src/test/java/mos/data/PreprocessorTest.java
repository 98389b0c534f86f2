package mos.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import mos.base.ConfigurationException;
import mos.base.FolderLock;
import mos.base.Json;
import mos.base.LineReader;
import mos.base.MosException;
import mos.base.Sha256;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class PreprocessorTest {
  private static final PreprocessOptions.DictionaryOptions ALL =
      new PreprocessOptions.DictionaryOptions(-1, 0, null);
  private static final PreprocessOptions.Text PLAIN =
      new PreprocessOptions.Text(false, PreprocessOptions.Tokenizer.NONE, 0, null, false);
  private static final PreprocessOptions.Text LEARNED =
      new PreprocessOptions.Text(true, PreprocessOptions.Tokenizer.MOSES, 5, null, false);

  @TempDir Path folder;

  /** Recognisable stand-ins: "!" is normalised to ".", which is a token; BPE splits after "x". */
  private static final class FakeTools implements TextTools {
    private final List<String> learnedFrom = new ArrayList<>();

    @Override
    public UnaryOperator<String> normalizer(String language) {
      return line -> line.replace('!', '.');
    }

    @Override
    public UnaryOperator<String> tokenizer(String language, TokenizerLists lists) {
      return line -> line.replace(".", " .") + " " + language;
    }

    @Override
    public String learnBpe(Iterable<String> lines, int operations) {
      lines.forEach(learnedFrom::add);
      return "learned " + operations + "\n";
    }

    @Override
    public UnaryOperator<String> bpe(String codes, String where) {
      assertThat(codes).startsWith("learned");
      return line -> line.replace("x", "x@@ ");
    }
  }

  private Path write(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  private Path prefix(String name, String source, String target) throws IOException {
    write(name + ".en", source);
    write(name + ".de", target);
    return folder.resolve(name);
  }

  private PreprocessOptions options(
      PreprocessOptions.Inputs inputs, PreprocessOptions.Text text, String to, int threads) {
    return new PreprocessOptions(
        new ParallelCorpus.LanguagePair("en", "de"),
        inputs,
        folder.resolve(to),
        text,
        PreprocessOptions.Cleaning.NONE,
        new PreprocessOptions.Vocabulary(false, ALL, ALL, 8),
        threads);
  }

  private static PreprocessOptions.Inputs inputs(Path train) {
    return new PreprocessOptions.Inputs(train, List.of(), List.of());
  }

  private JsonNode run(PreprocessOptions options, TextTools tools) {
    new Preprocessor(options, tools, PreprocessListener.SILENT).run();
    return Json.read(options.destination().resolve(Preprocessor.DESCRIPTION));
  }

  private static Map<String, byte[]> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      Map<String, byte[]> contents = new TreeMap<>();
      for (Path file : files.filter(file -> !FolderLock.isLock(file)).toList()) {
        contents.put(file.getFileName().toString(), Files.readAllBytes(file));
      }
      return contents;
    }
  }

  @Test
  void textBecomesCorporaDictionariesAndADescription() throws IOException {
    Path train = prefix("train", "b a\na\n", "x\n\u00fc x\n");
    Path valid = prefix("valid", "a q\n", "x x\n");
    PreprocessOptions.Inputs inputs =
        new PreprocessOptions.Inputs(train, List.of(valid, valid), List.of(valid));
    JsonNode description = run(options(inputs, PLAIN, "out", 1), TextTools.none());
    assertThat(files(folder.resolve("out")).keySet())
        .containsExactlyInAnyOrder(
            Stream.concat(
                    Stream.of(
                        "dict.en.txt",
                        "dict.de.txt",
                        "preprocess.json",
                        "valid.raw.en",
                        "valid.raw.de",
                        "valid1.raw.en",
                        "valid1.raw.de",
                        "test.raw.en",
                        "test.raw.de"),
                    Stream.of("train", "valid", "valid1", "test")
                        .flatMap(
                            part ->
                                Stream.of("en.bin", "en.idx", "de.bin", "de.idx")
                                    .map(end -> part + ".en-de." + end)))
                .toArray(String[]::new));
    assertThat(folder.resolve("out/dict.en.txt"))
        .content(StandardCharsets.UTF_8)
        .startsWith("a 2\nb 1\nmadeupword0000 0\n");
    ParallelCorpus corpus =
        ParallelCorpus.open(
            folder.resolve("out"), "valid", ParallelCorpus.languagePair(folder.resolve("out")));
    assertThat(corpus.source().get(0)).containsExactly(4, 3, 2);
    assertThat(corpus.target().get(0)).containsExactly(4, 4, 2);
    assertThat(description.at("/parts/valid/en/unknown").asInt()).isEqualTo(1);
    assertThat(description.at("/parts/valid/en/tokens").asInt()).isEqualTo(3);
    assertThat(description.at("/parts/train/lines").asInt()).isEqualTo(2);
    assertThat(description.at("/languages/en/dictionary_sha256").asText())
        .isEqualTo(corpus.sourceDictionary().hash());
    assertThat(description.at("/text/tokenizer").asText()).isEqualTo("none");
  }

  @Test
  void textIsNormalisedTokenisedAndSplit() throws IOException {
    Path train = prefix("train", "axb!\n", "c\n");
    FakeTools tools = new FakeTools();
    JsonNode description =
        run(
            options(
                new PreprocessOptions.Inputs(train, List.of(), List.of(train)), LEARNED, "out", 2),
            tools);
    assertThat(tools.learnedFrom).containsExactly("axb . en", "c de");
    assertThat(folder.resolve("out/codes")).hasContent("learned 5\n");
    assertThat(folder.resolve("out/test.raw.en")).hasContent("axb!\n");
    Path out = folder.resolve("out");
    ParallelCorpus corpus = ParallelCorpus.open(out, "train", ParallelCorpus.languagePair(out));
    assertThat(corpus.sourceDictionary().string(corpus.source().get(0), false))
        .isEqualTo("ax@@ b . en");
    assertThat(corpus.targetDictionary().string(corpus.target().get(0), false)).isEqualTo("c de");
    assertThat(description.at("/languages/de/codes").asText()).isEqualTo("codes");
    assertThat(description.at("/languages/de/codes_sha256").asText()).hasSize(64);
  }

  @Test
  void givenCodesAndSeparateCodesServe() throws IOException {
    Path train = prefix("train", "axb\n", "c\n");
    Path codes = write("given", "learned elsewhere\n");
    PreprocessOptions.Text given =
        new PreprocessOptions.Text(false, PreprocessOptions.Tokenizer.NONE, 0, codes, false);
    run(options(inputs(train), given, "given-out", 1), new FakeTools());
    assertThat(folder.resolve("given-out/codes")).hasContent("learned elsewhere\n");
    assertThat(folder.resolve("given-out/dict.en.txt"))
        .content(StandardCharsets.UTF_8)
        .startsWith("ax@@ 1\nb 1\n");
    PreprocessOptions.Text separate =
        new PreprocessOptions.Text(false, PreprocessOptions.Tokenizer.NONE, 3, null, true);
    FakeTools tools = new FakeTools();
    run(options(inputs(train), separate, "separate", 1), tools);
    assertThat(tools.learnedFrom).containsExactly("axb", "c");
    assertThat(folder.resolve("separate/codes.en")).exists();
    assertThat(folder.resolve("separate/codes.de")).exists();
  }

  @Test
  void anyNumberOfThreadsGivesTheSameBytes() throws IOException {
    Random random = new Random(3);
    StringBuilder[] sides = {new StringBuilder(), new StringBuilder()};
    for (int i = 0; i < 9_000; i++) {
      for (StringBuilder side : sides) {
        side.append(
                IntStream.range(0, random.nextInt(6))
                    .mapToObj(k -> "wx" + random.nextInt(300))
                    .collect(Collectors.joining(" ")))
            .append("!\n");
      }
    }
    Path train = prefix("train", sides[0].toString(), sides[1].toString());
    Map<String, byte[]> expected = null;
    for (int threads : new int[] {1, 2, 5}) {
      String to = "out" + threads;
      run(options(inputs(train), LEARNED, to, threads), new FakeTools());
      Map<String, byte[]> files = files(folder.resolve(to));
      assertThat(files).hasSizeGreaterThan(6);
      if (expected != null) {
        assertThat(files).usingRecursiveComparison().isEqualTo(expected);
      }
      expected = files;
    }
    ParallelCorpus corpus =
        ParallelCorpus.open(
            folder.resolve("out1"), "train", new ParallelCorpus.LanguagePair("en", "de"));
    String[] lines = sides[0].toString().split("\n", -1);
    for (int i = 0; i < 9_000; i += 321) {
      String text = corpus.sourceDictionary().string(corpus.source().get(i), true);
      assertThat(text).isEqualTo(lines[i].replace("!", " . en").strip());
    }
  }

  @Test
  void onlyTrainingPairsAreCleaned() throws IOException {
    Path text = prefix("t", "a\n\na a a a a\na a\na a a\n", "b\nb\nb b b b\nb b b b b\nb b\n");
    PreprocessOptions plain =
        options(new PreprocessOptions.Inputs(text, List.of(text), List.of()), PLAIN, "out", 1);
    PreprocessOptions cleaned =
        new PreprocessOptions(
            plain.languages(),
            plain.inputs(),
            plain.destination(),
            plain.text(),
            new PreprocessOptions.Cleaning(1, 4, 1.5),
            plain.vocabulary(),
            1);
    JsonNode description = run(cleaned, TextTools.none());
    assertThat(description.at("/parts/train/lines_read").asInt()).isEqualTo(5);
    assertThat(description.at("/parts/train/lines").asInt()).isEqualTo(2);
    assertThat(description.at("/parts/valid/lines").asInt()).isEqualTo(5);
    assertThat(folder.resolve("out/dict.en.txt"))
        .content(StandardCharsets.UTF_8)
        .startsWith("a 4\n");
  }

  @Test
  void joinedDictionaryCountsBothSidesAndGivenOnesAreUsed() throws IOException {
    Path train = prefix("train", "a b b\n", "a c c c\n");
    PreprocessOptions plain = options(inputs(train), PLAIN, "out", 1);
    run(
        with(plain, "joined", new PreprocessOptions.Vocabulary(true, ALL, ALL, 1)),
        TextTools.none());
    assertThat(folder.resolve("joined/dict.en.txt")).hasContent("c 3\na 2\nb 2\n");
    assertThat(folder.resolve("joined/dict.de.txt")).hasContent("c 3\na 2\nb 2\n");
    PreprocessOptions.DictionaryOptions given =
        new PreprocessOptions.DictionaryOptions(-1, 0, folder.resolve("joined/dict.en.txt"));
    PreprocessOptions.DictionaryOptions limited =
        new PreprocessOptions.DictionaryOptions(5, 0, null);
    run(
        with(plain, "given", new PreprocessOptions.Vocabulary(false, given, limited, 1)),
        TextTools.none());
    assertThat(folder.resolve("given/dict.en.txt")).hasContent("c 3\na 2\nb 2\n");
    assertThat(folder.resolve("given/dict.de.txt")).hasContent("c 3\n");
  }

  private PreprocessOptions with(
      PreprocessOptions options, String to, PreprocessOptions.Vocabulary vocabulary) {
    return new PreprocessOptions(
        options.languages(),
        options.inputs(),
        folder.resolve(to),
        options.text(),
        options.cleaning(),
        vocabulary,
        options.threads());
  }

  @Test
  void compressedTextIsRead() throws IOException {
    Path train = prefix("train", "a\n", "b\n");
    Path packed = folder.resolve("train.en.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(packed))) {
      out.write("z\n".getBytes(StandardCharsets.UTF_8));
    }
    Files.delete(folder.resolve("train.en"));
    run(options(inputs(train), PLAIN, "out", 1), TextTools.none());
    assertThat(folder.resolve("out/dict.en.txt"))
        .content(StandardCharsets.UTF_8)
        .startsWith("z 1\n");
    byte[] whole = Files.readAllBytes(packed);
    for (int size : new int[] {0, 5, whole.length - 3}) {
      Files.write(packed, Arrays.copyOf(whole, size));
      assertThatThrownBy(() -> run(options(inputs(train), PLAIN, "out", 1), TextTools.none()))
          .isInstanceOf(MosException.class)
          .hasMessageContaining("train.en.gz");
    }
  }

  private static Map<String, String> texts(Path folder) throws IOException {
    Map<String, String> texts = new TreeMap<>();
    files(folder).forEach((name, bytes) -> texts.put(name, Arrays.toString(bytes)));
    return texts;
  }

  private void refused(PreprocessOptions options, TextTools tools, String... parts) {
    assertThatThrownBy(() -> run(options, tools))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("would stay from an earlier preparation")
        .hasMessageContainingAll(parts);
  }

  private static PreprocessOptions.Inputs withTest(Path train, Path test) {
    return new PreprocessOptions.Inputs(train, List.of(), List.of(test));
  }

  @Test
  void allSetsOfAFolderBelongToOnePreparation() throws IOException {
    Path train = prefix("train", "a\nb\n", "c\nd\n");
    Path test = prefix("test", "a\n", "d\n");
    run(options(withTest(train, test), LEARNED, "out", 1), new FakeTools());
    Path out = folder.resolve("out");
    Map<String, String> before = texts(out);
    // Other operations, steps, languages: known before any work.
    PreprocessOptions.Text other =
        new PreprocessOptions.Text(true, PreprocessOptions.Tokenizer.MOSES, 6, null, false);
    refused(options(inputs(train), other, "out", 1), new FakeTools(), "test.en-de", "BPE");
    refused(options(inputs(train), PLAIN, "out", 1), new FakeTools(), "tokeniser", "BPE");
    // Other words give another dictionary: known when it is made, and nothing was replaced.
    Path longer = prefix("longer", "a\nb\ne\n", "c\nd\nf\n");
    refused(
        options(inputs(longer), LEARNED, "out", 1),
        new FakeTools(),
        "dictionary of en, dictionary of de");
    assertThat(texts(out)).isEqualTo(before);
    // The same again may be made alone, and what stays is described still.
    run(options(inputs(train), LEARNED, "out", 1), new FakeTools());
    assertThat(texts(out)).isEqualTo(before);
    // All sets together may be anything.
    run(options(withTest(longer, test), PLAIN, "out", 1), new FakeTools());
    assertThat(out.resolve("codes")).doesNotExist();
  }

  @Test
  void badInputIsAnErrorAndLeavesNoDescription() throws IOException {
    Path uneven = prefix("uneven", "a\nb\nc\n", "x\n");
    assertThatThrownBy(() -> run(options(inputs(uneven), PLAIN, "out", 2), TextTools.none()))
        .isInstanceOf(MosException.class)
        .hasMessageContaining("uneven.en has 3")
        .hasMessageContaining("uneven.de has 1");
    Path broken = prefix("broken", "a\n", "x\n");
    Files.write(folder.resolve("broken.en"), new byte[] {'a', '\n', (byte) 0xff, '\n'});
    assertThatThrownBy(() -> run(options(inputs(broken), PLAIN, "out", 2), TextTools.none()))
        .isInstanceOf(MosException.class)
        .hasMessageContaining("broken.en:2: not valid UTF-8");
    Path absent = folder.resolve("absent");
    assertThatThrownBy(() -> run(options(inputs(absent), PLAIN, "out", 2), TextTools.none()))
        .isInstanceOf(MosException.class)
        .hasMessageContaining("absent.en");
    assertThat(files(folder.resolve("out"))).isEmpty();
    Path fine = prefix("fine", "a\n", "b\n");
    write("file", "");
    assertThatThrownBy(() -> run(options(inputs(fine), PLAIN, "file", 1), TextTools.none()))
        .isInstanceOf(MosException.class)
        .hasMessageContaining("file is in the way");
  }

  @Test
  void contradictingOptionsAreRefused() throws IOException {
    assertThatThrownBy(
            () ->
                options(
                    new PreprocessOptions.Inputs(null, List.of(folder), List.of()), PLAIN, "o", 1))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("srcdict");
    assertThatThrownBy(() -> new PreprocessOptions.Cleaning(5, 4, 0))
        .isInstanceOf(ConfigurationException.class);
    assertThatThrownBy(() -> new PreprocessOptions.Cleaning(0, 0, Double.NaN))
        .isInstanceOf(ConfigurationException.class);
    assertThatThrownBy(() -> options(inputs(folder), PLAIN, "o", 0))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("threads: got 0");
  }

  @Test
  void listsOfTheTokenizerAreKeptForTheTextToTranslate() throws IOException {
    Path train = prefix("train", "a\n", "b\n");
    TokenizerLists lists =
        new TokenizerLists(
            Map.of("de", write("abbreviations", "bzw\n")), Optional.of(write("patterns", "x+\n")));
    PreprocessOptions.Text text =
        new PreprocessOptions.Text(false, PreprocessOptions.Tokenizer.MOSES, 0, null, false, lists);
    JsonNode description = run(options(inputs(train), text, "out", 1), new FakeTools());
    assertThat(folder.resolve("out/nonbreaking_prefix.de")).hasContent("bzw");
    assertThat(folder.resolve("out/protected-patterns")).hasContent("x+");
    assertThat(description.at("/languages/de/nonbreaking_prefixes").asText())
        .isEqualTo("nonbreaking_prefix.de");
    assertThat(description.at("/languages/en").has("nonbreaking_prefixes")).isFalse();
    assertThat(description.at("/text/protected").asText()).isEqualTo("protected-patterns");
  }

  @Test
  void listsOfOtherLanguagesOrWithoutATokenizerAreRefused() throws IOException {
    TokenizerLists french =
        new TokenizerLists(Map.of("fr", write("abbreviations", "M\n")), Optional.empty());
    assertThatThrownBy(
            () ->
                options(
                    inputs(prefix("train", "a\n", "b\n")),
                    new PreprocessOptions.Text(
                        false, PreprocessOptions.Tokenizer.MOSES, 0, null, false, french),
                    "out",
                    1))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("got language fr, must be en or de");
    assertThatThrownBy(
            () ->
                new PreprocessOptions.Text(
                    false, PreprocessOptions.Tokenizer.NONE, 0, null, false, french))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("there is none");
  }

  /** What other tools, or Java, take for line ends occurs inside sentences. */
  @Test
  void onlyTheNewlineEndsALineFromRawTextToCorpus() throws IOException {
    String odd = "\ufeffa\rb\nb\u2028a\u0085\u000ba\r\na";
    Path train = prefix("train", "a b\n", "a b\n");
    Path valid = prefix("valid", odd, odd);
    PreprocessOptions.Inputs inputs =
        new PreprocessOptions.Inputs(train, List.of(valid), List.of());
    run(options(inputs, PLAIN, "out", 1), TextTools.none());
    Path out = folder.resolve("out");
    assertThat(LineReader.all(out.resolve("valid.raw.en")))
        .containsExactly("a\rb", "b\u2028a\u0085\u000ba\r", "a");
    Path text = write("out/text.en-de.en", odd);
    Files.copy(text, out.resolve("text.en-de.de"));
    for (String split : List.of("valid", "text")) {
      try (ParallelCorpus corpus =
          ParallelCorpus.open(out, split, new ParallelCorpus.LanguagePair("en", "de"))) {
        assertThat(IntStream.range(0, corpus.size()).mapToObj(corpus.source()::get))
            .containsExactly(new int[] {4, 5, 2}, new int[] {5, 4, 4, 2}, new int[] {4, 2});
      }
    }
  }

  /** Ends at a line as a killed process would, without tidying up. */
  private static final class Killed extends Error {
    private static final long serialVersionUID = 1;
  }

  @Test
  void aKilledProcessIsGoneOnFromWhereverItStood() throws IOException {
    StringBuilder en = new StringBuilder();
    StringBuilder de = new StringBuilder();
    for (int i = 0; i < 20_000; i++) {
      en.append("a").append(i % 7).append(" b c").append(i % 11).append('\n');
      de.append("x y").append(i % 13).append('\n');
    }
    PreprocessOptions.Inputs text = inputs(prefix("train", en.toString(), de.toString()));
    for (PreprocessOptions.Text options : List.of(PLAIN, LEARNED)) {
      String whole = "whole" + options.bpeOperations();
      run(options(text, options, whole, 2), new FakeTools());
      Map<String, String> expected = contents(folder.resolve(whole));
      for (int dies = 1; dies < 100; dies += 8) {
        String name = "killed" + options.bpeOperations() + "-" + dies;
        int[] left = {dies};
        PreprocessListener killer =
            new PreprocessListener() {
              @Override
              public void done(long lines) {
                if (left[0]-- == 0) {
                  throw new Killed();
                }
              }
            };
        PreprocessOptions all = options(text, options, name, 2);
        boolean killed = false;
        try {
          new Preprocessor(all, new FakeTools(), killer, 0).run();
        } catch (Killed e) {
          killed = true;
        }
        if (killed) {
          assertThat(folder.resolve(name).resolve(".preprocess")).isDirectory();
          long[] first = {-1};
          PreprocessListener follows =
              new PreprocessListener() {
                @Override
                public void done(long lines) {
                  first[0] = first[0] < 0 ? lines : first[0];
                }
              };
          new Preprocessor(all, new FakeTools(), follows, 0).run();
          if (dies % 20 > 5) {
            assertThat(first[0]).isGreaterThan(1000);
          }
        }
        assertThat(contents(folder.resolve(name))).isEqualTo(expected);
      }
    }
  }

  @Test
  void anotherPreparationBeginsAnew() throws IOException {
    PreprocessOptions.Inputs text = inputs(prefix("train", "a\nb\n", "x\ny\n"));
    PreprocessOptions options = options(text, PLAIN, "out", 1);
    PreprocessListener killer =
        new PreprocessListener() {
          @Override
          public void done(long lines) {
            throw new Killed();
          }
        };
    assertThatThrownBy(() -> new Preprocessor(options, TextTools.none(), killer, 1).run())
        .isInstanceOf(Killed.class);
    prefix("train", "c\nd\n", "x\nzz\n");
    run(options, TextTools.none());
    assertThat(Files.readString(folder.resolve("out/dict.de.txt"))).contains("zz");
    assertThat(folder.resolve("out/.preprocess")).doesNotExist();
  }

  private static Map<String, String> contents(Path folder) throws IOException {
    Map<String, String> all = new TreeMap<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        all.put(file.getFileName().toString(), Sha256.of(file));
      }
    }
    return all;
  }
}
