package mos.packed;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import mos.kernel.Dropout;
import mos.kernel.PackedAttention;
import mos.kernel.SequenceOffsets;
import mos.kernel.TrainingKernels;
import mos.model.TransformerWeights;
import mos.nn.DropoutRates;
import mos.nn.FeedForward;
import mos.nn.LayerNorm;
import mos.nn.PositionWise;
import mos.nn.SwitchFeedForward;
import mos.nn.Teacher;
import mos.tensor.Scope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * One forward and backward pass of a plain Transformer on packed sentences. See {@link
 * mos.model.Transformer} for the network; this is the same, token for token.
 */
public final class PackedPass {
  private final TrainingKernels kernels;
  private final PackedAttention attention;
  private final TransformerWeights weights;
  private final TransformerWeights gradients;
  private final DropoutRates rates;
  private final PackedTensors batch;
  private final SwitchTraining tokenExperts;
  private final List<Sublayer> encoder = new ArrayList<>();
  private final List<Sublayer> decoder = new ArrayList<>();
  private final Memory memory;
  private final OutputLayer output;
  private final double encoderRate;
  private final double decoderRate;
  private final Dropout sourceDropout;
  private final Dropout targetDropout;
  private final Tensor seedBase;
  private long nextSeed;
  private boolean forward;
  private boolean backward;

  /**
   * @param gradients where the gradients go; null for evaluation
   * @param rates {@link DropoutRates#NONE} for evaluation
   * @param tokenExperts how layers with several are trained
   * @param seed of all dropout of this pass
   * @param seedBase (1) int64 on the device that is added to it, see {@link Dropout}; null for none
   */
  public PackedPass(
      TrainingKernels kernels,
      PackedAttention attention,
      TransformerWeights weights,
      TransformerWeights gradients,
      DropoutRates rates,
      PackedTensors batch,
      SwitchTraining tokenExperts,
      long seed,
      Tensor seedBase) {
    this.kernels = kernels;
    this.attention = attention;
    this.weights = weights;
    this.gradients = gradients;
    this.rates = rates;
    this.batch = batch;
    this.tokenExperts = tokenExperts;
    this.nextSeed = seed;
    this.seedBase = seedBase;
    this.memory = new Memory(gradients != null);
    this.output =
        new OutputLayer(
            kernels,
            weights.outputEmbedding(),
            gradients == null ? null : gradients.outputEmbedding(),
            batch);
    encoderRate =
        rates.dropout()
            * weights.architecture().encoderEmbedDim()
            / weights.config().encoder().positionDim();
    decoderRate =
        rates.dropout()
            * weights.architecture().decoderEmbedDim()
            / weights.config().decoder().positionDim();
    sourceDropout = dropout(encoderRate);
    targetDropout = dropout(decoderRate);
  }

  /** With a seed that Java knows. */
  public PackedPass(
      TrainingKernels kernels,
      PackedAttention attention,
      TransformerWeights weights,
      TransformerWeights gradients,
      DropoutRates rates,
      PackedTensors batch,
      SwitchTraining tokenExperts,
      long seed) {
    this(kernels, attention, weights, gradients, rates, batch, tokenExperts, seed, null);
  }

  /** A place of dropout of its own. */
  private Dropout dropout(double rate) {
    nextSeed += 0x9E3779B97F4A7C15L;
    return rate == 0 ? Dropout.NONE : new Dropout(rate, nextSeed, seedBase);
  }

  /**
   * The forward half.
   *
   * @return the decoder's output, (N', D)
   * @throws IllegalStateException the second time
   */
  public Tensor forward() {
    if (forward) {
      throw new IllegalStateException("forward: this pass has run, make another");
    }
    forward = true;
    encode();
    return decode();
  }

  private void encode() {
    Tensor x =
        kernels.embed(
            batch.source().tokens(),
            batch.source().places(),
            weights.sourceEmbedding(),
            weights.sourcePositions(),
            sourceDropout);
    SequenceOffsets offsets = batch.source().offsets()[0];
    for (int i = 0; i < weights.encoderLayers().size(); i++) {
      TransformerWeights.EncoderLayer layer = weights.encoderLayers().get(i);
      TransformerWeights.EncoderLayer gradient =
          gradients == null ? layer : gradients.encoderLayers().get(i);
      x =
          run(
              encoder,
              x,
              new SelfAttentionSublayer(
                  kernels,
                  attention,
                  layer.selfAttention(),
                  gradient.selfAttention(),
                  norm(layer.selfAttentionNorm(), gradient.selfAttentionNorm(), rates.dropout()),
                  shape(offsets, layer.selfAttention().heads(), false)));
      x =
          run(
              encoder,
              x,
              positionWise(
                  layer.feedForward(),
                  gradient.feedForward(),
                  norm(layer.finalNorm(), gradient.finalNorm(), encoderRate)));
      memory.add(x);
    }
  }

  private Tensor decode() {
    Tensor x =
        kernels.embed(
            batch.previous().tokens(),
            batch.previous().places(),
            weights.targetEmbedding(),
            weights.targetPositions(),
            targetDropout);
    SequenceOffsets offsets = batch.previous().offsets()[0];
    for (int i = 0; i < weights.decoderLayers().size(); i++) {
      TransformerWeights.DecoderLayer layer = weights.decoderLayers().get(i);
      TransformerWeights.DecoderLayer gradient =
          gradients == null ? layer : gradients.decoderLayers().get(i);
      int attended = weights.architecture().attendedEncoderLayers(i);
      x =
          run(
              decoder,
              x,
              new SelfAttentionSublayer(
                  kernels,
                  attention,
                  layer.selfAttention(),
                  gradient.selfAttention(),
                  norm(layer.selfAttentionNorm(), gradient.selfAttentionNorm(), decoderRate),
                  shape(offsets, layer.selfAttention().heads(), true)));
      x =
          run(
              decoder,
              x,
              new CrossAttentionSublayer(
                  kernels,
                  attention,
                  layer.encoderAttention(),
                  gradient.encoderAttention(),
                  norm(layer.encoderAttentionNorm(), gradient.encoderAttentionNorm(), decoderRate),
                  PackedAttention.Shape.ofCross(
                      offsets,
                      batch.source().offsets()[attended - 1],
                      layer.encoderAttention().heads(),
                      dropout(rates.attention())),
                  memory.view(attended)));
      x =
          run(
              decoder,
              x,
              positionWise(
                  layer.feedForward(),
                  gradient.feedForward(),
                  norm(layer.finalNorm(), gradient.finalNorm(), decoderRate)));
    }
    return x;
  }

  private Sublayer positionWise(PositionWise layer, PositionWise gradient, ResidualNorm norm) {
    Supplier<Dropout> activation = () -> dropout(rates.activation());
    if (layer instanceof SwitchFeedForward several) {
      SwitchFeedForward theirs = (SwitchFeedForward) gradient;
      return new SwitchSublayer(kernels, several, theirs, norm, activation, tokenExperts);
    }
    return new FeedForwardSublayer(
        kernels, (FeedForward) layer, (FeedForward) gradient, norm, activation.get());
  }

  private static Tensor run(List<Sublayer> side, Tensor x, Sublayer sublayer) {
    side.add(sublayer);
    return sublayer.forward(x);
  }

  private ResidualNorm norm(LayerNorm norm, LayerNorm gradient, double rate) {
    return new ResidualNorm(kernels, norm, gradient, dropout(rate));
  }

  private PackedAttention.Shape shape(SequenceOffsets tokens, int heads, boolean causal) {
    return PackedAttention.Shape.ofSelf(tokens, heads, causal, dropout(rates.attention()));
  }

  /**
   * Adds the loss of {@code decoded} and, in training, the gradient of the output layer.
   *
   * @param decoded from {@link #forward}
   * @param sums (2) float64: loss and negative log-likelihood
   * @param smoothing ε of label smoothing, in [0, 1)
   * @param scale factor of all gradients
   * @return the gradient of {@code decoded}, null in evaluation
   */
  public Tensor loss(Tensor decoded, Tensor sums, double smoothing, double scale) {
    return output.loss(decoded, sums, smoothing, scale);
  }

  /**
   * Like {@link #loss} for a student: the references count 1 − w, the teacher w.
   *
   * @param teacher of the same tokens
   */
  public Tensor taughtLoss(
      Tensor decoded, Teacher teacher, Tensor sums, double smoothing, double scale) {
    return output.taughtLoss(decoded, teacher, sums, smoothing, scale);
  }

  /**
   * Adds the gradients of all weights.
   *
   * @param gradient of the decoder's output, from {@link #loss}
   * @throws IllegalStateException before {@link #forward}, in evaluation, and the second time
   */
  public void backward(Tensor gradient) {
    if (!forward || backward || gradients == null) {
      throw new IllegalStateException(
          "backward: needs one pass forward with places for gradients, and is done once");
    }
    backward = true;
    Tensor x = Scope.own(gradient);
    for (int i = decoder.size() - 1; i >= 0; i--) {
      x = step(decoder.get(i), x);
    }
    kernels.embedBackward(x, batch.previous().tokens(), gradients.targetEmbedding(), targetDropout);
    x.close();
    x = Scope.own(torch.zeros_like(memory.last()));
    for (int i = encoder.size() - 1; i >= 0; i--) {
      if (i % 2 == 1) {
        memory.addGradient(x, (encoder.size() - 1 - i) / 2);
      }
      x = step(encoder.get(i), x);
    }
    kernels.embedBackward(x, batch.source().tokens(), gradients.sourceEmbedding(), sourceDropout);
    x.close();
  }

  /** Frees at once what only this step needs. */
  private static Tensor step(Sublayer sublayer, Tensor gradient) {
    try (Scope scope = Scope.open()) {
      Tensor next = Scope.own(sublayer.backward(gradient));
      gradient.close();
      return next;
    }
  }
}
