package mos.latency;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import mos.base.Json;
import mos.base.MosException;
import mos.space.ArchitectureFeatures;
import mos.space.Dimension;

/** A quantity of an architecture that a latency model gives a weight. */
sealed interface LatencyTerm {
  double value(LatencyInput input);

  /** As it is written in files. */
  String formula();

  /**
   * A product of averaged features.
   *
   * @param features indices into {@link ArchitectureFeatures#AGGREGATE_NAMES}
   */
  record Product(List<Integer> features) implements LatencyTerm {
    private static final int MAX_FACTORS = 4;

    public Product {
      features = List.copyOf(features);
    }

    @Override
    public double value(LatencyInput input) {
      double product = 1;
      for (int feature : features) {
        product *= input.features()[feature];
      }
      return product;
    }

    /** Feature names joined by "*". */
    @Override
    public String formula() {
      return features.stream()
          .map(ArchitectureFeatures.AGGREGATE_NAMES::get)
          .collect(Collectors.joining("*"));
    }

    static Optional<LatencyTerm> parse(String formula) {
      List<Integer> features = new ArrayList<>();
      for (String name : formula.split("\\*", MAX_FACTORS + 1)) {
        int index = ArchitectureFeatures.AGGREGATE_NAMES.indexOf(name);
        if (index < 0) {
          return Optional.empty();
        }
        features.add(index);
      }
      return Optional.of(new Product(features));
    }
  }

  /**
   * The number of layers with one of a dimension's values: what the layer costs need not grow in a
   * straight line with its size.
   */
  record Layers(Dimension dimension, int choice) implements LatencyTerm {
    private static final Pattern FORMULA = Pattern.compile("layers\\(([a-z_]+)=(-?[0-9]{1,7})\\)");

    @Override
    public double value(LatencyInput input) {
      return input
          .architecture()
          .orElseThrow(
              () ->
                  new MosException(
                      "this latency predictor needs architectures layer by layer, the dataset has"
                          + " averages alone"))
          .values(dimension)
          .stream()
          .filter(value -> value == choice)
          .count();
    }

    @Override
    public String formula() {
      return "layers(" + dimension.jsonKey() + "=" + choice + ")";
    }

    static Optional<LatencyTerm> parse(String formula) {
      Matcher matcher = FORMULA.matcher(formula);
      if (!matcher.matches()) {
        return Optional.empty();
      }
      return Stream.of(Dimension.values())
          .filter(d -> d.perLayer() && d.jsonKey().equals(matcher.group(1)))
          .findFirst()
          .map(dimension -> new Layers(dimension, Integer.parseInt(matcher.group(2))));
    }
  }

  /**
   * Reads what {@link #formula} wrote.
   *
   * @throws MosException for anything else
   */
  static LatencyTerm parse(String formula, String where) {
    return Product.parse(formula)
        .or(() -> Layers.parse(formula))
        .orElseThrow(
            () ->
                new MosException(
                    where
                        + ": term: got "
                        + Json.line(formula.length() > 100 ? formula.substring(0, 100) : formula)
                        + ", must be a product of up to 4 of "
                        + ArchitectureFeatures.AGGREGATE_NAMES
                        + " or layers(DIMENSION=VALUE)"));
  }
}
