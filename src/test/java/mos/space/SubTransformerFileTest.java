package mos.space;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import mos.base.ConfigurationException;
import mos.base.Json;
import mos.config.Settings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SubTransformerFileTest {
  @TempDir Path folder;

  @Test
  void publishedFormLoadsAndValuesBeyondTheDepthAreIgnored() throws URISyntaxException {
    Path file = Path.of(getClass().getResource("/hat/subtransformer.yml").toURI());
    SubTransformer a = SubTransformerFile.read(file);
    assertThat(a.encoderEmbedDim()).isEqualTo(640);
    assertThat(a.decoderEmbedDim()).isEqualTo(512);
    assertThat(a.values(Dimension.DECODER_FFN)).containsExactly(3072, 2048);
    assertThat(a.values(Dimension.ENCODER_DECODER_HEADS)).containsExactly(8, 8);
    assertThat(a.values(Dimension.ARBITRARY_ATTENTION)).containsExactly(-1, 1);
  }

  @Test
  void writtenFilesReadBackEqual() {
    Random random = new Random(1);
    Path file = folder.resolve("a/b.yml");
    for (int i = 0; i < 20; i++) {
      SubTransformer a = SearchSpaceTest.SMALL.sample(random);
      SubTransformerFile.write(file, a, List.of("found by a test", "evil\nkey: 1"));
      assertThat(SubTransformerFile.read(file)).isEqualTo(a);
    }
  }

  @Test
  void tooFewLayersAndMissingKeysAreNamed() {
    String yaml = SubTransformerFile.toYaml(SearchSpaceTest.SMALL.largest(), List.of());
    assertThatThrownBy(() -> parse(yaml.replace("[8, 8, 8]", "[8, 8]")))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "decoder-self-attention-heads-all-subtransformer: got [8, 8], must be a list of 3"
                + " values, one per layer (a.yml:8)");
    assertThatThrownBy(() -> parse(yaml.replace("[1, 1, 1]", "[1, 0, 1]")))
        .hasMessageContaining("-1, 1 or 2");
    assertThatThrownBy(() -> parse("")).hasMessageContaining("encoder-embed-dim-subtransformer");
  }

  private static SubTransformer parse(String yaml) {
    return SubTransformerFile.fromSettings(
        Settings.parse(yaml, "a.yml", SubTransformerFile.settings()));
  }

  @Test
  void brokenJsonIsAConfigurationError() {
    String json = Json.line(ConfigurationDictionary.toJson(SearchSpaceTest.SMALL.largest()));
    for (String broken :
        List.of(
            "{}",
            "[]",
            "7",
            json.replace("48", "\"48\""),
            json.replace("48", "1e30"),
            json.replace("48", "-1"),
            json.replace("\"decoder_layer_num\":3", "\"decoder_layer_num\":2147483647"),
            json.replace("\"decoder_layer_num\":3", "\"decoder_layer_num\":0"),
            json.replace("[1,1,1]", "[1,1]"),
            json.replace("[1,1,1]", "{\"a\":1,\"b\":1,\"c\":1}"),
            json.replace("[1,1,1]", "[1,null,1]"),
            json.replace("[1,1,1]", "[1,0,1]"),
            json.replace("[1,1,1]", "[1,3,1]"))) {
      assertThatThrownBy(() -> ConfigurationDictionary.fromJson(Json.parse(broken, "x"), "x"))
          .as(broken)
          .isInstanceOf(ConfigurationException.class);
    }
  }
}
