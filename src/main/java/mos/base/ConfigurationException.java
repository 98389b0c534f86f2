package mos.base;

/** A mistake in usage or configuration. The program ends with exit code 2. */
public final class ConfigurationException extends MosException {
  public ConfigurationException(String message) {
    super(message);
  }

  public ConfigurationException(String message, Throwable cause) {
    super(message, cause);
  }
}
