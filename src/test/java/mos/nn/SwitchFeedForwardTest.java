package mos.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import mos.tensor.Native;
import mos.tensor.Scope;
import mos.tensor.Tensors;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

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
    assertThat(routing.takeBalanceLoss().item_double()).isCloseTo(expected, within(1e-6));
    assertThat(routing.takeBalanceLoss()).isNull();
  }

  @Test
  void whatGpusComputeIsWhatCpusComputeGradientsToo() {
    torch.manual_seed(3);
    Linear router = Linear.of(torch.randn(3, 4), torch.randn(3));
    List<FeedForward> experts = Arrays.asList(expert(5), expert(7), null);
    Tensor x = torch.randn(9, 4).requires_grad_(true);
    SwitchFeedForward layer = new SwitchFeedForward(router, experts, 2);
    Tensor gathered = layer.apply(x, 0, null, null);
    Tensor masked = layer.masked(x, 0);
    assertValues(masked.detach(), toDoubles(gathered.detach()));
    assertValues(gradient(masked, x), toDoubles(gradient(gathered, x)));
  }

  private static FeedForward expert(long size) {
    return new FeedForward(
        Linear.of(torch.randn(size, 4), torch.randn(size)),
        Linear.of(torch.randn(4, size), torch.randn(4)),
        Activation.RELU);
  }

  private static Tensor gradient(Tensor y, Tensor x) {
    y.mul(y).sum().backward();
    Tensor gradient = x.grad().clone();
    x.mutable_grad().zero_();
    return gradient;
  }

  private static double[] toDoubles(Tensor tensor) {
    float[] floats = Tensors.toFloats(tensor.contiguous());
    double[] doubles = new double[floats.length];
    for (int i = 0; i < floats.length; i++) {
      doubles[i] = floats[i];
    }
    return doubles;
  }
}
