package mos.hostile;

import static mos.hostile.Format.bytes;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import mos.base.Json;
import mos.command.settings.AllSettings;
import mos.command.settings.ModelSettings;
import mos.config.Settings;
import mos.data.Dictionary;
import mos.data.TokenCorpus;
import mos.latency.LatencyDataset;
import mos.latency.LatencyFiles;
import mos.latency.LatencyPredictor;
import mos.report.ExampleFolder;
import mos.report.ReportPage;
import mos.search.SearchState;
import mos.space.ConfigurationDictionary;
import mos.space.SearchSpace;
import mos.space.SearchSpaceSettings;
import mos.space.SubTransformer;
import mos.space.SubTransformerFile;
import mos.text.BpeCodes;
import mos.text.BpeEncoder;
import mos.text.LineFilter;
import mos.text.MosesTokenizer;
import mos.train.ReverseTask;

/** The formats that people can read. */
final class TextFormats {
  private static final Path TEXT = Path.of("src/test/resources/golden/text");
  private static final int MOST_SENTENCES = 5000;
  private static final byte[] DICTIONARY =
      "the 120\n, 99\nHaus@@ 17\n\u00e4\u20ac 3\nthe 2 #fairseq:overwrite\nmadeupword0000 0\n"
          .getBytes(StandardCharsets.UTF_8);

  private TextFormats() {}

  static List<Format> all(Path folder) throws IOException {
    List<Format> formats = new ArrayList<>();
    formats.add(yaml());
    formats.add(json("JSON predictor", predictor(folder), (file, out) -> predict(file)));
    formats.add(json("JSON search state", searchState(), (file, out) -> searchState(file)));
    formats.add(
        json(
            "JSON architecture",
            Json.line(ConfigurationDictionary.toJson(ReverseTask.SPACE.largest()))
                .getBytes(StandardCharsets.UTF_8),
            (file, out) -> ConfigurationDictionary.fromJson(Json.read(file), file.toString())));
    formats.addAll(report(folder));
    formats.add(csv());
    formats.add(dictionary());
    formats.add(codes());
    formats.addAll(text());
    return formats;
  }

  private static Format yaml() throws IOException {
    List<byte[]> files = new ArrayList<>();
    for (String directory :
        List.of("configs", "configs/tasks", "configs/latency", "src/test/resources/hat")) {
      try (var found = Files.list(Path.of(directory))) {
        found.filter(f -> f.toString().endsWith(".yml")).sorted().forEach(f -> files.add(bytes(f)));
      }
    }
    return Format.of("YAML", "c.yml", files, (file, folder) -> settings(file))
        .withWords(
            "&a ", "*a", "!!java.net.URL [\"x\"]", "!!", "!<x>", "<<: *a", "{", "[", "]", "}")
        .withWords("---\n", "...\n", "? ", "|\n", ">+2\n", "%YAML 9.9\n", "\t", "'", "\"\\x", "- ")
        .withWords("\"\\UFFFFFFFF\"", "\u00ef\u00bb\u00bf", "a: &b [*b]\n", ": ", "#", "\r", "\0");
  }

  private static void settings(Path file) {
    Settings settings = AllSettings.load(List.of(file), Map.of());
    if (SearchSpaceSettings.given(settings)) {
      SearchSpace space = SearchSpaceSettings.space(settings);
      ModelSettings.superTransformer(settings, space, 1000, 1000);
    }
    if (SubTransformerFile.given(settings)) {
      SubTransformerFile.fromSettings(settings);
    }
  }

  private static Format json(String name, byte[] valid, Format.Reader reader) {
    return Format.of(name, "f.json", List.of(valid), reader)
        .withWords(
            "{", "[", "\"", "]", "}", ":", ",", "{\"a\":", "\\u", "\\", "1e99999999", "null");
  }

  private static byte[] predictor(Path folder) {
    Path file = folder.resolve("predictor.json");
    LatencyFiles.predictor().save(file);
    return bytes(file);
  }

  private static void predict(Path file) {
    LatencyPredictor.load(file).predictMs(ReverseTask.SPACE.largest());
  }

  private static byte[] searchState() {
    SubTransformer one = ReverseTask.SPACE.largest();
    String architecture = Json.line(ConfigurationDictionary.toJson(one));
    return (String.format(
            Locale.ROOT,
            """
        {"iteration":1,"population":[[0,1,2,1,0,0,1],[1,1,1,0,0,1,0]],
         "candidates":[{"architecture":%s,"loss":2.5,"generation":1,"figures":{"bleu":3.5}}],
         "costs":[{"architecture":%s,"cost":12.5}]}
        """,
            architecture,
            architecture))
        .getBytes(StandardCharsets.UTF_8);
  }

  private static void searchState(Path file) {
    SearchState.fromJson(Json.read(file), file.toString()).toJson();
  }

  /** The report reads forgivingly: it leaves out and says so. A folder of nothing else refuses. */
  private static List<Format> report(Path folder) throws IOException {
    Path example = folder.resolve("example");
    ExampleFolder.write(example, 20);
    List<Format> formats = new ArrayList<>();
    for (String name :
        List.of(
            "summary.json",
            "search/candidates.jsonl",
            "search/front.json",
            "search/router-weights.json",
            "latency/predictor.json",
            "subtransformer/metrics.jsonl",
            "translations.jsonl")) {
      formats.add(
          json(
              "report " + name,
              bytes(example.resolve(name)),
              (file, out) -> {
                Path copy = out.resolve(Format.OUT).resolve(name);
                Files.createDirectories(copy.getParent());
                Files.copy(file, copy, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
                ReportPage.write(out.resolve(Format.OUT));
                Json.read(file);
              }));
    }
    return formats;
  }

  private static Format csv() {
    return Format.of(
            "CSV latency dataset",
            "d.csv",
            List.of(
                LatencyFiles.hatCsv().getBytes(StandardCharsets.UTF_8),
                LatencyFiles.csv().getBytes(StandardCharsets.UTF_8)),
            (file, folder) -> LatencyDataset.read(file))
        .withWords(
            ",", "\n", "\r\n", "\"", ";", "latency_mean_encoder", "1e400", "\u00ef\u00bb\u00bf");
  }

  private static Format dictionary() {
    return Format.of("dictionary", "dict.txt", List.of(DICTIONARY), (f, folder) -> dictionary(f))
        .withWords(
            " ", "\n", " #fairseq:overwrite", "<unk> 1\n", "\u00c2\u0085", "\u00e2\u0080\u00a8")
        .withWords("\r", "\t", "\0", "\u00ff");
  }

  private static void dictionary(Path file) {
    Dictionary dictionary = Dictionary.load(file);
    dictionary.hash();
    dictionary.string(dictionary.encode("the Haus@@ x"), true);
  }

  private static Format codes() {
    return Format.of(
            "BPE codes",
            "codes",
            List.of(bytes(TEXT.resolve("codes-400"))),
            (f, out) -> {
              BpeEncoder encoder = new BpeEncoder(BpeCodes.read(f));
              encoder.encode("Das Haus ist gr\u00fcn .");
            })
        .withWords(
            " ", "\n", "</w>", "#version: 0.2\n", "#version: 0.1\n", "\u00c2\u00a0", "\0", "\r");
  }

  private static List<Format> text() {
    List<byte[]> files = List.of(bytes(TEXT.resolve("de.txt")), bytes(TEXT.resolve("fr.bpe")));
    Dictionary symbols = Dictionary.fromCounts(Map.of("der", 3L, "est", 2L), 0, 1, 8);
    return List.of(
        broken(Format.of("text corpus", "t.en", files, (f, out) -> corpus(f, symbols))),
        broken(Format.of("text to tokenise", "t.en", files, (f, out) -> tokenised(f))),
        broken(Format.of("gzip", "d.gz", List.of(gzipped(DICTIONARY)), (f, out) -> dictionary(f))));
  }

  private static Format broken(Format format) {
    return format
        .withWords("\u00c0\u0080", "\u00ed\u00a0\u0080", "\u00f5\u0080\u0080\u0080", "\u00ff")
        .withWords("\u00e2\u0080", "\u00e2\u0080\u00a8", "\u00c2\u0085", "\u00ef\u00bb\u00bf", "\0")
        .withWords("\n", "\r", "\u00f0\u009f\u0098\u0080", "&#x", "@@ ", "\u00cc\u0081");
  }

  private static void corpus(Path file, Dictionary symbols) {
    try (TokenCorpus corpus = TokenCorpus.open(file, symbols)) {
      for (int i = 0; i < Math.min(MOST_SENTENCES, corpus.size()); i++) {
        corpus.get(i);
      }
    }
  }

  private static void tokenised(Path file) throws IOException {
    LineFilter.apply(
        new ByteArrayInputStream(Files.readAllBytes(file)),
        new ByteArrayOutputStream(),
        new MosesTokenizer("de")::tokenize,
        1);
  }

  static byte[] gzipped(byte[] bytes) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }
}
