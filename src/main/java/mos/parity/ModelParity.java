package mos.parity;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import mos.base.Json;
import mos.kernel.PackedAttention;
import mos.kernel.TrainingKernels;
import mos.model.ComputeCopy;
import mos.model.DirectUpdate;
import mos.model.DirectWeights;
import mos.model.ModelConfig;
import mos.model.SuperTransformer;
import mos.model.TrainableWeights;
import mos.model.Transformer;
import mos.nn.DropoutRates;
import mos.nn.LabelSmoothedCrossEntropy;
import mos.packed.PackedPass;
import mos.packed.PackedTensors;
import mos.packed.SwitchTraining;
import mos.results.ParityFigures;
import mos.space.ArchitectureFeatures;
import mos.space.ConfigurationDictionary;
import mos.space.FeatureBlock;
import mos.space.ModelCost;
import mos.space.SubTransformer;
import mos.tensor.Precision;
import mos.tensor.SafeTensors;
import mos.tensor.Scope;
import mos.tensor.Tensors;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Compares the model with a golden file: features and parameter counts exactly; logits by norm,
 * loss sums and gradient norms relatively; gradient sums relative to their norm times the square
 * root of their size.
 */
public final class ModelParity {
  /** Agreement that is asked for in fp32. */
  public static final double TOLERANCE = 1e-4;

  /** Agreement that is asked for with a precision; 16-bit formats have 8 or 11 bits of mantissa. */
  public static double tolerance(Precision precision) {
    return switch (precision) {
      case FP32 -> TOLERANCE;
      case TF32, FP16 -> 1e-2;
      case BF16 -> 3e-2;
    };
  }

  private final Path json;
  private final JsonNode golden;
  private final Device device;
  private final Precision precision;
  private double encoder;
  private double logits;
  private double loss;
  private double gradientNorms;
  private double gradientSums;
  private double materialised;
  private double packed;
  private int counts;

  private ModelParity(Path json, Device device, Precision precision) {
    this.json = json;
    this.golden = Json.read(json);
    this.device = device;
    this.precision = precision;
  }

  /** Runs every case of {@code json} and the safetensors file beside it. */
  public static ParityFigures.ModelErrors check(Path json, Device device, Precision precision) {
    return new ModelParity(json, device, precision).run();
  }

  private ParityFigures.ModelErrors run() {
    String name = json.getFileName().toString();
    Path data = json.resolveSibling(name.replaceAll("\\.json$", ".safetensors"));
    try (SafeTensors tensors = SafeTensors.open(data, false);
        SuperTransformer model = GoldenModel.load(golden, tensors, device)) {
      Map<String, String> names = GoldenModel.recordedNames(model, tensors);
      int index = 0;
      for (JsonNode testCase : golden.path("cases")) {
        try (Scope scope = Scope.open()) {
          runCase(index++, testCase, model, tensors, names);
        }
      }
      return new ParityFigures.ModelErrors(
          index, encoder, logits, loss, gradientNorms, gradientSums, materialised, packed, counts);
    }
  }

  private void runCase(
      int index,
      JsonNode testCase,
      SuperTransformer model,
      SafeTensors tensors,
      Map<String, String> names) {
    SubTransformer arch = ConfigurationDictionary.fromJson(testCase.path("arch"), json.toString());
    GoldenBatch batch = GoldenBatch.read(golden, tensors, device);
    model.parameters().gradients().zero_();
    TrainableWeights weights = model.deriveTrainable(arch, precision, false);
    Transformer transformer = new Transformer(weights.weights(), DropoutRates.NONE);
    Transformer.Encoded encoded = transformer.encode(batch.source(), batch.mask());
    Tensor scores = transformer.logits(transformer.decode(encoded, batch.previous()));
    LabelSmoothedCrossEntropy.Sums sums =
        new LabelSmoothedCrossEntropy(
                golden.path("label_smoothing").asDouble(), golden.path("pad").asInt())
            .sums(scores.view(-1, scores.size(2)), batch.target().view(-1));
    sums.loss().backward();
    weights.backpropagate();

    String c = "c" + index + ".";
    encoder =
        Math.max(encoder, batch.encoderError(tensors.read(c + "encoder_out"), encoded.last()));
    Tensor expected = batch.atTokens(tensors.read(c + "logits").to(device, ScalarType.Float));
    logits = Math.max(logits, RelativeError.of(batch.atTokens(scores), expected));
    loss =
        Math.max(
            loss,
            RelativeError.of(sums.loss().item_double(), testCase.path("loss_sum").asDouble()));
    loss =
        Math.max(
            loss,
            RelativeError.of(
                sums.negativeLogLikelihood().item_double(), testCase.path("nll_sum").asDouble()));
    GradientErrors gradients = gradientErrors(testCase, model, names);
    gradientNorms = Math.max(gradientNorms, gradients.norms());
    gradientSums = Math.max(gradientSums, gradients.sums());
    materialised = Math.max(materialised, materialisedError(model, arch, batch, expected));
    runPacked(testCase, model, arch, batch, expected, names);
    compareCounts(testCase, arch, model.config());
  }

  private static double materialisedError(
      SuperTransformer model, SubTransformer arch, GoldenBatch batch, Tensor expected) {
    try (SuperTransformer plain = model.materialise(arch, false);
        AutoGradMode off = new AutoGradMode(false)) {
      Transformer transformer =
          new Transformer(plain.derive(arch, Precision.FP32), DropoutRates.NONE);
      Tensor scores =
          transformer.logits(
              transformer.decode(
                  transformer.encode(batch.source(), batch.mask()), batch.previous()));
      return RelativeError.of(batch.atTokens(scores), expected);
    }
  }

  /** The same case as GPUs train it. */
  private void runPacked(
      JsonNode testCase,
      SuperTransformer model,
      SubTransformer arch,
      GoldenBatch batch,
      Tensor expected,
      Map<String, String> names) {
    TrainingKernels kernels = TrainingKernels.of(device, precision.scalarType());
    Tensor sums = Tensors.zeros(ScalarType.Double, device, 2);
    try (ComputeCopy copy = new ComputeCopy(model, precision);
        DirectWeights weights = model.deriveDirect(arch, copy, kernels)) {
      DirectUpdate update = model.directUpdate(List.of(weights), false);
      try (AutoGradMode off = new AutoGradMode(false)) {
        PackedPass pass =
            new PackedPass(
                kernels,
                PackedAttention.of(device, precision.scalarType()),
                weights.weights(),
                weights.gradients(),
                DropoutRates.NONE,
                PackedTensors.of(batch.packed(), device),
                SwitchTraining.NONE,
                0);
        Tensor decoded = pass.forward();
        Tensor scores = torch.linear(decoded, weights.weights().outputEmbedding());
        packed = Math.max(packed, RelativeError.of(scores.to(ScalarType.Float), expected));
        pass.backward(pass.loss(decoded, sums, golden.path("label_smoothing").asDouble(), 1));
      }
      update.backpropagate();
      GradientErrors gradients = gradientErrors(testCase, model, names);
      packed = Math.max(packed, Math.max(gradients.norms(), gradients.sums()));
    }
    double[] expectedSums = {
      testCase.path("loss_sum").asDouble(), testCase.path("nll_sum").asDouble()
    };
    for (int i = 0; i < 2; i++) {
      packed = Math.max(packed, RelativeError.of(sums.select(0, i).item_double(), expectedSums[i]));
    }
  }

  private GradientErrors gradientErrors(
      JsonNode testCase, SuperTransformer model, Map<String, String> names) {
    boolean alone = precision == Precision.FP32;
    return GradientErrors.of(testCase.path("grad_sum_and_l2"), model.parameters(), names, alone);
  }

  private void compareCounts(JsonNode testCase, SubTransformer arch, ModelConfig config) {
    double[] features =
        config.experts().featureFormat().equals("fine")
            ? ArchitectureFeatures.fine(arch)
            : ArchitectureFeatures.aggregate(arch);
    if (config.tokenRouted()) {
      double[] numbers = FeatureBlock.TOKEN_EXPERTS.averages(arch);
      features = Arrays.copyOf(features, features.length + 2);
      System.arraycopy(numbers, 0, features, features.length - 2, 2);
    }
    double[] expected = new double[testCase.path("features").size()];
    for (int i = 0; i < expected.length; i++) {
      expected[i] = testCase.path("features").get(i).asDouble();
    }
    if (!Arrays.equals(features, expected)) {
      counts++;
    }
    JsonNode parameters = testCase.path("sampled_params_without_embedding");
    if (parameters.isNumber()
        && parameters.asLong()
            != ModelCost.supernetParametersWithoutEmbedding(
                arch, config.qkvDim(), config.costModel())) {
      counts++;
    }
  }
}
