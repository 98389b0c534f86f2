package mos.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import mos.base.Json;
import org.assertj.core.data.Offset;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Scores of sacrebleu 2.6.0 and multi-bleu.perl. */
class GoldenScoresTest {
  private static final Offset<Double> TOLERANCE = within(1e-6);

  static Stream<JsonNode> sacre() {
    return cases("sacre");
  }

  static Stream<JsonNode> tokenised() {
    return cases("tokenised");
  }

  private static Stream<JsonNode> cases(String kind) {
    JsonNode all = Json.read(Path.of("src/test/resources/golden/text/bleu.json"));
    return StreamSupport.stream(all.spliterator(), false)
        .filter(c -> c.get("kind").asText().equals(kind));
  }

  @ParameterizedTest
  @MethodSource("sacre")
  void sacreBleuEqualsSacrebleu(JsonNode c) {
    SacreBleu bleu = SacreBleu.of(strings(c, "sys"), strings(c, "ref"), false);
    assertThat(bleu.score()).isCloseTo(c.get("bleu").asDouble(), TOLERANCE);
    assertThat(bleu.brevityPenalty()).isCloseTo(c.get("bp").asDouble(), TOLERANCE);
    assertThat(bleu.systemLength()).isEqualTo(c.get("sys_len").asLong());
    assertThat(bleu.referenceLength()).isEqualTo(c.get("ref_len").asLong());
    assertThat(bleu.signature()).isEqualTo(c.get("signature").asText());
    for (int n = 0; n < 4; n++) {
      assertThat(bleu.precisions().get(n))
          .isCloseTo(c.get("precisions").get(n).asDouble(), TOLERANCE);
      assertThat(bleu.counts().get(n)).isEqualTo(c.get("counts").get(n).asLong());
      assertThat(bleu.totals().get(n)).isEqualTo(c.get("totals").get(n).asLong());
    }
  }

  @ParameterizedTest
  @MethodSource("sacre")
  void lowerCasedSacreBleuEqualsSacrebleu(JsonNode c) {
    SacreBleu bleu = SacreBleu.of(strings(c, "sys"), strings(c, "ref"), true);
    assertThat(bleu.score()).isCloseTo(c.get("bleu_lowercase").asDouble(), TOLERANCE);
    assertThat(bleu.signature()).contains("case:lc");
  }

  @ParameterizedTest
  @MethodSource("sacre")
  void chrfEqualsSacrebleu(JsonNode c) {
    assertThat(new Chrf(0, false).of(strings(c, "sys"), strings(c, "ref")))
        .isCloseTo(c.get("chrf2").asDouble(), TOLERANCE);
  }

  @ParameterizedTest
  @MethodSource("tokenised")
  void bleuLineEqualsMultiBleu(JsonNode c) {
    List<String> system = strings(c, "sys");
    List<String> reference = strings(c, "ref");
    assertThat(Bleu.of(system, reference).line()).isEqualTo(c.get("multi_bleu").asText());
    Bleu split =
        Bleu.of(
            system.stream().map(Bleu::splitCompounds).toList(),
            reference.stream().map(Bleu::splitCompounds).toList());
    assertThat(split.line()).isEqualTo(c.get("multi_bleu_compound_split").asText());
  }

  private static List<String> strings(JsonNode c, String key) {
    List<String> lines = new ArrayList<>();
    c.get(key).forEach(line -> lines.add(line.asText()));
    return lines;
  }
}
