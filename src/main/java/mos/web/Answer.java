package mos.web;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import mos.base.Json;

/**
 * What a request gets.
 *
 * @param status HTTP's
 * @param type of the body, without its charset, which is UTF-8
 * @param body not changed any more
 * @param headers further ones
 */
public record Answer(int status, String type, byte[] body, Map<String, String> headers) {
  private static final String JSON = "application/json";

  /** A text of a type. */
  public static Answer of(int status, String type, String text) {
    return new Answer(status, type, text.getBytes(StandardCharsets.UTF_8), Map.of());
  }

  /** A page. */
  public static Answer page(String html) {
    return of(200, "text/html", html);
  }

  /** A value as JSON. */
  public static Answer json(Object value) {
    return of(200, JSON, Json.line(value) + "\n");
  }

  /** A refusal, as {@code {"error": message}}. */
  public static Answer error(int status, String message) {
    return of(status, JSON, Json.line(Map.of("error", message)) + "\n");
  }

  /** The same with another header. */
  public Answer with(String header, String value) {
    return new Answer(status, type, body, Map.of(header, value));
  }
}
