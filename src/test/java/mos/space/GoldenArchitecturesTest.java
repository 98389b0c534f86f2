package mos.space;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import mos.base.Json;
import org.junit.jupiter.api.Test;

class GoldenArchitecturesTest {
  private static final Path SHARED = Path.of("../shared/golden");

  @Test
  void featuresAndParametersEqualTheReferences() throws IOException {
    String resource = "/golden/space/architectures.json";
    try (InputStream in = getClass().getResourceAsStream(resource)) {
      JsonNode files = Json.parse(new String(in.readAllBytes(), StandardCharsets.UTF_8), resource);
      assertThat(files).hasSize(6).allSatisfy(GoldenArchitecturesTest::check);
    }
  }

  @Test
  void sharedGoldenFilesAgreeToo() throws IOException {
    assumeTrue(Files.isDirectory(SHARED));
    try (Stream<Path> files = Files.list(SHARED)) {
      List<Path> found = files.filter(f -> f.toString().endsWith(".json")).toList();
      assertThat(found).isNotEmpty();
      for (Path file : found) {
        JsonNode golden = Json.read(file);
        if (!golden.path("kwargs").has("nexp_e")) {
          check(golden);
        }
      }
    }
  }

  private static void check(JsonNode golden) {
    JsonNode kwargs = golden.path("kwargs");
    String routing = kwargs.path("routing").asText();
    int hidden = routing.startsWith("neuron") ? kwargs.path("hyper").asInt(8) : 0;
    int experts = Math.max(1, kwargs.path("max_experts").asInt());
    boolean everySecond = kwargs.path("freq").asDouble(-1) == 0.5;
    for (JsonNode one : golden.path("cases")) {
      SubTransformer a = ConfigurationDictionary.fromJson(one.path("arch"), "golden");
      double[] expected = new double[one.path("features").size()];
      for (int i = 0; i < expected.length; i++) {
        expected[i] = one.path("features").get(i).asDouble();
      }
      boolean fine = expected.length == ArchitectureFeatures.FINE_SIZE;
      assertThat(fine ? ArchitectureFeatures.fine(a) : ArchitectureFeatures.aggregate(a))
          .as(golden.path("name").asText())
          .containsExactly(expected);
      JsonNode parameters = one.path("sampled_params_without_embedding");
      if (parameters.isNumber()) {
        var counted =
            ModelCost.supernetParametersWithoutEmbedding(
                a,
                golden.path("tiny").path("qkv").asInt(),
                new ModelCost.Experts(experts, hidden, everySecond ? 2 : 1));
        assertThat(counted).as(golden.path("name").asText()).isEqualTo(parameters.asLong());
      }
      assertThat(ConfigurationDictionary.fromJson(ConfigurationDictionary.toJson(a), "again"))
          .isEqualTo(a);
    }
  }
}
