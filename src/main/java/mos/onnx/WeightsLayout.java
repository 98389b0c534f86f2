package mos.onnx;

import java.util.LinkedHashMap;
import java.util.Map;

/** Where each constant of two graphs is in their file; what both use is there once. */
final class WeightsLayout {
  /** The file's name. */
  static final String FILE = "weights.bin";

  /** Constants begin at multiples of this. */
  private static final long ALIGNED = 4096;

  private final Map<String, Initializer> initializers = new LinkedHashMap<>();
  private final Map<String, Long> offsets = new LinkedHashMap<>();
  private long end;

  /** The place of a constant, a new one for one that is new. */
  long place(Initializer initializer) {
    Long known = offsets.get(initializer.name());
    if (known != null) {
      return known;
    }
    long offset = (end + ALIGNED - 1) / ALIGNED * ALIGNED;
    initializers.put(initializer.name(), initializer);
    offsets.put(initializer.name(), offset);
    end = offset + initializer.bytes();
    return offset;
  }

  /** All constants, in the order of the file. */
  Map<String, Initializer> initializers() {
    return initializers;
  }

  long offset(String name) {
    return offsets.get(name);
  }

  /** Bytes of the file. */
  long size() {
    return end;
  }
}
