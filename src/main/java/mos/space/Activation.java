package mos.space;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * The activation of a feed-forward layer.
 *
 * <p>Source: GELU: Hendrycks and Gimpel (2016), section 2, the exact form; swish, x·σ(x):
 * Ramachandran et al. (2017).
 */
public enum Activation {
  RELU,
  GELU,
  SWISH;

  /** Of all, in this order. */
  static final List<String> NAMES = Arrays.stream(values()).map(Activation::word).toList();

  /** By its name in lower case. */
  public static Activation of(String name) {
    return valueOf(name.toUpperCase(Locale.ROOT));
  }

  private String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
