package mos.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import mos.space.Activation;
import mos.tensor.Native;
import mos.tensor.Scope;
import mos.tensor.Tensors;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SwitchFeedForwardTest {
  private static final double LN2 = Math.log(2);
  private Scope scope;

  @BeforeEach
  void open() {
    Native.setThreads(1);
    scope = Scope.open();
  }

  @AfterEach
  void close() {
    scope.close();
  }

  private static Tensor of(long[] shape, double... values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    return Tensors.of(floats, Tensors.cpu(), shape);
  }

  /** D = 2, F = 2: relu(x) times a factor. */
  private static FeedForward times(double factor) {
    Tensor zero = of(new long[] {2}, 0, 0);
    return new FeedForward(
        Linear.of(of(new long[] {2, 2}, 1, 0, 0, 1), zero),
        Linear.of(of(new long[] {2, 2}, factor, 0, 0, factor), zero),
        Activation.RELU);
  }

  /** Logits ln 2·(x1 − x2) and 0: p = 2/3, 1/3 for (1, 0). */
  private static Linear router() {
    return Linear.of(of(new long[] {2, 2}, LN2, -LN2, 0, 0), of(new long[] {2}, 0, 0));
  }

  private static void assertValues(Tensor got, double... expected) {
    float[] values = Tensors.toFloats(got.contiguous());
    assertThat(values).hasSize(expected.length);
    for (int i = 0; i < expected.length; i++) {
      assertThat((double) values[i])
          .isCloseTo(expected[i], within(1e-5 * Math.max(1, Math.abs(expected[i]))));
    }
  }

  @Test
  void eachTokenGoesToItsMostProbableExpertScaledByItsProbability() {
    SwitchFeedForward layer = new SwitchFeedForward(router(), List.of(times(3), times(6)), 1);
    Tensor x = of(new long[] {2, 2}, 1, 0, 0, 1);
    assertValues(layer.apply(x, 0, null, null), 3 * 2 / 3., 0, 0, 6 * 2 / 3.);
  }

  @Test
  void topTwoOfTwoAddsBothExperts() {
    SwitchFeedForward layer = new SwitchFeedForward(router(), List.of(times(3), times(6)), 2);
    Tensor x = of(new long[] {1, 2}, 1, 0);
    assertValues(layer.apply(x, 0, null, null), 3 * 2 / 3. + 6 / 3., 0);
  }

  @Test
  void anIdentityExpertReturnsTheTokenScaled() {
    SwitchFeedForward layer = new SwitchFeedForward(router(), Arrays.asList(times(3), null), 1);
    Tensor x = of(new long[] {1, 2}, 0, 1);
    assertValues(layer.apply(x, 0, null, null), 0, 2 / 3.);
  }

  @Test
  void tokensOverCapacityGetNothingAndPaddingTakesNoRoom() {
    SwitchFeedForward layer = new SwitchFeedForward(router(), List.of(times(3), times(6)), 1);
    Tensor x = of(new long[] {4, 2}, 1, 0, 1, 0, 1, 0, 0, 1);
    Tensor tokens = of(new long[] {4}, 0, 1, 1, 1).gt(new Scalar(0.5));
    // 3 tokens, 2 experts, factor 0.5: room for one token each.
    Tensor y = layer.apply(x, 0, new TokenRouting(0.5), tokens).narrow(0, 1, 3);
    assertValues(y, 2, 0, 0, 0, 0, 4);
  }

  @Test
  void balanceLossIsExpertsTimesFractionTimesProbability() {
    SwitchFeedForward layer = new SwitchFeedForward(router(), List.of(times(3), times(6)), 1);
    TokenRouting routing = new TokenRouting(0);
    layer.apply(of(new long[] {3, 2}, 1, 0, 1, 0, 0, 1), 0, routing, null);
    // f = (2/3, 1/3), P = ((2/3 + 2/3 + 1/3)/3, …) = (5/9, 4/9)
    double expected = 2 * (2 / 3. * 5 / 9. + 1 / 3. * 4 / 9.);
    assertThat(routing.balanceLoss().item_double()).isCloseTo(expected, within(1e-6));
    assertThat(new TokenRouting(0).balanceLoss()).isNull();
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "1, 8", "2, 8", "3, 64"})
  void emptySlotsChangeNothing(int topK, long step) {
    torch.manual_seed(4);
    Tensor p = torch.softmax(torch.randn(50, 5), 1);
    Tensor x = torch.randn(50, 3);
    Tensor best = TokenDispatch.best(p, topK);
    TokenDispatch dispatch = TokenDispatch.exact(best, TokenDispatch.assigned(best, 5), step);
    assertThat(Arrays.stream(dispatch.starts()).map(start -> start % step)).containsOnly(0L);
    assertThat(dispatch.size()).isBetween(50L * topK, 50 * topK + 5 * (step - 1));
    Tensor computed =
        dispatch.eachExpert(dispatch.scatter(x), (e, rows) -> rows.mul(new Scalar(e + 2)));
    Tensor gates = p.gather(1, best);
    Tensor factors =
        gates.mul(best.add(new Scalar(2))).sum(new long[] {1}, true, new ScalarTypeOptional());
    Tensor y = TokenDispatch.combine(dispatch.results(computed), gates);
    assertThat(distance(y, x.mul(factors))).isLessThan(1e-6);
  }

  /** Every token by itself, every expert of it, as the definition says; gradients too. */
  @ParameterizedTest
  @CsvSource({"1, 0", "2, 0", "3, 0", "1, 0.6", "2, 0.4", "1, 1.25", "2, 50"})
  void tokensTogetherEqualTokensOneByOne(int topK, double capacity) {
    torch.manual_seed(3);
    SwitchFeedForward layer = layer(Tensors.cpu(), topK);
    float[] flags = {1, 1, 1, 0, 1, 1, 1, 1, 0, 1, 1};
    Tensor tokens = Tensors.of(flags, Tensors.cpu(), 11).gt(new Scalar(0.5));
    Tensor x = torch.randn(11, 4).requires_grad_(true);
    Tensor real = Tensors.of(flags, Tensors.cpu(), 11, 1);
    Tensor together = layer.apply(x, 0, new TokenRouting(capacity), tokens).mul(real);
    Tensor alone = oneByOne(layer, x, flags, capacity).mul(real);
    assertThat(distance(together, alone)).isLessThan(1e-6);
    assertThat(together.detach().norm().item_double()).isPositive();
    Tensor[] weights = {
      x, layer.router().weight(), layer.experts().get(0).fc1().weight(),
    };
    Tensor[] a = gradients(together, weights);
    Tensor[] b = gradients(alone, weights);
    for (int i = 0; i < a.length; i++) {
      assertThat(distance(a[i], b[i])).isLessThan(1e-6);
    }
  }

  private static Tensor oneByOne(SwitchFeedForward layer, Tensor x, float[] flags, double factor) {
    int n = layer.experts().size();
    int real = 0;
    for (float flag : flags) {
      real += (int) flag;
    }
    double room = factor == 0 ? flags.length : Math.ceil(real * factor / n);
    int[] taken = new int[n];
    Tensor[] results = new Tensor[flags.length];
    for (int i = 0; i < flags.length; i++) {
      Tensor row = x.narrow(0, i, 1);
      Tensor p = torch.softmax(layer.router().apply(row), 1);
      results[i] = torch.zeros_like(row);
      for (long e : Tensors.toLongs(torch.topk(p, layer.topK(), 1, true, true).get1())) {
        if (flags[i] == 0 || taken[(int) e] < room) {
          taken[(int) e] += (int) flags[i];
          FeedForward expert = layer.experts().get((int) e);
          Tensor y = expert == null ? row : expert.apply(row, 0);
          results[i] = results[i].add(y.mul(p.narrow(1, e, 1)));
        }
      }
    }
    return Tensors.cat(0, results);
  }

  /** Tensors of this device have shapes and no numbers: who reads one back gets an exception. */
  private static final Device NUMBERLESS = new Device("meta");

  @Test
  void withCapacityNothingIsReadBackFromTheDevice() {
    Tensor p = randn(NUMBERLESS, 3000, 3);
    Tensor best = TokenDispatch.best(p, 2);
    Tensor assigned = TokenDispatch.assigned(best, 3);
    TokenDispatch dispatch = TokenDispatch.bounded(best, assigned, p.select(1, 0), 1.25);
    assertThat(dispatch.rows().sizes().vec().get()).containsExactly(3750);
    assertThat(dispatch.slots().sizes().vec().get()).containsExactly(3000, 2);
    assertThatThrownBy(() -> TokenDispatch.exact(best, assigned))
        .as("without capacity, the number of each expert's tokens is")
        .hasMessageFindingMatch("copy out of meta tensor|pinned memory");
  }

  /** A step of decoding can so be recorded. */
  @Test
  void fewTokensOnADeviceReadNothingBack() {
    SwitchFeedForward layer = layer(NUMBERLESS, 1);
    Tensor x = torch.randn(new long[] {1000, 4}, Tensors.options(ScalarType.Float, NUMBERLESS));
    assertThat(layer.apply(x, 0, null, null).sizes().vec().get()).containsExactly(1000, 4);
  }

  /** Three experts of 4 → 5 → 4, 4 → 7 → 4 and the identity. */
  private static SwitchFeedForward layer(Device device, int topK) {
    Linear router = Linear.of(randn(device, 3, 4), randn(device, 3));
    return new SwitchFeedForward(
        router, Arrays.asList(expert(device, 5), expert(device, 7), null), topK);
  }

  private static FeedForward expert(Device device, long size) {
    return new FeedForward(
        Linear.of(randn(device, size, 4), randn(device, size)),
        Linear.of(randn(device, 4, size), randn(device, 4)),
        Activation.SWISH);
  }

  private static Tensor randn(Device device, long... shape) {
    return torch.randn(shape, Tensors.options(ScalarType.Float, device)).requires_grad_(true);
  }

  private static double distance(Tensor a, Tensor b) {
    return a.detach().sub(b.detach()).norm().item_double()
        / Math.max(1e-9, b.detach().norm().item_double());
  }

  private static Tensor[] gradients(Tensor y, Tensor[] of) {
    y.mul(y).sum().backward();
    Tensor[] gradients = new Tensor[of.length];
    for (int i = 0; i < of.length; i++) {
      gradients[i] = of[i].grad().clone();
      of[i].mutable_grad().zero_();
    }
    return gradients;
  }
}
