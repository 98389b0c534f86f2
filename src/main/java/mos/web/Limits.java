package mos.web;

/**
 * What a server takes at most.
 *
 * @param bodyBytes of a request
 * @param requests that are answered at the same time; more are refused with 429
 * @param seconds for a request to come in, and for its answer to be taken
 */
public record Limits(int bodyBytes, int requests, int seconds) {
  /** For pages: no bodies, a few browsers. */
  public static final Limits PAGES = new Limits(0, 16, 60);
}
