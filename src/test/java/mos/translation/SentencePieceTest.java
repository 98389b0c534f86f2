package mos.translation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import mos.base.ConfigurationException;
import mos.base.Json;
import mos.base.MosException;
import mos.beam.TranslationOptions;
import mos.beam.Translator;
import mos.data.Dictionary;
import mos.data.ParallelCorpus;
import mos.data.PreprocessListener;
import mos.data.PreprocessOptions;
import mos.data.Preprocessor;
import mos.data.SentencePieceFiles;
import mos.data.TokenizerLists;
import mos.port.ExportedModel;
import mos.results.PreprocessFigures;
import mos.tensor.Precision;
import mos.tensor.Scope;
import mos.tensor.Tensors;
import mos.text.SentencePieceModel;
import mos.translate.TorchTranslator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Models that SentencePiece made of made-up words, with byte fallback; its own pieces of them. */
class SentencePieceTest {
  private static final Path GOLDEN = Path.of("src/test/resources/golden/text");
  private static final ParallelCorpus.LanguagePair EN_DE =
      new ParallelCorpus.LanguagePair("en", "de");

  @TempDir Path folder;

  private static Path model(String kind) {
    return GOLDEN.resolve("sentencepiece-" + kind + ".model");
  }

  private PreprocessFigures prepare(List<String> models, Path to) throws Exception {
    return prepare(models, to, 0, 0);
  }

  private PreprocessFigures prepare(List<String> models, Path to, int maxSize, long threshold)
      throws Exception {
    Files.writeString(folder.resolve("train.en"), "badi golura ten!\nmoki su.\n");
    Files.writeString(folder.resolve("train.de"), "tenten😀\nmo @@ ki su? \n");
    PreprocessOptions.DictionaryOptions all =
        new PreprocessOptions.DictionaryOptions(maxSize, threshold, null);
    return new Preprocessor(
            new PreprocessOptions(
                EN_DE,
                new PreprocessOptions.Inputs(folder.resolve("train"), List.of(), List.of()),
                to,
                new PreprocessOptions.Text(
                    false,
                    PreprocessOptions.Tokenizer.NONE,
                    0,
                    null,
                    false,
                    TokenizerLists.NONE,
                    SentencePieceFiles.of(models, "en", "de")),
                PreprocessOptions.Cleaning.NONE,
                new PreprocessOptions.Vocabulary(models.size() == 1, all, all, 8),
                2),
            new StandardText(),
            PreprocessListener.SILENT)
        .run();
  }

  @ParameterizedTest
  @ValueSource(strings = {"unigram", "bpe"})
  void piecesAndTextEqualSentencePieces(String kind) throws Exception {
    Path data = folder.resolve("data");
    PreprocessFigures figures = prepare(List.of(model(kind).toString()), data);
    assertThat(figures.text().bpe()).isEqualTo("sentencepiece");
    assertThat(figures.languages().get("de").codes()).isEqualTo("sentencepiece.model");
    assertThat(data.resolve("sentencepiece.model")).hasSameBinaryContentAs(model(kind));
    Dictionary dictionary = ParallelCorpus.dictionary(data, "de");
    RawText text = RawText.of(data, "en", "de");
    for (JsonNode c : Json.read(GOLDEN.resolve("sentencepiece.json")).get(kind)) {
      String pieces = text.encode().apply(c.get("text").asText());
      List<String> expected = new ArrayList<>();
      c.get("pieces").forEach(piece -> expected.add(piece.asText()));
      assertThat(pieces).isEqualTo(String.join(" ", expected));
      // All bytes are in the dictionary, whatever the training text had.
      int[] symbols = dictionary.encode(pieces);
      assertThat(symbols).doesNotContain(Dictionary.UNK);
      String joined = text.decode().apply(dictionary.string(symbols, true));
      assertThat(joined).isEqualTo(c.get("decoded").asText().stripTrailing());
    }
    try (ParallelCorpus corpus = ParallelCorpus.open(data, "train", EN_DE)) {
      assertThat(
              IntStream.range(0, 2)
                  .mapToObj(i -> dictionary.string(corpus.target().get(i), true))
                  .toList())
          .containsExactly("tenten😀", "mo @@ ki su?");
    }
  }

  /** However small the dictionary is: without bytes, new characters would be unknown. */
  @ParameterizedTest
  @CsvSource({"0, 2", "270, 0", "270, 1", "260, 0"})
  void bytesStayInTheDictionary(int maxSize, long threshold) throws Exception {
    Path data = folder.resolve("data");
    prepare(List.of(model("unigram").toString()), data, maxSize, threshold);
    Dictionary dictionary = ParallelCorpus.dictionary(data, "en");
    for (int value = 0; value < 256; value++) {
      String piece = String.format(Locale.ROOT, "<0x%02X>", value);
      assertThat(dictionary.index(piece)).as(piece).isGreaterThanOrEqualTo(Dictionary.SPECIALS);
    }
    // Filled up to a multiple of 8.
    assertThat(dictionary.size()).isBetween(260, 272);
    RawText text = RawText.of(data, "en", "de");
    int[] symbols = dictionary.encode("▁ <0xF0> <0x9F> <0x98> <0x80>");
    assertThat(text.decode().apply(dictionary.string(symbols, true))).endsWith("😀");
  }

  @Test
  void aDictionaryWithoutRoomForBytesIsRefused() {
    assertThatThrownBy(
            () -> prepare(List.of(model("bpe").toString()), folder.resolve("data"), 259, 0))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("got 259, must be at least 260, with the pieces for bytes");
  }

  /** From raw text to raw text, as the parts do it one after the other. */
  @ParameterizedTest
  @ValueSource(strings = {"unigram", "bpe"})
  void anExportedModelTranslatesRawText(String kind) throws Exception {
    Path data = folder.resolve("data");
    prepare(List.of(model(kind).toString()), data);
    Dictionary dictionary = ParallelCorpus.dictionary(data, "en");
    Path exported = folder.resolve("model");
    RandomModel.export(dictionary, "en", "de", Optional.of(data), exported);
    assertThat(exported.resolve("sentencepiece.model")).hasSameBinaryContentAs(model(kind));
    List<String> lines = List.of("badi golura ten!", "", "moki 😀 ß su.", "tenten  badi");
    try (TranslationModel model = TranslationModel.load(exported, "cpu");
        ExportedModel same = ExportedModel.load(exported, Tensors.cpu());
        Scope scope = Scope.open();
        Translator translator =
            new TorchTranslator(
                same.model().derive(same.architecture(), Precision.FP32),
                new TranslationOptions(TextOptions.DEFAULTS.beam(), 1, 64, 4096))) {
      RawText text = RawText.of(exported, "en", "de");
      List<Translation> translations = model.translate(lines);
      for (int i = 0; i < lines.size(); i++) {
        int[] source = dictionary.encode(text.encode().apply(lines.get(i)));
        assertThat(source).doesNotContain(Dictionary.UNK);
        String expected =
            lines.get(i).isEmpty()
                ? ""
                : text.decode()
                    .apply(
                        dictionary.string(
                            translator.translate(List.of(source)).get(0).get(0).tokens(), true));
        assertThat(translations.get(i).text()).as(lines.get(i)).isEqualTo(expected);
      }
      assertThat(translations.get(0).text()).isNotEmpty().doesNotContain("▁");
    }
  }

  @Test
  void eachLanguageMayHaveItsOwn() throws Exception {
    Path data = folder.resolve("data");
    List<String> models = List.of("en=" + model("bpe"), "de=" + model("unigram"));
    PreprocessFigures figures = prepare(models, data);
    assertThat(figures.languages().get("en").codes()).isEqualTo("sentencepiece.en.model");
    assertThat(data.resolve("sentencepiece.de.model")).hasSameBinaryContentAs(model("unigram"));
    String line = "badi golura ten!";
    assertThat(RawText.of(data, "en", "de").encode().apply(line))
        .isEqualTo(SentencePieceModel.of(Files.readAllBytes(model("bpe")), "bpe").encode(line));
    // Another preparation without it leaves nothing of it.
    prepare(List.of(model("bpe").toString()), data);
    assertThat(data.resolve("sentencepiece.de.model")).doesNotExist();
  }

  @Test
  void otherFilesAndMixturesAreRefused() throws Exception {
    byte[] whole = Files.readAllBytes(model("bpe"));
    for (byte[] bad :
        List.of(
            new byte[0], Arrays.copyOf(whole, 3000), "no model".getBytes(StandardCharsets.UTF_8))) {
      assertThatThrownBy(() -> SentencePieceModel.of(bad, "file"))
          .isInstanceOf(MosException.class)
          .hasMessageStartingWith("file: ")
          .hasMessageContaining("SentencePiece");
    }
    assertThatThrownBy(() -> SentencePieceFiles.of(List.of("en=a", "fr=b"), "en", "de"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("need en=FILE and de=FILE");
    assertThatThrownBy(
            () ->
                new PreprocessOptions.Text(
                    false,
                    PreprocessOptions.Tokenizer.MOSES,
                    0,
                    null,
                    false,
                    TokenizerLists.NONE,
                    SentencePieceFiles.of(List.of("m"), "en", "de")))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("in place of tokenizer");
  }
}
