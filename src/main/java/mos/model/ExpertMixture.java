package mos.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import mos.space.SubTransformer;
import mos.tensor.Scope;
import mos.tensor.Tensors;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Tensor;

/**
 * How one router mixes the m experts of a matrix for one architecture: the mean over the rows that
 * the SubTransformer uses, and how far they lie apart. A router of one row (layer-wise) has a
 * spread of 0.
 *
 * <p>Source: Mixture-of-Supernets (2024), sections 3.1 and 3.2: the rows r of the routing matrix.
 *
 * @param encoder whether the layer is the encoder's, else the decoder's
 * @param layer from 0
 * @param matrix what the router serves, see {@link mos.nn.Granularity#served}: fc1, fc2,
 *     self_attn.in_proj, …; layer-wise the module: ffn, self_attn or encoder_attn
 * @param mean m weights that sum to 1
 * @param spread m standard deviations over the rows
 */
public record ExpertMixture(
    boolean encoder, int layer, String matrix, List<Double> mean, List<Double> spread) {

  public ExpertMixture {
    mean = List.copyOf(mean);
    spread = List.copyOf(spread);
  }

  /** Those of all routers that {@code architecture} uses; none in a model of one expert. */
  static List<ExpertMixture> of(SuperTransformer model, SubTransformer architecture) {
    if (model.config().experts().count() == 1) {
      return List.of();
    }
    try (Scope scope = Scope.open();
        AutoGradMode off = new AutoGradMode(false)) {
      return new Reading(model, architecture).all();
    }
  }

  /** Looks the mixtures of one architecture up. */
  private static final class Reading {
    private final ModelConfig config;
    private final ExpertRouting routing;
    private final SubTransformer architecture;
    private final SuperTransformer model;
    private final Tensor[] mixtures;
    private final Set<String> routers = new HashSet<>();
    private final List<ExpertMixture> found = new ArrayList<>();

    Reading(SuperTransformer model, SubTransformer architecture) {
      this.config = model.config();
      this.routing = config.experts().variant();
      this.architecture = architecture;
      this.model = model;
      this.mixtures = model.routers(List.of(architecture), false, false).of(architecture);
    }

    List<ExpertMixture> all() {
      for (int i = 0; i < architecture.encoderLayers(); i++) {
        attention(true, i, "self_attn", architecture.encoderEmbedDim());
        List<Integer> sizes = architecture.encoderExperts(i);
        feedForward(true, i, architecture.encoderEmbedDim(), sizes, config.encoder().experts(i));
      }
      for (int i = 0; i < architecture.decoderLayers(); i++) {
        attention(false, i, "self_attn", architecture.decoderEmbedDim());
        attention(false, i, "encoder_attn", architecture.decoderEmbedDim());
        List<Integer> sizes = architecture.decoderExperts(i);
        feedForward(false, i, architecture.decoderEmbedDim(), sizes, config.decoder().experts(i));
      }
      return found;
    }

    private void attention(boolean encoder, int layer, String name, int width) {
      if (config.experts().inAttention(layer)) {
        add(encoder, layer, name + ".in_proj", 1, List.of(3 * config.qkvDim()));
        add(encoder, layer, name + ".out_proj", 1, List.of(width));
      }
    }

    /**
     * @param sizes FFN sizes of the token experts in use, one in a dense layer
     * @param all those that the layer has
     */
    private void feedForward(
        boolean encoder, int layer, int width, List<Integer> sizes, List<Integer> all) {
      if (config.experts().inFeedForward(layer)) {
        add(encoder, layer, "fc1", all.size(), sizes);
        // A token expert of size 0 is the identity and has no weights.
        List<Integer> widths = sizes.stream().map(size -> size > 0 ? width : 0).toList();
        add(encoder, layer, "fc2", all.size(), widths);
      }
    }

    /**
     * Adds the mixture of a matrix's router, once where it serves several.
     *
     * @param blocks equal parts that the router's rows fall into, one for each token expert
     * @param used how many output neurons, the first ones, of each block are used
     */
    private void add(boolean encoder, int layer, String matrix, int blocks, List<Integer> used) {
      String prefix =
          encoder
              ? ParameterLayout.encoderLayerName(layer)
              : ParameterLayout.decoderLayerName(layer);
      if (!routers.add(RouterLayout.name(routing, prefix, matrix))) {
        return;
      }
      int experts = config.experts().count();
      List<float[]> rows = new ArrayList<>();
      for (int b = 0; b < used.size(); b++) {
        if (used.get(b) > 0) {
          rows.addAll(
              rows(
                  new WeightMatrix(
                      prefix, matrix, true, b, blocks, WeightMatrix.Rows.all(used.get(b)), 1)));
        }
      }
      if (!rows.isEmpty()) {
        List<Double> mean = IntStream.range(0, experts).mapToObj(e -> mean(rows, e)).toList();
        List<Double> spread =
            IntStream.range(0, experts).mapToObj(e -> spread(rows, e, mean.get(e))).toList();
        String served = routing.granularity().served(matrix);
        found.add(new ExpertMixture(encoder, layer, served, mean, spread));
      }
    }

    /** The rows of R that a matrix has. */
    private List<float[]> rows(WeightMatrix matrix) {
      Tensor mixture = model.routerLayout().shares(matrix).rows(mixtures);
      float[] all = Tensors.toFloats(mixture);
      int experts = config.experts().count();
      return IntStream.range(0, all.length / experts)
          .mapToObj(r -> Arrays.copyOfRange(all, r * experts, (r + 1) * experts))
          .toList();
    }

    private static double mean(List<float[]> rows, int expert) {
      return rows.stream().mapToDouble(row -> row[expert]).average().orElseThrow();
    }

    private static double spread(List<float[]> rows, int expert, double mean) {
      double squares = rows.stream().mapToDouble(row -> row[expert] - mean).map(d -> d * d).sum();
      return Math.sqrt(squares / rows.size());
    }
  }
}
