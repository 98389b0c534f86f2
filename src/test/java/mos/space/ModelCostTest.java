package mos.space;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Collections;
import java.util.List;
import mos.base.ConfigurationException;
import org.junit.jupiter.api.Test;

class ModelCostTest {
  private static SubTransformer uniform(int embed, int ffn, int layers) {
    List<Integer> heads = Collections.nCopies(layers, 8);
    List<Integer> sizes = Collections.nCopies(layers, ffn);
    return Plain.architecture(
        embed, embed, sizes, heads, sizes, heads, heads, Collections.nCopies(layers, -1));
  }

  @Test
  void transformerBigHasItsPublishedSizeAndFlops() {
    ModelCost cost = new ModelCost(1024, 32768, 32768, true);
    SubTransformer big = uniform(1024, 4096, 6);
    assertThat(cost.parametersWithoutEmbedding(big) / 1e6).isCloseTo(176, within(0.5));
    assertThat(cost.flopsWithoutOutputLayer(big, 30, 30) / 1e9).isCloseTo(10.6, within(0.1));
    assertThat(cost.flops(big, 30, 30) - cost.flopsWithoutOutputLayer(big, 30, 30))
        .isEqualTo(2L * 30 * 1024 * 32768);
  }

  @Test
  void flopsOfOneTinyModelAreAsCountedByHand() {
    ModelCost cost = new ModelCost(2, 7, 7, true);
    SubTransformer a = uniform(3, 5, 1);
    // S = 2, T = 1. Encoder: 2·4·2·3 + 2·4·2 + 2·2·3·5; decoder: 4·2·3 + 2·2 + (2·2·3 + 2·2·2·3
    // + 2·1·2·2) + 2·3·5.
    assertThat(cost.flopsWithoutOutputLayer(a, 2, 1))
        .isEqualTo(2L * (48 + 16 + 60 + 24 + 4 + 12 + 24 + 8 + 30));
  }

  @Test
  void attendingToMoreEncoderLayersCostsFlopsButNoParameters() {
    SearchSpace space = SearchSpaceTest.SMALL;
    SubTransformer one = space.largest();
    SubTransformer three = one.with(Dimension.ARBITRARY_ATTENTION, List.of(2, 2, 2));
    ModelCost cost = new ModelCost(16, 10, 10, true);
    assertThat(cost.parameters(three)).isEqualTo(cost.parameters(one));
    assertThat(cost.flops(three, 30, 30)).isGreaterThan(cost.flops(one, 30, 30));
  }

  @Test
  void embeddingsCountOnceWhenSharedAndThreeTimesWhenNot() {
    SubTransformer a = uniform(4, 8, 1);
    ModelCost shared = new ModelCost(2, 10, 10, true);
    ModelCost apart = new ModelCost(2, 11, 13, false);
    assertThat(shared.parameters(a) - shared.parametersWithoutEmbedding(a)).isEqualTo(40);
    assertThat(apart.parameters(a) - apart.parametersWithoutEmbedding(a)).isEqualTo(44 + 2 * 52);
    assertThatThrownBy(() -> new ModelCost(2, 10, 11, true))
        .isInstanceOf(ConfigurationException.class);
  }
}
