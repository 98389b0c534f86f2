package mos.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import mos.base.ConfigurationException;
import mos.base.MosException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsTest {
  private static final Setting<Integer> MAX_TOKENS =
      Setting.ofInt("max-tokens").range(1, 100_000).unit("tokens").defaultsTo(4096);
  private static final Setting<Double> LR = Setting.ofDouble("lr").range(0, 1);
  private static final Setting<List<Double>> BETAS = Setting.ofDoubles("adam-betas").range(0, 1);
  private static final Setting<List<Integer>> LAYERS =
      Setting.ofInts("decoder-layer-num-choice").range(1, 6);
  private static final Setting<Boolean> SHARE =
      Setting.ofBoolean("share-all-embeddings").defaultsTo(false);
  private static final Setting<String> SCHEDULE =
      Setting.ofChoice("lr-scheduler", "cosine", "inverse_sqrt");
  private static final Setting<Path> DATA = Setting.ofPath("data");
  private static final List<Setting<?>> KNOWN =
      List.of(MAX_TOKENS, LR, BETAS, LAYERS, SHARE, SCHEDULE, DATA);

  @TempDir Path folder;

  private static Settings parse(String yaml) {
    return Settings.parse(yaml, "a.yml", KNOWN);
  }

  private Path file(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  @Test
  void valuesOfEveryTypeAreRead() {
    Settings settings =
        parse(
            """
            # comment
            lr: 1e-7
            adam-betas: (0.9, 0.98)
            decoder_layer_num_choice: [6, 5]
            share-all-embeddings: True
            lr-scheduler: inverse_sqrt
            data: data/binary
            """);
    assertThat(settings.get(LR)).isEqualTo(1e-7);
    assertThat(settings.get(BETAS)).containsExactly(0.9, 0.98);
    assertThat(settings.get(LAYERS)).containsExactly(6, 5);
    assertThat(settings.get(SHARE)).isTrue();
    assertThat(settings.get(SCHEDULE)).isEqualTo("inverse_sqrt");
    assertThat(settings.get(DATA)).isEqualTo(Path.of("data/binary"));
    assertThat(settings.get(MAX_TOKENS)).isEqualTo(4096);
    assertThat(settings.has(MAX_TOKENS)).isFalse();
    assertThat(settings.where(BETAS)).isEqualTo("a.yml:3");
  }

  @Test
  void scalarIsAListOfOneAndAListOfOneIsAScalar() {
    Settings settings = parse("decoder-layer-num-choice: 6\nmax-tokens: [7]\n");
    assertThat(settings.get(LAYERS)).containsExactly(6);
    assertThat(settings.get(MAX_TOKENS)).isEqualTo(7);
  }

  @Test
  void laterFilesWinAndTheCommandLineWinsOverAll() throws IOException {
    Path first = file("1.yml", "max-tokens: 1\nlr: 0.1\nshare-all-embeddings: true\n");
    Path second = file("2.yml", "max-tokens: 2\nlr: 0.2\n");
    Settings settings = Settings.load(List.of(first, second), Map.of("max_tokens", "3"), KNOWN);
    assertThat(settings.get(MAX_TOKENS)).isEqualTo(3);
    assertThat(settings.get(LR)).isEqualTo(0.2);
    assertThat(settings.get(SHARE)).isTrue();
    assertThat(settings.where(LR)).isEqualTo(second + ":2");
    assertThat(settings.where(MAX_TOKENS)).contains("command line");
    assertThat(settings.toMap())
        .containsEntry("max-tokens", 3)
        .containsEntry("share-all-embeddings", true)
        .doesNotContainKey("data");
  }

  @Test
  void errorsNameKeyValueNeedAndPlace() {
    assertThatThrownBy(() -> parse("lr: 0.1\ndecoder-layer-num-choice: [6, 7]\n"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "decoder-layer-num-choice: got 7, must be a list of whole numbers in 1..6 (a.yml:2)");
    assertThatThrownBy(() -> parse("max-tokens: many"))
        .hasMessage(
            "max-tokens: got many, must be a whole number in 1..100000, in tokens (a.yml:1)");
    assertThatThrownBy(() -> parse("lr-scheduler: linear"))
        .hasMessage("lr-scheduler: got linear, must be one of cosine, inverse_sqrt (a.yml:1)");
    assertThatThrownBy(() -> parse("").get(LR)).hasMessageStartingWith("lr: not given, need");
    assertThat(parse("lr: 0.5").error(LR, "below max-lr"))
        .hasMessage("lr: got 0.5, must be below max-lr (a.yml:1)");
  }

  @Test
  void unknownKeyNamesTheNearestKnownOne() {
    assertThatThrownBy(() -> parse("\nmax-token: 5"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage("unknown key max-token, nearest known key: max-tokens (a.yml:2)");
  }

  @Test
  void keysOfOtherProgramsAreIgnored() {
    assertThat(parse("fp16: True\nddp_backend: no_c10d\narch: x\nlr: 0.1").toMap())
        .containsOnlyKeys("lr", "max-tokens", "share-all-embeddings");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "lr: .nan",
        "lr: 1e999",
        "lr:",
        "lr: 0x1p3",
        "lr: 1f",
        "lr: {a: 1}",
        "lr: [0.1, 0.2]",
        "max-tokens: 99999999999",
        "max-tokens: 1.5",
        "max-tokens: ''",
        "max-tokens: 1e3",
        "adam-betas: [[0.9], 0.98]",
        "adam-betas: []",
        "adam-betas: (0.9,)",
        "lr: !!java.lang.Double 1",
        "lr: *x",
        "- lr",
        "just text",
        "lr: 1\nlr: 1",
        "max-tokens: 1\nmax_tokens: 1",
        "lr: 1\n---\nlr: 1",
        "lr: [1",
        "\"lr",
        "? [a]\n: 1",
        "share-all-embeddings: maybe",
        "\u0000",
        "\t- a",
        "data: \"a\\0b\"",
        "lr: !<tag: 1"
      })
  void badInputIsAConfigurationError(String yaml) {
    assertThatThrownBy(() -> parse(yaml)).isInstanceOf(ConfigurationException.class);
  }

  @Test
  void aliasesWorkAndNestingIsRefusedAtOnce() {
    assertThat(parse("adam-betas: &b [0.9, 0.98]\n").get(BETAS)).hasSize(2);
    assertThatThrownBy(() -> parse("adam-betas: " + "[".repeat(100_000)))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("nested");
  }

  @Test
  void oversizedBrokenAndMissingFilesAreNamed() throws IOException {
    Path large = file("large.yml", "#".repeat((1 << 20) + 1));
    Path broken = folder.resolve("broken.yml");
    Files.write(broken, new byte[] {'l', 'r', ':', (byte) 0xff});
    for (Path file : List.of(large, broken, folder.resolve("missing.yml"), folder)) {
      assertThatThrownBy(() -> Settings.load(List.of(file), Map.of(), KNOWN))
          .isInstanceOf(MosException.class)
          .hasMessageContaining(file.toString());
    }
  }

  @Test
  void randomTextNeverEscapesAsAnotherException() {
    String alphabet = "lr: \n[]{}-&*!|>'\"%@#?,01\t~\\x";
    Random random = new Random(1);
    for (int i = 0; i < 20_000; i++) {
      StringBuilder text = new StringBuilder();
      for (int k = random.nextInt(30); k >= 0; k--) {
        text.append(alphabet.charAt(random.nextInt(alphabet.length())));
      }
      try {
        parse(text.toString());
      } catch (ConfigurationException expected) {
        assertThat(expected.getMessage()).isNotBlank();
      }
    }
  }

  @Test
  void defaultOutsideTheRangeIsAProgrammingError() {
    assertThatThrownBy(() -> Setting.ofInt("n").range(1, 2).defaultsTo(3))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> parse("").get(Setting.ofInt("other")))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void filesOfOtherEditorsAreRead() throws IOException {
    Path file = file("b.yml", "\ufeffmax-tokens: 7\r\n\r\nlr: 0.5\r\n\r\n");
    Settings settings = Settings.load(List.of(file), Map.of(), KNOWN);
    assertThat(settings.get(MAX_TOKENS)).isEqualTo(7);
    assertThat(settings.get(LR)).isEqualTo(0.5);
    assertThatThrownBy(() -> parse("max-tokens: 7\n\tlr: 0.5\n"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("a.yml:2");
  }

  @Test
  void whatIsAskedForIsNoted() {
    Set<String> asked = new TreeSet<>();
    Settings noting = parse("lr: 0.5").noting(setting -> asked.add(setting.key()));
    noting.get(LR);
    noting.find(DATA);
    noting.has(SHARE);
    noting.where(SCHEDULE);
    noting.toMap();
    assertThat(asked).containsExactly("data", "lr", "share-all-embeddings");
  }

  @Test
  void aCommandAsksForWhatItDeclares() {
    Settings own = parse("lr: 0.5").only(List.of(LR, SHARE), "train");
    assertThat(own.get(LR)).isEqualTo(0.5);
    assertThat(own.noting(setting -> {}).has(SHARE)).isFalse();
    assertThatThrownBy(() -> own.get(MAX_TOKENS))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("train reads max-tokens and does not declare it");
    assertThatThrownBy(() -> own.renamed(Map.of(), KNOWN).has(DATA))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aSettingSaysWhatItDoesToAResult() {
    assertThat(LR.effect()).isEqualTo(Effect.RESULT);
    assertThat(LR.effect(Effect.NONE).doc("other").basic().effect()).isEqualTo(Effect.NONE);
    assertThat(Effect.EXTENDS.goesOn(false)).isTrue();
    assertThat(Effect.EXTENDS.goesOn(true)).isFalse();
    assertThat(Effect.GROWS.goesOn(true)).isTrue();
    assertThat(Effect.RESULT.goesOn(false)).isFalse();
  }
}
