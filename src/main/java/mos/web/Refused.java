package mos.web;

/** A request that cannot be answered as it was meant; who sent it is told. */
public final class Refused extends RuntimeException {
  private static final long serialVersionUID = 1;
  private final int status;

  /**
   * @param status HTTP's, 400 or more
   * @param message what, got, need
   */
  public Refused(int status, String message) {
    super(message);
    this.status = status;
  }

  /** HTTP's. */
  public int status() {
    return status;
  }
}
