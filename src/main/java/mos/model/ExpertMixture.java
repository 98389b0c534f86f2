package mos.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import mos.space.SubTransformer;
import mos.tensor.Scope;
import mos.tensor.Tensors;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Tensor;

/**
 * How one router mixes the m experts of a matrix for one architecture: the mean over the rows that
 * the SubTransformer uses, and how far they lie apart. A layer-wise router has one row, so its
 * spread is 0.
 *
 * <p>Source: Mixture-of-Supernets (2024), sections 3.1 and 3.2: the rows r of the routing matrix.
 *
 * @param encoder whether the layer is the encoder's, else the decoder's
 * @param layer from 0
 * @param matrix fc1, fc2, self_attn.in_proj, …; layer-wise the module: ffn, self_attn or
 *     encoder_attn
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
    private final boolean layerWise;
    private final SubTransformer architecture;
    private final RouterBank routers;
    private final List<ExpertMixture> found = new ArrayList<>();

    Reading(SuperTransformer model, SubTransformer architecture) {
      this.config = model.config();
      this.routing = config.experts().variant();
      this.layerWise = routing.granularity() == ExpertRouting.Granularity.LAYER;
      this.architecture = architecture;
      this.routers = model.routers(List.of(architecture), false, false);
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
      if (!config.experts().inAttention(layer)) {
        return;
      }
      if (layerWise) {
        add(encoder, layer, name, name + ".in_proj", 1, List.of(1));
      } else {
        String in = name + ".in_proj";
        String out = name + ".out_proj";
        add(encoder, layer, in, in, 1, List.of(3 * config.qkvDim()));
        add(encoder, layer, out, out, 1, List.of(width));
      }
    }

    /**
     * @param sizes FFN sizes of the token experts in use, one in a dense layer
     * @param all those that the layer has
     */
    private void feedForward(
        boolean encoder, int layer, int width, List<Integer> sizes, List<Integer> all) {
      if (!config.experts().inFeedForward(layer)) {
        return;
      }
      // A token expert of size 0 is the identity and has no weights.
      if (layerWise) {
        add(encoder, layer, "ffn", "fc1", all.size(), rows(sizes, 1));
      } else {
        add(encoder, layer, "fc1", "fc1", all.size(), sizes);
        add(encoder, layer, "fc2", "fc2", all.size(), rows(sizes, width));
      }
    }

    private static List<Integer> rows(List<Integer> sizes, int rows) {
      return sizes.stream().map(size -> size > 0 ? rows : 0).toList();
    }

    /**
     * @param blocks equal parts that the router's rows fall into, one for each token expert
     * @param used how many rows, the first ones, of each block are used
     */
    private void add(
        boolean encoder, int layer, String name, String matrix, int blocks, List<Integer> used) {
      String prefix =
          encoder
              ? ParameterLayout.encoderLayerName(layer)
              : ParameterLayout.decoderLayerName(layer);
      Tensor mixture = routers.mixture(0, ParameterLayout.routerName(routing, prefix, matrix));
      int experts = config.experts().count();
      float[] all = Tensors.toFloats(mixture);
      int block = all.length / experts / blocks;
      List<float[]> rows = new ArrayList<>();
      for (int b = 0; b < used.size(); b++) {
        for (int r = 0; r < used.get(b); r++) {
          int from = (b * block + r) * experts;
          rows.add(Arrays.copyOfRange(all, from, from + experts));
        }
      }
      if (!rows.isEmpty()) {
        List<Double> mean = IntStream.range(0, experts).mapToObj(e -> mean(rows, e)).toList();
        List<Double> spread =
            IntStream.range(0, experts).mapToObj(e -> spread(rows, e, mean.get(e))).toList();
        found.add(new ExpertMixture(encoder, layer, name, mean, spread));
      }
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
