package mos.latency;

import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeMap;
import mos.base.ConfigurationException;
import mos.base.MosException;

/** The latency sources that there are: those of this program, and those of jars beside it. */
public final class LatencySources {
  private LatencySources() {}

  /**
   * Opens a source.
   *
   * @param source a provider's name, or {@code name:argument}
   * @param request but for the argument, which is taken from {@code source}
   * @param key of the setting that names it, for messages
   * @throws ConfigurationException for a name that no provider has
   */
  public static LatencySource open(
      String source, LatencySourceProvider.Request request, String key) {
    String[] parts = source.split(":", 2);
    Map<String, LatencySourceProvider> all = providers();
    LatencySourceProvider provider = all.get(parts[0]);
    if (provider == null) {
      throw new ConfigurationException(
          key + ": got " + parts[0] + ", must be one of " + String.join(", ", all.keySet()));
    }
    return provider.open(
        new LatencySourceProvider.Request(
            request.model(),
            request.how(),
            request.hardwareSpec(),
            request.threads(),
            request.compute(),
            request.onnx(),
            request.runner(),
            parts.length == 1 ? "" : parts[1]));
  }

  private static Map<String, LatencySourceProvider> providers() {
    Map<String, LatencySourceProvider> all = new TreeMap<>();
    for (LatencySourceProvider provider : ServiceLoader.load(LatencySourceProvider.class)) {
      LatencySourceProvider other = all.put(provider.name(), provider);
      if (other != null) {
        throw new MosException(
            "two latency sources are named "
                + provider.name()
                + ": "
                + other.getClass().getName()
                + " and "
                + provider.getClass().getName()
                + ", need one; take one jar off the class path");
      }
    }
    return all;
  }
}
