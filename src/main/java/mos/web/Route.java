package mos.web;

import java.util.function.Function;

/**
 * What is answered under a path.
 *
 * @param path the whole of it; nothing below it is answered
 * @param post whether it is for POST with a JSON body; else it is for GET and HEAD
 * @param limited whether it counts among the requests that are answered at the same time
 * @param answer of a body, which is empty for GET; may throw {@link Refused}
 */
public record Route(String path, boolean post, boolean limited, Function<String, Answer> answer) {
  /** A page or figures, made anew for each request. */
  public static Route get(String path, java.util.function.Supplier<Answer> answer) {
    return new Route(path, false, false, body -> answer.get());
  }

  /** Work on JSON, as much at a time as the server's limits allow. */
  public static Route post(String path, Function<String, Answer> answer) {
    return new Route(path, true, true, answer);
  }

  String methods() {
    return post ? "POST" : "GET, HEAD";
  }
}
