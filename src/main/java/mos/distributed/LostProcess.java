package mos.distributed;

import mos.base.MosException;

/**
 * Another process ended or cannot be reached; this one has nothing wrong. Whoever started both can
 * tell from the exit code which of them failed, where it asks for that.
 */
public final class LostProcess extends MosException {
  /** Environment variable with the exit code that whoever started the processes wants. */
  public static final String EXIT_CODE = "MOS_LOST_PROCESS_EXIT_CODE";

  LostProcess(String message) {
    super(message);
  }

  LostProcess(String message, Throwable cause) {
    super(message, cause);
  }

  /** The exit code of a process that ends with this: 1 unless another was asked for. */
  public static int exitCode() {
    return Integer.parseInt(System.getenv().getOrDefault(EXIT_CODE, "1"));
  }
}
