package mos.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import mos.base.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class TextCommandsTest {
  private static final Path GOLDEN = Path.of("src/test/resources/golden/text");

  @TempDir Path folder;

  private String error = "";

  private byte[] run(int exitCode, byte[] input, Object command, String... arguments) {
    InputStream in = System.in;
    PrintStream out = System.out;
    ByteArrayOutputStream captured = new ByteArrayOutputStream();
    try {
      System.setIn(new ByteArrayInputStream(input));
      System.setOut(new PrintStream(captured, true, StandardCharsets.UTF_8));
      CommandLine line = new CommandLine(command);
      line.setExecutionExceptionHandler(
          (e, c, parsed) -> {
            error = e.getMessage();
            return 1;
          });
      assertThat(line.execute(arguments)).isEqualTo(exitCode);
    } finally {
      System.setIn(in);
      System.setOut(out);
    }
    return captured.toByteArray();
  }

  private static byte[] golden(String name) throws Exception {
    return Files.readAllBytes(GOLDEN.resolve(name));
  }

  @Test
  void tokenizeMatchesTokenizerPerlOnSeveralThreads() throws Exception {
    byte[] text = golden("de.txt");
    assertThat(run(0, text, new TokenizeCommand(), "-l", "de")).isEqualTo(golden("de.tok"));
    assertThat(run(0, text, new TokenizeCommand(), "--language", "de", "-a", "--threads", "3"))
        .isEqualTo(golden("de.tok-aggressive"));
    assertThat(run(0, text, new TokenizeCommand(), "-l", "de", "--no-escape"))
        .isEqualTo(golden("de.tok-no-escape"));
  }

  private String line(String text, Object command, String... arguments) {
    byte[] input = text.getBytes(StandardCharsets.UTF_8);
    return new String(run(0, input, command, arguments), StandardCharsets.UTF_8);
  }

  @Test
  void tokenizeTakesTheListsAndOptionsOfMoses() throws Exception {
    String prefixes = Files.writeString(folder.resolve("prefixes"), "Foo\n").toString();
    String patterns = Files.writeString(folder.resolve("patterns"), "\\d+:\\d+\n").toString();
    assertThat(
            line(
                "Foo. Dr. X at 11:00.\n",
                new TokenizeCommand(),
                "--nonbreaking-prefixes",
                prefixes,
                "-protected",
                patterns))
        .isEqualTo("Foo. Dr . X at 11:00 .\n");
    assertThat(line("<p>\n<p> a\n", new TokenizeCommand(), "-x", "-q"))
        .isEqualTo("<p>\n&lt; p &gt; a\n");
    assertThat(line("&quot; ja : n\n", new DetokenizeCommand(), "-l", "fi", "-u"))
        .isEqualTo("\"Ja:n\n");
  }

  @Test
  void pennTakesWhatItHeedsAlone() {
    assertThat(line("<s>\n\"I can't.\"\n", new TokenizeCommand(), "-penn", "-x"))
        .isEqualTo("<s>\n`` I ca n&apos;t . &apos;&apos;\n");
    assertThat(line("`` I ca n&apos;t . &apos;&apos;\n", new DetokenizeCommand(), "--penn"))
        .isEqualTo("\"I can't.\"\n");
    run(1, new byte[0], new TokenizeCommand(), "-penn", "-a");
    assertThat(error).contains("--penn").contains("--aggressive");
    run(1, new byte[0], new DetokenizeCommand(), "-penn", "-l", "de");
    assertThat(error).contains("got language de, must be en");
  }

  @Test
  void detokenizeAndNormalizeMatchMoses() throws Exception {
    assertThat(run(0, golden("fr.tok"), new DetokenizeCommand(), "-l", "fr"))
        .isEqualTo(golden("fr.detok"));
    assertThat(run(0, golden("fr.txt"), new NormalizePunctuationCommand(), "-l", "fr"))
        .isEqualTo(golden("fr.norm"));
  }

  @Test
  void bpeCommandsMatchSubwordNmt() throws Exception {
    byte[] codes = run(0, golden("bpe-train.tok"), new LearnBpeCommand(), "-s", "400");
    assertThat(codes).isEqualTo(golden("codes-400"));
    Path file = Files.write(folder.resolve("codes"), codes);
    assertThat(run(0, golden("fr.tok"), new ApplyBpeCommand(), "-c", file.toString()))
        .isEqualTo(golden("fr.bpe"));
    assertThat(
            run(
                0,
                golden("de.tok"),
                new ApplyBpeCommand(),
                "--codes=" + file,
                "--vocabulary=" + GOLDEN.resolve("de.vocab"),
                "--vocabulary-threshold=20"))
        .isEqualTo(golden("de.bpe-threshold20"));
  }

  @Test
  void malformedBytesAreReplacedAndOnlyLineFeedEndsALine() {
    byte[] input = {'a', (byte) 0xff, '\r', 'b', '\n', 'c'};
    assertThat(new String(run(0, input, new TokenizeCommand()), StandardCharsets.UTF_8))
        .isEqualTo("a \ufffd b\nc\n");
  }

  @Test
  void scorePrintsTheLineOrJson() throws Exception {
    String file = Files.writeString(folder.resolve("x"), "a b c d\n").toString();
    assertThat(run(0, new byte[0], new ScoreCommand(), "--sys", file, "--ref", file))
        .asString(StandardCharsets.UTF_8)
        .isEqualTo(
            "BLEU = 100.00, 100.0/100.0/100.0/100.0"
                + " (BP=1.000, ratio=1.000, hyp_len=4, ref_len=4)\n");
    byte[] json =
        run(
            0,
            new byte[0],
            new ScoreCommand(),
            "--sys=" + file,
            "--ref=" + file,
            "--sacrebleu",
            "--chrf",
            "--json");
    String text = new String(json, StandardCharsets.UTF_8);
    assertThat(Json.parse(text, "score").get("signature").asText()).contains("tok:13a");
    assertThat(Json.parse(text, "score").get("chrf2").asDouble()).isEqualTo(100);
  }

  @Test
  void scoreSetsSystemsSideBySide() throws Exception {
    String reference =
        Files.writeString(folder.resolve("r"), "a b c d e\n".repeat(40) + "v w x y z\n").toString();
    String other =
        Files.writeString(folder.resolve("r2"), "a b c e\n".repeat(40) + "v w x y z\n").toString();
    String good =
        Files.writeString(folder.resolve("good"), "a b c d e\n".repeat(40) + "v w\n").toString();
    String bad =
        Files.writeString(folder.resolve("bad"), "a b d c e f\n".repeat(40) + "v w\n").toString();
    String[] options = {
      "--sys", bad, good, "--ref", reference, other, "-m", "bleu", "ter", "--paired-bs"
    };
    String table =
        new String(run(0, new byte[0], new ScoreCommand(), options), StandardCharsets.UTF_8);
    assertThat(table)
        .contains("baseline: " + bad)
        .containsPattern("good .*0\\.0010 {2}\\*.*0\\.0010 {2}\\*")
        .contains("BLEU|nrefs:2|bs:1000|seed:12345|case:mixed|eff:no|tok:13a|smooth:exp|version:2")
        .doesNotContain("chrF");
    String json =
        new String(
            run(0, new byte[0], new ScoreCommand(), with(options, "--json")),
            StandardCharsets.UTF_8);
    assertThat(Json.parse(json, "score").at("/systems/1/scores/1/name").asText()).isEqualTo("TER");
    assertThat(Json.parse(json, "score").at("/systems/1/scores/1/p_value").asDouble())
        .isLessThan(0.01);
    assertThat(Json.parse(json, "score").has("bleu")).isFalse();
  }

  private static String[] with(String[] options, String more) {
    String[] all = Arrays.copyOf(options, options.length + 1);
    all[options.length] = more;
    return all;
  }

  @Test
  void scoreRefusesDifferentLineCounts() throws Exception {
    Path one = Files.writeString(folder.resolve("one"), "a\n");
    Path two = Files.writeString(folder.resolve("two"), "a\nb\n");
    run(1, new byte[0], new ScoreCommand(), "--sys=" + one, "--ref=" + two);
    assertThat(error).contains("got 1").contains("and 2");
  }

  @Test
  void outputGoesWhereItsNameLeads() throws Exception {
    Path text = Files.writeString(folder.resolve("text"), "low low lower\n");
    Path real = Files.writeString(folder.resolve("real"), "old");
    Path link = Files.createSymbolicLink(folder.resolve("link"), real);
    String[] learn = {"-i", text.toString(), "-s", "2", "-o", link.toString()};
    run(0, new byte[0], new LearnBpeCommand(), learn);
    assertThat(link).isSymbolicLink();
    String codes = "#version: 0.2\nl o\nlo w</w>\n";
    assertThat(Files.readString(real)).isEqualTo(codes);
    Path log = folder.resolve("log");
    for (String name : List.of("/dev/stdout", "/dev/fd/1", "/proc/self/fd/1")) {
      if (!Files.exists(Path.of(name))) {
        continue;
      }
      try (RunProcess process =
          RunProcess.start(
              log, ProcessBuilder.Redirect.PIPE, "learn-bpe", "-i", text, "-s", 2, "-o", name)) {
        assertThat(new String(process.out().readAllBytes(), StandardCharsets.UTF_8))
            .as(name + process.output())
            .isEqualTo(codes);
        process.succeeded();
      }
    }
  }
}
