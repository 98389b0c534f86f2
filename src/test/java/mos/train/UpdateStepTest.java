package mos.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import mos.data.Batch;
import mos.data.Dictionary;
import mos.data.Passes;
import mos.model.SuperTransformer;
import mos.model.TrainableWeights;
import mos.model.Transformer;
import mos.nn.DropoutRates;
import mos.nn.LabelSmoothedCrossEntropy;
import mos.space.SubTransformer;
import mos.tensor.Precision;
import mos.tensor.Scope;
import mos.tensor.Tensors;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UpdateStepTest {
  private static final List<SubTransformer> SANDWICH =
      ArchitectureSchedule.supernet(ReverseTask.SPACE, true, 3).trained(1);

  @TempDir Path folder;
  private ReverseTask task;
  private SuperTransformer model;
  private List<int[]> microBatches;

  @BeforeEach
  void makeModel() {
    task = ReverseTask.in(folder);
    model = task.model(ReverseTask.experts(2, "neuronrouting_jack_2L"));
    microBatches =
        IntStream.range(0, 6).mapToObj(k -> IntStream.range(8 * k, 8 * k + 8).toArray()).toList();
  }

  @AfterEach
  void close() {
    model.close();
    task.close();
  }

  private List<Batch> batches(List<int[]> sentences) {
    return sentences.stream().map(s -> Batch.of(task.train(), s)).toList();
  }

  private UpdateStep step(DropoutRates dropout) {
    return new UpdateStep(model, dropout, 0.1, Precision.FP32, 7);
  }

  private float[] gradients(UpdateStep step, List<Batch> passes) {
    try (Scope scope = Scope.open()) {
      step.run(SANDWICH, passes, 1);
      return Tensors.toFloats(model.parameters().gradients());
    }
  }

  /** ‖a − b‖ / ‖a‖. */
  private static double relativeDistance(float[] a, float[] b) {
    double difference = 0;
    double norm = 0;
    for (int i = 0; i < a.length; i++) {
      difference += Math.pow((double) a[i] - b[i], 2);
      norm += Math.pow(a[i], 2);
    }
    assertThat(norm).isPositive();
    return Math.sqrt(difference / norm);
  }

  @Test
  void mergedPassesEqualSeparateMicroBatches() {
    List<int[]> merged = Passes.merge(microBatches, task.train(), 200);
    assertThat(merged).hasSizeLessThan(microBatches.size());
    float[] separate = gradients(step(DropoutRates.NONE), batches(microBatches));
    float[] together = gradients(step(DropoutRates.NONE), batches(merged));
    assertThat(relativeDistance(separate, together)).isLessThan(1e-6);
  }

  @Test
  void mixingOncePerUpdateEqualsMixingPerPass() {
    float[] once = gradients(step(DropoutRates.NONE), batches(microBatches));
    float[] perPass = gradientsMixedPerPass(batches(microBatches));
    assertThat(relativeDistance(once, perPass)).isLessThan(1e-6);
  }

  private float[] gradientsMixedPerPass(List<Batch> passes) {
    LabelSmoothedCrossEntropy criterion = new LabelSmoothedCrossEntropy(0.1, Dictionary.PAD);
    long tokens = 0;
    try (Scope scope = Scope.open()) {
      model.parameters().gradients().zero_();
      for (SubTransformer architecture : SANDWICH) {
        for (Batch pass : passes) {
          TrainableWeights weights = model.deriveTrainable(architecture, Precision.FP32, false);
          Transformer transformer = new Transformer(weights.weights(), DropoutRates.NONE);
          TensorBatch batch = TensorBatch.of(pass, model.device());
          Tensor decoded =
              transformer.decode(
                  transformer.encode(batch.source(), batch.sourceMask()), batch.previous());
          Tensor logits = transformer.logits(decoded);
          criterion.sums(logits.view(-1, logits.size(2)), batch.target()).loss().backward();
          weights.backpropagate();
          tokens += batch.targetTokens();
        }
      }
      float[] sums = Tensors.toFloats(model.parameters().gradients());
      for (int i = 0; i < sums.length; i++) {
        sums[i] /= tokens;
      }
      return sums;
    }
  }

  @Test
  void sandwichGradientIsTheMeanOfItsArchitectures() {
    UpdateStep step = step(DropoutRates.NONE);
    List<Batch> passes = batches(microBatches);
    float[] together = gradients(step, passes);
    float[] mean = new float[together.length];
    try (Scope scope = Scope.open()) {
      for (SubTransformer architecture : SANDWICH) {
        step.run(List.of(architecture), passes, 1);
        float[] one = Tensors.toFloats(model.parameters().gradients());
        for (int i = 0; i < mean.length; i++) {
          mean[i] += one[i] / SANDWICH.size();
        }
      }
    }
    assertThat(relativeDistance(together, mean)).isLessThan(1e-6);
  }

  /** Central differences along the gradient itself: catches a gradient of the wrong size. */
  @Test
  void gradientIsTheSlopeOfTheLoss() {
    UpdateStep step = step(DropoutRates.NONE);
    List<Batch> passes = batches(microBatches);
    float[] gradient = gradients(step, passes);
    double norm = 0;
    for (float g : gradient) {
      norm += (double) g * g;
    }
    norm = Math.sqrt(norm);
    double length = 1e-2;
    double slope = (lossMoved(step, passes, length) - lossMoved(step, passes, -length)) / 2;
    assertThat(slope / length).isCloseTo(norm, withinPercentage(2));
  }

  private double lossMoved(UpdateStep step, List<Batch> passes, double length) {
    try (Scope scope = Scope.open()) {
      step.run(SANDWICH, passes, 1);
      Tensor values = model.parameters().values();
      Tensor before = values.clone();
      Tensor gradients = model.parameters().gradients();
      values.add_(gradients.mul(new Scalar(length / gradients.norm().item_double())));
      double loss = step.run(SANDWICH, passes, 1).loss();
      values.copy_(before);
      return loss;
    }
  }

  @Test
  void dropoutDependsOnSeedAndUpdateAlone() {
    UpdateStep step = step(new DropoutRates(0.3, 0.1, 0.1));
    List<Batch> passes = batches(microBatches);
    List<Double> losses = new ArrayList<>();
    for (long update : new long[] {1, 2, 1}) {
      try (Scope scope = Scope.open()) {
        losses.add(step.run(SANDWICH, passes, update).loss());
      }
    }
    assertThat(losses.get(2)).isEqualTo(losses.get(0)).isNotEqualTo(losses.get(1));
  }
}
