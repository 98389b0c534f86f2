package mos.command;

import mos.space.ArchitectureCost;
import mos.space.SubTransformer;

/** What of a SubTransformer can be constrained. */
enum Quantity {
  PARAMS("params", "M", "M parameters", "parameters"),
  FLOPS("flops", "GFLOPs", "GFLOPs", "FLOPs"),
  LATENCY("latency", "ms", "ms", "latency");

  private final String key;
  private final String unit;
  private final String words;
  private final String word;

  Quantity(String key, String unit, String words, String word) {
    this.key = key;
    this.unit = unit;
    this.words = words;
    this.word = word;
  }

  /** Of what is counted, in {@link #unit}. */
  double count(ArchitectureCost cost, SubTransformer architecture) {
    return switch (this) {
      case FLOPS -> cost.flops(architecture) / 1e9;
      case PARAMS -> cost.parametersWithoutEmbedding(architecture) / 1e6;
      case LATENCY -> throw new IllegalArgumentException("latency is not counted");
    };
  }

  /** As in JSON files. */
  String key() {
    return key;
  }

  /** Its unit in JSON files. */
  String unit() {
    return unit;
  }

  /** Its unit in messages and of a search's costs. */
  String words() {
    return words;
  }

  /** Its name in messages. */
  String word() {
    return word;
  }
}
