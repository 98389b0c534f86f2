package mos.base;

import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The folder that the program was started from: the one with {@code configs/}. */
public final class Home {
  private Home() {}

  /** The system property mos.home, else the folder above the jar, else the current one. */
  public static Path path() {
    String property = System.getProperty("mos.home");
    if (property != null) {
      return Path.of(property);
    }
    try {
      Path code = Path.of(Home.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      Path home = code.toAbsolutePath().getParent().getParent();
      if (home != null && Files.isDirectory(home.resolve("configs"))) {
        return home;
      }
    } catch (URISyntaxException | RuntimeException unknown) {
      // No usual code location: the current folder is as good a guess as any.
      return Path.of("");
    }
    return Path.of("");
  }
}
