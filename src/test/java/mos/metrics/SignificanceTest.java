package mos.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import mos.base.Json;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Figures of sacrebleu 2.6.0 on made-up segments: three systems, one and two references. */
class SignificanceTest {
  private static final JsonNode ALL =
      Json.read(Path.of("src/test/resources/golden/text/significance.json"));

  /** sacrebleu resamples in single precision. */
  private static final Offset<Double> RESAMPLED = within(1e-4);

  static Stream<JsonNode> cases() {
    return StreamSupport.stream(ALL.get("cases").spliterator(), false);
  }

  private static CorpusMetric metric(String name) {
    return switch (name) {
      case "BLEU" -> new SacreBleu.Metric(false);
      case "BLEULC" -> new SacreBleu.Metric(true);
      case "CHRF" -> new Chrf(0, false);
      case "CHRF2" -> new Chrf(2, false);
      case "TER" -> new Ter(false);
      default -> new Ter(true);
    };
  }

  @ParameterizedTest
  @MethodSource("cases")
  void scoresIntervalsAndProbabilitiesEqualSacrebleus(JsonNode c) {
    CorpusMetric metric = metric(c.get("metric").asText());
    assertThat(metric.name()).isEqualTo(c.get("name").asText());
    List<List<String>> references =
        IntStream.range(0, c.get("references").asInt())
            .mapToObj(r -> strings(ALL.get("references").get(r)))
            .toList();
    Significance significance = new Significance(metric, Significance.DEFAULT_SEED);
    boolean bootstrap = c.get("test").asText().equals("bs");
    Significance.Test test =
        bootstrap
            ? Significance.Test.PAIRED_BOOTSTRAP
            : Significance.Test.APPROXIMATE_RANDOMISATION;
    int trials = c.get("trials").asInt();
    int samples = c.get("samples").asInt();
    double[][] first = null;
    for (int s = 0; s < 3; s++) {
      double[][] segments = metric.segments(strings(ALL.get("systems").get(s)), references);
      JsonNode expected = c.get("results").get(s);
      assertThat(metric.score(CorpusMetric.sum(segments)))
          .isCloseTo(expected.get("score").asDouble(), within(1e-9));
      Significance.Interval interval = null;
      if (first == null) {
        first = segments;
        int drawn = bootstrap ? trials : samples;
        interval = drawn == 0 ? null : significance.interval(segments, drawn);
      } else {
        Significance.Difference found =
            significance.compare(test, first, segments, trials, samples);
        interval = found.interval();
        assertThat(found.pValue()).isEqualTo(expected.get("p").asDouble());
      }
      if (expected.get("ci").isNull()) {
        assertThat(interval).isNull();
      } else {
        assertThat(interval.mean()).isCloseTo(expected.get("mean").asDouble(), RESAMPLED);
        assertThat(interval.halfWidth()).isCloseTo(expected.get("ci").asDouble(), RESAMPLED);
      }
    }
  }

  @Test
  void editsEqualTercoms() {
    for (JsonNode c : ALL.get("edits")) {
      int[] output = c.get(0).asText().chars().toArray();
      int[] reference = c.get(1).asText().chars().toArray();
      assertThat(EditsWithShifts.count(output, reference)).as("%s", c).isEqualTo(c.get(2).asInt());
    }
  }

  @Test
  void drawsEqualNumpys() {
    long[] seeds = {12345, 12345, 0, 42, 1L << 40};
    int[] bounds = {7, 3003, 1, 1_000_003, 2_000_000_000};
    for (int i = 0; i < seeds.length; i++) {
      Pcg64 random = new Pcg64(seeds[i]);
      for (JsonNode drawn : ALL.get("choice").get(i)) {
        assertThat(random.next(bounds[i])).isEqualTo(drawn.asInt());
      }
    }
    Pcg64 random = new Pcg64(12345);
    Pcg64.Bits bits = random.new Bits();
    for (JsonNode bit : ALL.get("bits")) {
      assertThat(bits.next() ? 1 : 0).isEqualTo(bit.asInt());
    }
  }

  @Test
  void equalSystemsDoNotDiffer() {
    CorpusMetric metric = new Ter(false);
    List<String> system = List.of("a b c", "d e f g");
    double[][] segments = metric.segments(system, List.of(List.of("a c b", "d f g")));
    for (Significance.Test test : Significance.Test.values()) {
      double p = new Significance(metric, 1).compare(test, segments, segments, 100, 0).pValue();
      // As sacrebleu: of equals, no trial is beyond the difference.
      assertThat(p).isLessThanOrEqualTo(1.0);
      assertThat(p).isEqualTo(1.0 / 101);
    }
  }

  @Test
  void aShiftOfARunIsOneEdit() {
    assertThat(Arrays.toString(new Ter(false).statistics("D e f a b c", List.of("a b c d E f"))))
        .isEqualTo("[1.0, 6.0]");
  }

  private static List<String> strings(JsonNode array) {
    List<String> strings = new ArrayList<>();
    array.forEach(node -> strings.add(node.asText()));
    return strings;
  }
}
