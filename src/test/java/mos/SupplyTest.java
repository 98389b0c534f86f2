package mos;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import mos.base.Sha256;
import org.junit.jupiter.api.Test;

/**
 * The jars are those that were chosen, byte for byte, and their licences are listed. After a change
 * of versions, {@code -Dmos.supply.write=true} writes the list of checksums anew, to be looked at.
 */
class SupplyTest {
  private static final Path CHECKSUMS = Path.of("src/test/resources/supply/dependencies.sha256");

  /** Jars of natives, of which a platform has its own. */
  private static final Pattern NATIVES =
      Pattern.compile(".*-(linux|macosx|windows)-(x86_64|arm64)(-.*)?\\.jar");

  /** Jars on the class path by name. */
  private static Map<String, Path> jars() {
    Map<String, Path> jars = new TreeMap<>();
    Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
        .filter(entry -> entry.endsWith(".jar"))
        .map(Path::of)
        .forEach(jar -> jars.put(jar.getFileName().toString(), jar));
    return jars;
  }

  private static Map<String, String> listed() throws IOException {
    Map<String, String> listed = new LinkedHashMap<>();
    for (String line : Files.readAllLines(CHECKSUMS)) {
      listed.put(line.substring(66), line.substring(0, 64));
    }
    return listed;
  }

  @Test
  void everyJarHasItsChecksum() throws IOException {
    Map<String, String> found = new TreeMap<>();
    jars().forEach((name, jar) -> found.put(name, Sha256.of(jar)));
    if (Boolean.getBoolean("mos.supply.write")) {
      List<String> lines =
          found.entrySet().stream().map(e -> e.getValue() + "  " + e.getKey()).toList();
      Files.write(CHECKSUMS, lines);
    }
    Map<String, String> listed = listed();
    found.keySet().removeIf(name -> NATIVES.matcher(name).matches() && !listed.containsKey(name));
    assertThat(found).hasSizeGreaterThan(20);
    found.forEach(
        (name, hash) -> assertThat(listed).as("checksums of jars").containsEntry(name, hash));
  }

  @Test
  void everyLibraryIsListedWithItsLicence() throws IOException {
    List<String> rows =
        Files.readAllLines(Path.of("THIRD-PARTY.md")).stream()
            .filter(line -> line.matches("\\| \\S+:\\S+ \\| \\S+ \\| \\S.* \\|"))
            .map(line -> line.split(" ")[1].replaceFirst(".*:", "") + "-" + line.split(" ")[3])
            .toList();
    List<String> tests = List.of("junit", "assertj", "archunit", "opentest4j", "apiguardian");
    for (String name : jars().keySet()) {
      boolean ofTests = tests.stream().anyMatch(name::contains) || name.startsWith("byte-buddy");
      if (!ofTests && !NATIVES.matcher(name).matches()) {
        assertThat(rows).as("libraries in THIRD-PARTY.md").contains(name.replace(".jar", ""));
      }
    }
  }
}
