package mos.serve;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import mos.web.Answer;
import mos.web.Route;

/** A page with a text and its translation, for a first try. */
final class TranslationPage {
  private TranslationPage() {}

  /**
   * The page, and the script that it loads.
   *
   * @param paths of the page
   */
  static List<Route> routes(List<String> paths) {
    Answer page = Answer.page(resource("try.html"));
    Answer script = Answer.of(200, "text/javascript", resource("try.js"));
    List<Route> all = new ArrayList<>(List.of(Route.get("/try.js", () -> script)));
    paths.forEach(path -> all.add(Route.get(path, () -> page)));
    return all;
  }

  private static String resource(String name) {
    try (InputStream in = TranslationPage.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
