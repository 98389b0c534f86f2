package mos.space;

import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Numbers that describe architectures in some of their dimensions. Networks, datasets and {@code
 * measure} all go through {@link #ALL}, so that a new dimension is described by all of them.
 *
 * @param name for people
 * @param dimensions that it describes, in order
 */
public record FeatureBlock(String name, List<Dimension> dimensions) {
  /**
   * HAT's ten: per side width, depth and means over layers.
   *
   * <p>Source: Wang et al., HAT (ACL 2020), section 3.2.
   */
  public static final FeatureBlock HAT =
      new FeatureBlock(
          "HAT", Arrays.stream(Dimension.values()).filter(one -> !one.optional()).toList());

  /**
   * The mean number of token experts of an encoder and of a decoder layer.
   *
   * <p>Source: Jawahar et al., AutoMoE (Findings of ACL 2023), whose latency predictor has them
   * after HAT's ten.
   */
  public static final FeatureBlock TOKEN_EXPERTS = of(DimensionKind.EXPERTS);

  /**
   * Those of every architecture, then those of optional kinds in order. Sizes of further token
   * experts are told by the mean FFN size of their layer.
   */
  public static final List<FeatureBlock> ALL =
      Stream.concat(
              Stream.of(HAT),
              Arrays.stream(DimensionKind.values())
                  .filter(kind -> kind.optional() && kind != DimensionKind.EXPERT_FFN)
                  .map(FeatureBlock::of))
          .toList();

  /** The block of one optional kind. */
  public static FeatureBlock of(DimensionKind kind) {
    return new FeatureBlock(kind.what(), kind.dimensions());
  }

  /** Whether an architecture has anything that it describes. */
  public boolean usedBy(SubTransformer architecture) {
    return dimensions.stream().anyMatch(architecture::uses);
  }

  /** Names of the averages, in order, as in HAT's latency datasets. */
  public List<String> columns() {
    return dimensions.stream().flatMap(FeatureBlock::columns).toList();
  }

  private static Stream<String> columns(Dimension dimension) {
    String key = dimension.jsonKey();
    List<String> names = dimension.kind().names();
    return names.isEmpty()
        ? Stream.of(dimension.perLayer() ? key + "_avg" : key)
        : names.stream().skip(1).map(name -> key + "_" + name);
  }

  /**
   * The averages over active layers, raw, in the order of {@link #columns}: of names, the shares of
   * layers that have each but the first. A layer with token experts counts with the mean of their
   * FFN sizes.
   */
  public double[] averages(SubTransformer a) {
    return dimensions.stream().flatMapToDouble(one -> averages(a, one)).toArray();
  }

  private static DoubleStream averages(SubTransformer a, Dimension dimension) {
    if (dimension.kind() == DimensionKind.FFN) {
      return DoubleStream.of(
          IntStream.range(0, a.value(dimension.layers(), 0))
              .mapToDouble(i -> mean(a.experts(dimension.ofEncoder(), i).stream()))
              .average()
              .orElseThrow());
    }
    DimensionKind kind = dimension.kind();
    return IntStream.range(0, kind.features())
        .mapToDouble(i -> mean(a.values(dimension).stream().map(value -> kind.feature(value, i))));
  }

  private static double mean(Stream<Integer> values) {
    return values.mapToInt(Integer::intValue).average().orElseThrow();
  }
}
