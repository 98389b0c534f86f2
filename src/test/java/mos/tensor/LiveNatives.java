package mos.tensor;

import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import org.bytedeco.javacpp.PointerScope;

/**
 * Finds native objects that no inner scope owns. While it is open, such objects fall to it, so that
 * their exact number is known, which JavaCPP's own count does not tell without its collector.
 */
public final class LiveNatives implements AutoCloseable {
  private final PointerScope scope = new PointerScope();

  /** Objects of this thread that outlived the scopes opened since, or were made outside of them. */
  public int count() {
    try {
      Field stack = PointerScope.class.getDeclaredField("pointerStack");
      stack.setAccessible(true);
      return ((Collection<?>) stack.get(scope)).size();
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Resident memory of the process, or 0 where the system does not tell. */
  public static long residentBytes() {
    try {
      Path status = Path.of("/proc/self/status");
      if (!Files.exists(status)) {
        return 0;
      }
      return Files.readAllLines(status).stream()
          .filter(line -> line.startsWith("RssAnon:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
          .findFirst()
          .orElse(0);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    scope.close();
  }
}
