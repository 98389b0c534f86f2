package mos.results;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What of a SubTransformer can be constrained. */
public enum Quantity {
  /** Millions of parameters without embeddings. */
  @JsonProperty("params")
  PARAMS("M", "M parameters", "parameters"),
  /** 10^9 floating-point operations of one sentence. */
  @JsonProperty("flops")
  FLOPS("GFLOPs", "GFLOPs", "FLOPs"),
  /** Milliseconds of one sentence. */
  @JsonProperty("latency")
  LATENCY("ms", "ms", "latency");

  private final String unit;
  private final String words;
  private final String word;

  Quantity(String unit, String words, String word) {
    this.unit = unit;
    this.words = words;
    this.word = word;
  }

  /** Its unit in files. */
  public String unit() {
    return unit;
  }

  /** Its unit in messages and of a search's costs. */
  public String words() {
    return words;
  }

  /** Its name in messages. */
  public String word() {
    return word;
  }
}
