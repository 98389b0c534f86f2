package mos.model;

import java.util.ArrayList;
import java.util.List;
import mos.nn.DropoutRates;
import mos.nn.TokenRouting;
import mos.tensor.Tensors;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * The forward pass of a plain encoder-decoder Transformer ("post-norm": sublayer, dropout,
 * residual, LayerNorm) on given weights.
 *
 * <p>Source: Vaswani et al. (2017); arbitrary encoder-decoder attention: HAT (2020), section 3.1.
 * Dropout on embeddings and sublayer outputs shrinks with the width, p·D/D_super, except on the
 * encoder's self-attention output, as in HAT's published code.
 */
public final class Transformer {
  private final TransformerWeights weights;
  private final DropoutRates rates;
  private final double encoderRate;
  private final double decoderRate;
  private final TokenRouting routing;

  /**
   * @param rates {@link DropoutRates#NONE} for evaluation
   */
  public Transformer(TransformerWeights weights, DropoutRates rates) {
    this(weights, rates, null);
  }

  /**
   * @param routing what training asks of token experts and where they leave their loss; null in
   *     evaluation
   */
  public Transformer(TransformerWeights weights, DropoutRates rates, TokenRouting routing) {
    this.weights = weights;
    this.routing = routing;
    this.rates = rates;
    ModelConfig config = weights.config();
    encoderRate =
        rates.dropout()
            * weights.architecture().encoderEmbedDim()
            / (double) config.encoder().positionDim();
    decoderRate =
        rates.dropout()
            * weights.architecture().decoderEmbedDim()
            / (double) config.decoder().positionDim();
  }

  /**
   * What the decoder sees of a source batch.
   *
   * @param layers output of every encoder layer, each (B, S, D)
   * @param mask (B, 1, 1, S), true where there is a token; null if there is no padding
   */
  public record Encoded(List<Tensor> layers, Tensor mask) {
    /** The last layer's output, (B, S, D). */
    public Tensor last() {
      return layers.get(layers.size() - 1);
    }

    /**
     * The outputs of the last {@code count} layers, the last first, concatenated along time: (B,
     * count·S, D).
     */
    public Tensor last(int count) {
      Tensor[] parts = new Tensor[count];
      for (int i = 0; i < count; i++) {
        parts[i] = layers.get(layers.size() - 1 - i);
      }
      return Tensors.cat(1, parts);
    }

    /** The outputs of the last {@code count} layers, the last first: (B, S, count, D). */
    public Tensor side(int count) {
      Tensor[] parts = new Tensor[count];
      for (int i = 0; i < count; i++) {
        parts[i] = layers.get(layers.size() - 1 - i).unsqueeze(2);
      }
      return Tensors.cat(2, parts);
    }

    /** The mask for {@link #last(int)}: (B, 1, 1, count·S), or null. */
    public Tensor mask(int count) {
      if (mask == null) {
        return null;
      }
      Tensor[] parts = new Tensor[count];
      java.util.Arrays.fill(parts, mask);
      return Tensors.cat(3, parts);
    }
  }

  /**
   * Runs the encoder.
   *
   * @param source (B, S) int64, padded at the right
   * @param mask (B, S) boolean, true where there is a token; null if there is no padding
   */
  public Encoded encode(Tensor source, Tensor mask) {
    Tensor x = embed(source, weights.sourceEmbedding(), weights.sourcePositions(), encoderRate);
    Tensor attended = mask == null ? null : mask.unsqueeze(1).unsqueeze(2);
    List<Tensor> outputs = new ArrayList<>();
    for (TransformerWeights.EncoderLayer layer : weights.encoderLayers()) {
      Tensor a = layer.selfAttention().self(x, attended, false, rates.attention());
      x = layer.selfAttentionNorm().apply(x.add(DropoutRates.apply(a, rates.dropout())));
      Tensor f = layer.feedForward().apply(x, rates.activation(), routing, mask);
      x = layer.finalNorm().apply(x.add(DropoutRates.apply(f, encoderRate)));
      outputs.add(x);
    }
    return new Encoded(outputs, attended);
  }

  /**
   * Runs the decoder on whole target sentences (teacher forcing).
   *
   * @param previous (B, T) int64, the target shifted right, padded at the right
   * @return (B, T, D); {@link #logits} turns it into scores
   */
  public Tensor decode(Encoded encoded, Tensor previous) {
    Tensor x = embed(previous, weights.targetEmbedding(), weights.targetPositions(), decoderRate);
    Tensor tokens = routing == null ? null : previous.ne(new Scalar(Initialization.PAD));
    int index = 0;
    for (TransformerWeights.DecoderLayer layer : weights.decoderLayers()) {
      Tensor a = layer.selfAttention().self(x, null, true, rates.attention());
      x = layer.selfAttentionNorm().apply(x.add(DropoutRates.apply(a, decoderRate)));
      int attended = weights.architecture().attendedEncoderLayers(index++);
      Tensor c =
          layer
              .encoderAttention()
              .cross(x, encoded.last(attended), encoded.mask(attended), rates.attention());
      x = layer.encoderAttentionNorm().apply(x.add(DropoutRates.apply(c, decoderRate)));
      Tensor f = layer.feedForward().apply(x, rates.activation(), routing, tokens);
      x = layer.finalNorm().apply(x.add(DropoutRates.apply(f, decoderRate)));
    }
    return x;
  }

  /** (…, D) → (…, V), unnormalised log-probabilities. */
  public Tensor logits(Tensor decoded) {
    return torch.linear(decoded, weights.outputEmbedding());
  }

  /**
   * Scaled token embeddings plus positions, dropped out.
   *
   * @param tokens (B, T) int64
   * @return (B, T, D)
   */
  private static Tensor embed(Tensor tokens, Tensor embedding, Tensor positions, double rate) {
    Tensor scaled =
        torch.embedding(embedding, tokens).mul(new Scalar(Math.sqrt(embedding.size(1))));
    return DropoutRates.apply(scaled.add(positions.narrow(0, 0, tokens.size(1))), rate);
  }
}
