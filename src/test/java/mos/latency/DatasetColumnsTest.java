package mos.latency;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import mos.space.Dimension;
import mos.space.DimensionKind;
import mos.space.SearchSpace;
import mos.space.SubTransformer;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Datasets and predictors know of every optional dimension, the next one too. */
class DatasetColumnsTest {
  @TempDir Path folder;

  static Stream<DimensionKind> optionalKinds() {
    return Arrays.stream(DimensionKind.values())
        .filter(kind -> kind.optional() && kind != DimensionKind.EXPERT_FFN);
  }

  private static SearchSpace with(DimensionKind kind) {
    SearchSpace space = LatencyRows.SPACE;
    for (Dimension dimension : kind.dimensions()) {
      space = space.with(dimension, List.of(2, 1));
    }
    return space;
  }

  /** A layer's choice is what costs. */
  private static LatencyRow row(SubTransformer a, DimensionKind kind) {
    Dimension dimension = kind.dimensions().get(1);
    double ms = a.values(dimension).stream().mapToInt(value -> value == 2 ? 30 : 10).sum();
    return LatencyRow.of(a, new Latency(0, ms, 0, 0, 0));
  }

  @ParameterizedTest
  @MethodSource("optionalKinds")
  void layersAreReadAndPredictedFrom(DimensionKind kind) throws Exception {
    SearchSpace space = with(kind);
    LatencyCsv form = LatencyCsv.of(space);
    SplittableRandom random = new SplittableRandom(2);
    List<LatencyRow> rows =
        IntStream.range(0, 200).mapToObj(i -> row(space.sample(random), kind)).toList();
    StringBuilder csv = new StringBuilder(form.header());
    rows.forEach(row -> csv.append(form.line(row)));
    Path file = Files.writeString(folder.resolve("latency.csv"), csv);
    assertThat(LatencyCsv.read(file)).isEqualTo(rows);
    AdditiveModel model = AdditiveFit.fit(rows);
    LatencyRow other = row(space.sample(random), kind);
    assertThat(model.ms(LatencyInput.of(other.architecture().orElseThrow())) / other.ms())
        .isBetween(0.95, 1.05);
  }
}
