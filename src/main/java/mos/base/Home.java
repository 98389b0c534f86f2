package mos.base;

import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;

/** The folder that the program was started from: the one with {@code configs/}. */
public final class Home {
  private static final String CONFIGS = "configs/";

  private Home() {}

  /**
   * The system property mos.home, else the folder of the jar or the one above it, else, of a jar
   * that has them inside, a folder of the user's that they are unpacked to, else the current one.
   */
  public static Path path() {
    String property = System.getProperty("mos.home");
    if (property != null) {
      return Path.of(property);
    }
    Path code = code();
    if (code != null && code.getParent() != null) {
      Path folder = code.getParent();
      if (Files.isDirectory(folder.resolve(CONFIGS))) {
        return folder;
      }
      if (folder.getParent() != null && Files.isDirectory(folder.getParent().resolve(CONFIGS))) {
        return folder.getParent();
      }
      if (Files.isRegularFile(code)) {
        return unpacked(code, Path.of(System.getProperty("user.home"), ".cache", "mos"));
      }
    }
    return Path.of("");
  }

  /** What starts the program: a checkout's or an archive's script, else mos of the search path. */
  public static Path launcher() {
    for (String name : List.of("mos", "bin/mos")) {
      if (Files.isExecutable(path().resolve(name)) && !path().toString().isEmpty()) {
        return path().resolve(name);
      }
    }
    return Path.of("mos");
  }

  /** Where this class was loaded from; null where that is no file or folder. */
  private static Path code() {
    try {
      return Path.of(Home.class.getProtectionDomain().getCodeSource().getLocation().toURI())
          .toAbsolutePath();
    } catch (URISyntaxException | RuntimeException unknown) {
      return null;
    }
  }

  /**
   * The folder with the jar's configurations, unpacked if they are not there as they are in the
   * jar; the current folder for a jar without any.
   *
   * @throws MosException when the jar cannot be read or the folder cannot be written
   */
  static Path unpacked(Path jar, Path cache) {
    try (JarFile file = new JarFile(jar.toFile())) {
      List<JarEntry> entries =
          file.stream().filter(e -> e.getName().startsWith(CONFIGS) && !e.isDirectory()).toList();
      StringBuilder contents = new StringBuilder();
      entries.forEach(e -> contents.append(e.getName()).append(e.getCrc()).append('\n'));
      Path home = cache.resolve(Sha256.of(contents.toString()).substring(0, 16));
      for (JarEntry entry : entries) {
        Path target = home.resolve(entry.getName()).normalize();
        if (!target.startsWith(home)) {
          throw new MosException(jar + ": " + entry.getName() + " leads out of its folder");
        }
        if (!Files.exists(target)) {
          try (InputStream in = file.getInputStream(entry)) {
            byte[] bytes = in.readAllBytes();
            AtomicFile.write(target, out -> out.write(bytes));
          }
        }
      }
      return entries.isEmpty() ? Path.of("") : home;
    } catch (IOException e) {
      throw new MosException("cannot unpack " + jar + ": " + AtomicFile.describe(e), e);
    }
  }
}
