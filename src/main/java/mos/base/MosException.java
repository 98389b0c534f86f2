package mos.base;

/**
 * A failure that the user can understand and mend. The message says what, got, need and where; no
 * stack trace is shown for it. The program ends with exit code 1.
 */
public class MosException extends RuntimeException {
  public MosException(String message) {
    super(message);
  }

  public MosException(String message, Throwable cause) {
    super(message, cause);
  }
}
