package mos.search;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import mos.base.Json;
import mos.space.Plain;
import mos.space.SearchSpace;
import mos.space.SubTransformer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SearchCacheTest {
  private static final SearchSpace SPACE =
      Plain.space(
          List.of(640, 512),
          List.of(640, 512),
          List.of(3072, 1024),
          List.of(3072, 1024),
          List.of(2),
          List.of(3, 2, 1),
          List.of(8, 4),
          List.of(8, 4),
          List.of(8, 4),
          List.of(-1, 1, 2));
  private static final JsonNode HERE = Json.object().put("threads", 1);
  private static final JsonNode THERE = Json.object().put("threads", 2);

  @TempDir Path folder;
  private final List<SubTransformer> asked = new ArrayList<>();

  private ToDoubleFunction<SubTransformer> cached(JsonNode origin) {
    return cached(origin, true);
  }

  private ToDoubleFunction<SubTransformer> cached(JsonNode origin, boolean lasting) {
    return SearchCache.open(folder.resolve("a/cache.jsonl"))
        .around(
            origin,
            a -> {
              asked.add(a);
              double value = a.decoderLayers() == 3 ? Double.NaN : a.decoderLayers() / 3.0;
              return new SearchCache.Measured(value, lasting);
            });
  }

  @Test
  void valuesOutliveTheProcessAndBelongToTheirOrigin() {
    SubTransformer smallest = SPACE.smallest();
    double value = cached(HERE).applyAsDouble(smallest);
    assertThat(cached(HERE).applyAsDouble(smallest)).isEqualTo(value);
    assertThat(asked).hasSize(1);
    assertThat(cached(THERE).applyAsDouble(smallest)).isEqualTo(value);
    assertThat(asked).hasSize(2);
    // What is no number is asked again.
    assertThat(cached(HERE).applyAsDouble(SPACE.largest())).isNaN();
    assertThat(cached(HERE).applyAsDouble(SPACE.largest())).isNaN();
    assertThat(asked).hasSize(4);
  }

  @Test
  void whatOthersDisturbedIsMeasuredAgain() {
    SubTransformer smallest = SPACE.smallest();
    double value = cached(HERE, false).applyAsDouble(smallest);
    assertThat(cached(HERE, true).applyAsDouble(smallest)).isEqualTo(value);
    assertThat(asked).hasSize(2);
    assertThat(cached(HERE, false).applyAsDouble(smallest)).isEqualTo(value);
    assertThat(asked).hasSize(2);
  }

  @Test
  void tornLineCostsOnlyItsValue() throws Exception {
    SplittableRandom random = new SplittableRandom(1);
    List<SubTransformer> some = new ArrayList<>();
    while (some.size() < 3) {
      SubTransformer a = SPACE.sample(random);
      if (a.decoderLayers() < 3 && !some.contains(a)) {
        some.add(a);
      }
    }
    double[] values = some.stream().mapToDouble(cached(HERE)).toArray();
    Path file = folder.resolve("a/cache.jsonl");
    String whole = Files.readString(file);
    Files.writeString(file, whole.substring(0, whole.length() - 20));
    asked.clear();
    assertThat(some.stream().mapToDouble(cached(HERE)).toArray()).isEqualTo(values);
    assertThat(asked).containsExactly(some.get(2));
    asked.clear();
    assertThat(some.stream().mapToDouble(cached(HERE)).toArray()).isEqualTo(values);
    assertThat(asked).isEmpty();
  }
}
