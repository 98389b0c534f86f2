package mos.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.ibm.icu.util.ULocale;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TimeZone;
import java.util.stream.Stream;
import mos.base.ConfigurationException;
import mos.sample.SampleCorpus.Splits;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class SampleCorpusTest {
  private static final SampleCorpusSettings SMALL = new SampleCorpusSettings(1, 800, 100, 100);
  private static final String GOLDEN =
      "06fb459e87255d0dd9397fa0378d50ad1ee16235144640b7e7ed24a9a26d6d12";

  @Test
  void thousandPairsHaveTheGoldenChecksum() throws Exception {
    assertThat(sha256(SampleCorpus.generate(SMALL))).isEqualTo(GOLDEN);
  }

  @Test
  void corpusIgnoresTheMachinesLocaleAndTimeZone() throws Exception {
    Locale locale = Locale.getDefault();
    ULocale icuLocale = ULocale.getDefault();
    TimeZone zone = TimeZone.getDefault();
    com.ibm.icu.util.TimeZone icuZone = com.ibm.icu.util.TimeZone.getDefault();
    try {
      Locale.setDefault(Locale.forLanguageTag("tr-TR"));
      ULocale.setDefault(new ULocale("ar_EG"));
      TimeZone.setDefault(TimeZone.getTimeZone("Pacific/Auckland"));
      com.ibm.icu.util.TimeZone.setDefault(
          com.ibm.icu.util.TimeZone.getTimeZone("Pacific/Auckland"));
      assertThat(sha256(SampleCorpus.generate(SMALL))).isEqualTo(GOLDEN);
    } finally {
      ULocale.setDefault(icuLocale);
      Locale.setDefault(locale);
      TimeZone.setDefault(zone);
      com.ibm.icu.util.TimeZone.setDefault(icuZone);
    }
  }

  @Test
  @Timeout(20)
  void defaultCorpusIsCleanAndItsSplitsDoNotOverlap() {
    Splits splits = SampleCorpus.generate(SampleCorpusSettings.withSeed(7));
    assertThat(splits.train()).hasSize(40_000);
    assertThat(splits.valid()).hasSize(1_000);
    assertThat(splits.test()).hasSize(1_000);
    Set<String> english = new HashSet<>();
    Set<String> german = new HashSet<>();
    all(splits)
        .forEach(
            pair -> {
              assertThat(english.add(pair.en())).as(pair.en()).isTrue();
              assertThat(german.add(pair.de())).as(pair.de()).isTrue();
              checkSide(pair.en());
              checkSide(pair.de());
            });
  }

  private static void checkSide(String text) {
    assertThat(text).isEqualTo(text.strip()).doesNotContain("  ", "{", "}", "\n", "\t");
    assertThat(text).doesNotContain("\u00AD", "\u00A0", "\u202F");
    assertThat(text.split(" ")).as(text).hasSizeBetween(4, 30);
    assertThat(text).matches("\\P{Ll}.*[.?]");
  }

  @Test
  void otherSeedGivesOtherCorpus() throws Exception {
    Splits other = SampleCorpus.generate(new SampleCorpusSettings(2, 800, 100, 100));
    assertThat(sha256(other)).isNotEqualTo(GOLDEN);
  }

  @Test
  void testSplitDoesNotDependOnTheTrainingSize() {
    Splits larger = SampleCorpus.generate(new SampleCorpusSettings(1, 900, 100, 100));
    Splits smaller = SampleCorpus.generate(SMALL);
    assertThat(larger.test()).isEqualTo(smaller.test());
    assertThat(larger.valid()).isEqualTo(smaller.valid());
  }

  @Test
  void sixFilesHoldTheSplitsLineByLine(@TempDir Path folder) throws IOException {
    SampleCorpus.write(folder.resolve("raw"), SMALL);
    Splits splits = SampleCorpus.generate(SMALL);
    assertThat(Files.readString(folder.resolve("raw/train.en")))
        .endsWith("\n")
        .doesNotContain("\r");
    assertThat(Files.readAllLines(folder.resolve("raw/train.de")))
        .isEqualTo(splits.train().stream().map(SentencePair::de).toList());
    assertThat(Files.readAllLines(folder.resolve("raw/test.en")))
        .isEqualTo(splits.test().stream().map(SentencePair::en).toList());
    assertThat(Files.readAllLines(folder.resolve("raw/valid.de"))).hasSize(100);
  }

  @Test
  void sizesOutOfRangeAreConfigurationErrors() {
    assertThatThrownBy(() -> new SampleCorpusSettings(1, 10, 0, 10))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("got 0 valid pairs");
  }

  private static Stream<SentencePair> all(Splits splits) {
    return Stream.of(splits.train(), splits.valid(), splits.test()).flatMap(List::stream);
  }

  private static String sha256(Splits splits) throws Exception {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    all(splits)
        .forEach(
            pair ->
                digest.update(
                    (pair.en() + "\t" + pair.de() + "\n").getBytes(StandardCharsets.UTF_8)));
    return HexFormat.of().formatHex(digest.digest());
  }
}
