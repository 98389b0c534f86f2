package mos.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/**
 * The frame of every page: styles, the one script, and the rule that nothing else is loaded or run.
 * Without the script a page shows the same; tooltips are then the browser's own.
 */
final class Page {
  private static final String STYLE = resource("report.css");
  private static final String SCRIPT = resource("report.js");

  private Page() {}

  /** The page's beginning up to {@code <body>}. */
  static void head(String title, StringBuilder out) {
    head(title, 0, out);
  }

  /**
   * The beginning of a page that is made anew as its run goes on.
   *
   * @param refreshSeconds after how long it is asked for again; 0: never
   */
  static void head(String title, int refreshSeconds, StringBuilder out) {
    boolean live = refreshSeconds > 0;
    out.append("<!DOCTYPE html>\n<html lang=\"en\"");
    out.append(live ? " data-refresh=\"" + refreshSeconds + "\"" : "");
    out.append(">\n<head>\n<meta charset=\"utf-8\"/>\n");
    // Whatever a translation may contain, only the script with this hash runs.
    out.append("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; ");
    out.append("style-src 'unsafe-inline'; img-src data:; script-src '")
        .append(hash())
        .append('\'');
    out.append(live ? "; connect-src 'self'" : "").append("\"/>\n");
    out.append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n");
    out.append("<meta name=\"color-scheme\" content=\"light dark\"/>\n");
    // An empty picture: the browser asks for none.
    out.append("<link rel=\"icon\" href=\"data:,\"/>\n");
    if (live) {
      out.append("<noscript><meta http-equiv=\"refresh\" content=\"").append(refreshSeconds);
      out.append("\"/></noscript>\n");
    }
    out.append(Html.element("title", title));
    out.append("\n<style>\n").append(STYLE).append("</style>\n</head>\n<body>\n");
  }

  /** The page's end from {@code </body>} on. */
  static void end(StringBuilder out) {
    out.append("<script>").append(SCRIPT).append("</script>\n</body>\n</html>\n");
  }

  private static String hash() {
    try {
      byte[] text = SCRIPT.getBytes(StandardCharsets.UTF_8);
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(text);
      return "sha256-" + Base64.getEncoder().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String resource(String name) {
    try (InputStream in = Page.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
