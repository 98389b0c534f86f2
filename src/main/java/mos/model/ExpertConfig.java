package mos.model;

import java.util.List;
import mos.base.ConfigurationException;
import mos.space.ArchitectureFeatures;
import mos.space.FineScale;
import mos.space.ModelCost;
import mos.space.SearchSpace;
import mos.space.SubTransformer;

/**
 * The experts, of the feed-forward layers unless said otherwise, and their routers. One expert
 * means plain weight sharing (HAT): no router exists.
 *
 * @param count m, in 1..1024
 * @param routing a name of {@link ExpertRouting#NAMES}; unused when {@code count} is 1
 * @param hypernetHiddenSize H, the routers' hidden size
 * @param layerFreq −1: every layer has experts; 0.5: every second, beginning with the second
 * @param featureFormat {@code aggr} (10 numbers, divided by {@code featureNorm}) or {@code fine}
 *     (40, more in deeper spaces)
 * @param featureNorm 10 divisors of the {@code aggr} features
 * @param modules which matrices have experts; null, as in older checkpoints, means FFN
 * @param rank r of low-rank experts, see {@link LowRankMatrix}; 0: whole matrices
 * @param fineScale of the {@code fine} features; null, as in older checkpoints: as published
 */
public record ExpertConfig(
    int count,
    String routing,
    int hypernetHiddenSize,
    double layerFreq,
    String featureFormat,
    List<Double> featureNorm,
    Modules modules,
    int rank,
    FineScale fineScale) {
  /** Which matrices have experts. */
  public enum Modules {
    FFN,
    ATTENTION,
    ALL
  }

  public static final int MAX_COUNT = 1024;

  /** Plain weight sharing. */
  public static final ExpertConfig NONE =
      new ExpertConfig(
          1, "neuronrouting_jack_drop_2L", 128, -1, "aggr", ArchitectureFeatures.PUBLISHED_NORM);

  /** Whole matrices of the feed-forward layers, as published. */
  public ExpertConfig(
      int count,
      String routing,
      int hypernetHiddenSize,
      double layerFreq,
      String featureFormat,
      List<Double> featureNorm) {
    this(
        count,
        routing,
        hypernetHiddenSize,
        layerFreq,
        featureFormat,
        featureNorm,
        Modules.FFN,
        0,
        FineScale.PUBLISHED);
  }

  public ExpertConfig {
    featureNorm = List.copyOf(featureNorm);
    modules = modules == null ? Modules.FFN : modules;
    fineScale = fineScale == null ? FineScale.PUBLISHED : fineScale;
    if (rank < 0) {
      throw new ConfigurationException("expert-rank: got " + rank + ", must be at least 0");
    }
    if (count < 1 || count > MAX_COUNT) {
      throw new ConfigurationException(
          "max-experts: got " + count + ", must be in 1.." + MAX_COUNT);
    }
    if (hypernetHiddenSize < 1) {
      throw new ConfigurationException(
          "hypernet-hidden-size: got " + hypernetHiddenSize + ", must be at least 1");
    }
    if (layerFreq != -1 && !(layerFreq > 0 && layerFreq <= 1)) {
      throw new ConfigurationException(
          "expert-layer-freq: got " + layerFreq + ", must be -1 or in (0, 1]");
    }
    if (!featureFormat.equals("aggr") && !featureFormat.equals("fine")) {
      throw new ConfigurationException(
          "feature format: got " + featureFormat + ", must be aggr or fine");
    }
    ExpertRouting.of(routing);
  }

  /** The router variant. */
  public ExpertRouting variant() {
    return ExpertRouting.of(routing);
  }

  /** Whether layer {@code layer} (from 0) of either side has experts. */
  public boolean inLayer(int layer) {
    return count > 1 && (layer + 1) % layerPeriod() == 0;
  }

  /** The same experts of other matrices. */
  public ExpertConfig of(Modules others, int otherRank) {
    return new ExpertConfig(
        count,
        routing,
        hypernetHiddenSize,
        layerFreq,
        featureFormat,
        featureNorm,
        others,
        otherRank,
        fineScale);
  }

  /** So many experts, mixed by that router variant, and all else the same. */
  public ExpertConfig with(int otherCount, String otherRouting) {
    return new ExpertConfig(
        otherCount,
        otherRouting,
        hypernetHiddenSize,
        layerFreq,
        featureFormat,
        featureNorm,
        modules,
        rank,
        fineScale);
  }

  /** The same experts in another search space. */
  public ExpertConfig in(SearchSpace space) {
    return new ExpertConfig(
        count,
        routing,
        hypernetHiddenSize,
        layerFreq,
        featureFormat,
        featureNorm,
        modules,
        rank,
        FineScale.of(space));
  }

  /** Whether the FFN of layer {@code layer} has experts. */
  boolean inFeedForward(int layer) {
    return inLayer(layer) && modules != Modules.ATTENTION;
  }

  /** Whether the attention projections of layer {@code layer} have experts. */
  boolean inAttention(int layer) {
    return inLayer(layer) && modules != Modules.FFN;
  }

  private int layerPeriod() {
    return layerFreq == -1 ? 1 : (int) Math.round(1 / layerFreq);
  }

  /** What the experts mean for parameter counts. */
  public ModelCost.Experts costModel() {
    boolean counted = variant().granularity().lastIsSuperLayer();
    return new ModelCost.Experts(count, counted ? hypernetHiddenSize : 0, layerPeriod());
  }

  /** Numbers that describe an architecture to the routers. */
  public int featureCount() {
    return featureFormat.equals("fine") ? fineScale.size() : fineScale.averages();
  }

  /** The normalised description of an architecture, {@link #featureCount} numbers. */
  float[] features(SubTransformer architecture) {
    double[] all =
        featureFormat.equals("fine")
            ? ArchitectureFeatures.fine(architecture, fineScale)
            : ArchitectureFeatures.normalised(architecture, featureNorm, fineScale);
    float[] floats = new float[all.length];
    for (int i = 0; i < all.length; i++) {
      floats[i] = (float) all[i];
    }
    return floats;
  }
}
