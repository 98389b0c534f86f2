package mos.results;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Arrays;

/** What a search's costs are in. */
public enum CostUnit {
  /** Latency. */
  @JsonProperty("ms")
  MS("ms", "latency_ms"),
  /** Latency as a share of the largest SubTransformer's, in percent. */
  @JsonProperty("% of the largest's latency")
  SHARE("% of the largest's latency", "latency_percent"),
  /** 10^9 floating-point operations. */
  @JsonProperty("GFLOPs")
  GFLOPS("GFLOPs", "gflops"),
  /** Millions of parameters without embeddings. */
  @JsonProperty("M parameters")
  MPARAMS("M parameters", "mparams");

  private final String words;
  private final String objective;

  CostUnit(String words, String objective) {
    this.words = words;
    this.objective = objective;
  }

  /** The unit of a limit. */
  public static CostUnit of(Quantity quantity, boolean relative) {
    return switch (quantity) {
      case LATENCY -> relative ? SHARE : MS;
      case FLOPS -> GFLOPS;
      case PARAMS -> MPARAMS;
    };
  }

  /**
   * The unit of that name.
   *
   * @throws IllegalArgumentException for any other
   */
  public static CostUnit named(String words) {
    return Arrays.stream(values())
        .filter(unit -> unit.words.equals(words))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no unit of costs: " + words));
  }

  /** As in files and messages. */
  public String words() {
    return words;
  }

  /** Its name among the objectives of a front, and the column of front.csv. */
  public String objective() {
    return objective;
  }

  /** What is limited in it. */
  public Quantity quantity() {
    return switch (this) {
      case MS, SHARE -> Quantity.LATENCY;
      case GFLOPS -> Quantity.FLOPS;
      case MPARAMS -> Quantity.PARAMS;
    };
  }

  /** Whether it is a latency, or a share of one, which no two measurements give alike. */
  public boolean timed() {
    return this == MS || this == SHARE;
  }

  @Override
  public String toString() {
    return words;
  }
}
