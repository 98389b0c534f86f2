package mos.latency;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;
import mos.base.Seeds;
import mos.tensor.Native;
import mos.tensor.Scope;
import mos.tensor.Tensors;
import org.bytedeco.pytorch.Adam;
import org.bytedeco.pytorch.AdamOptions;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * Trains HAT's predictor by its recipe: mean squared error of latency / lat-norm, Adam with a
 * constant learning rate, no early stopping.
 *
 * <p>Source: Wang et al., HAT (ACL 2020), section 3.3 and its published settings.
 */
final class HatTraining {
  private static final int INPUTS = mos.space.ArchitectureFeatures.AGGREGATE_SIZE;

  private final PredictorConfig settings;
  private final List<Double> featureNorm;
  private final double latencyNormMs;
  private final long seed;

  private HatTraining(PredictorConfig settings, double latencyNormMs, long seed) {
    this.settings = settings;
    this.featureNorm = HatNetwork.checkedNorm(settings.featureNorm());
    this.latencyNormMs = latencyNormMs;
    this.seed = seed;
  }

  /** A network trained on {@code rows}; equal arguments give equal networks on one machine. */
  static HatNetwork train(List<LatencyRow> rows, PredictorConfig settings, long seed) {
    double meanMs = rows.stream().mapToDouble(LatencyRow::ms).average().orElseThrow();
    double norm = settings.latencyNormMs() > 0 ? settings.latencyNormMs() : meanMs;
    return new HatTraining(settings, norm, seed).run(rows);
  }

  private HatNetwork run(List<LatencyRow> rows) {
    Native.load();
    try (Scope scope = Scope.open()) {
      List<Tensor> parameters = initialised();
      Tensor features = features(rows);
      Tensor targets = targets(rows);
      Adam adam =
          new Adam(
              new TensorVector(parameters.toArray(new Tensor[0])),
              new AdamOptions(settings.learningRate()));
      Batches batches = new Batches(rows.size());
      for (int step = 0; step < settings.trainSteps(); step++) {
        try (Scope perStep = Scope.open()) {
          long[] chosen = batches.next();
          Tensor index = Tensors.of(chosen, Tensors.cpu(), chosen.length);
          Tensor output = forward(parameters, features.index_select(0, index));
          adam.zero_grad();
          torch.mse_loss(output, targets.index_select(0, index)).backward();
          adam.step();
        }
      }
      List<HatNetwork.Layer> layers = new ArrayList<>();
      for (int i = 0; i < parameters.size(); i += 2) {
        layers.add(
            new HatNetwork.Layer(
                Tensors.toFloats(parameters.get(i).detach()),
                Tensors.toFloats(parameters.get(i + 1).detach())));
      }
      return new HatNetwork(featureNorm, latencyNormMs, layers);
    }
  }

  /** Weight and bias of every layer, uniform in ±1/√inputs. */
  private List<Tensor> initialised() {
    RandomGenerator random = new Random(Seeds.derive(seed, "latency-predictor"));
    List<Tensor> parameters = new ArrayList<>();
    int inputs = INPUTS;
    for (int layer = 0; layer <= settings.hiddenLayers() + 1; layer++) {
      int outputs = layer == settings.hiddenLayers() + 1 ? 1 : settings.hiddenDim();
      parameters.add(uniform(random, inputs, outputs, inputs));
      parameters.add(uniform(random, inputs, outputs));
      inputs = outputs;
    }
    return parameters;
  }

  private static Tensor uniform(RandomGenerator random, int inputs, long... shape) {
    float bound = (float) (1 / Math.sqrt(inputs));
    float[] values =
        new float[Math.toIntExact(Arrays.stream(shape).reduce(1, Math::multiplyExact))];
    for (int i = 0; i < values.length; i++) {
      values[i] = (2 * random.nextFloat() - 1) * bound;
    }
    return Tensors.of(values, Tensors.cpu(), shape).requires_grad_(true);
  }

  private Tensor features(List<LatencyRow> rows) {
    float[] values = new float[rows.size() * INPUTS];
    for (int i = 0; i < values.length; i++) {
      int feature = i % INPUTS;
      values[i] = (float) (rows.get(i / INPUTS).features().get(feature) / featureNorm.get(feature));
    }
    return Tensors.of(values, Tensors.cpu(), rows.size(), INPUTS);
  }

  private Tensor targets(List<LatencyRow> rows) {
    float[] values = new float[rows.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (rows.get(i).ms() / latencyNormMs);
    }
    return Tensors.of(values, Tensors.cpu(), rows.size(), 1);
  }

  private static Tensor forward(List<Tensor> parameters, Tensor x) {
    for (int i = 0; i < parameters.size(); i += 2) {
      x = torch.linear(x, parameters.get(i), Tensors.optional(parameters.get(i + 1)));
      if (i < parameters.size() - 2) {
        x = torch.relu(x);
      }
    }
    return x;
  }

  /** Row numbers, shuffled anew every epoch; the last batch of an epoch may be short. */
  private final class Batches {
    private final List<Long> order = new ArrayList<>();
    private final Random random = new Random(Seeds.derive(seed, "latency-batches"));
    private int next;

    Batches(int rows) {
      for (long row = 0; row < rows; row++) {
        order.add(row);
      }
      next = rows;
    }

    long[] next() {
      if (next >= order.size()) {
        Collections.shuffle(order, random);
        next = 0;
      }
      int end = Math.min(next + settings.batchSize(), order.size());
      long[] batch = order.subList(next, end).stream().mapToLong(Long::longValue).toArray();
      next = end;
      return batch;
    }
  }
}
