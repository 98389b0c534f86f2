package mos.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The pages in headless Chromium, where there is one: drawn, and without console messages. */
@Tag("slow")
class BrowserTest {
  @TempDir Path folder;

  private static String browser() {
    return Stream.of("chromium", "chromium-browser", "google-chrome")
        .flatMap(
            name ->
                Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
                    .map(place -> Path.of(place, name)))
        .filter(Files::isExecutable)
        .map(Path::toString)
        .findFirst()
        .orElse("");
  }

  private BufferedImage screenshot(Path page, int width, String... more) throws Exception {
    String browser = browser();
    assumeTrue(!browser.isEmpty(), "no chromium, chromium-browser or google-chrome on the PATH");
    Path picture = folder.resolve("page.png");
    Path log = folder.resolve("log.txt");
    Files.deleteIfExists(picture);
    List<String> command = new ArrayList<>();
    command.addAll(List.of(browser, "--headless=new", "--no-sandbox", "--disable-gpu"));
    command.addAll(List.of("--hide-scrollbars", "--enable-logging=stderr"));
    command.addAll(List.of("--user-data-dir=" + folder.resolve("profile")));
    command.addAll(List.of("--window-size=" + width + ",2400", "--screenshot=" + picture));
    command.addAll(List.of(more));
    command.add(page.toUri().toString());
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    try {
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("browser ended").isTrue();
    } finally {
      process.destroyForcibly();
    }
    assertThat(Files.readString(log)).doesNotContain("CONSOLE");
    return ImageIO.read(picture.toFile());
  }

  private static int brightness(BufferedImage image, int x, int y) {
    int rgb = image.getRGB(x, y);
    return ((rgb >> 16 & 255) + (rgb >> 8 & 255) + (rgb & 255)) / 3;
  }

  private static long colours(BufferedImage image) {
    return java.util.stream.IntStream.range(0, image.getWidth() * image.getHeight())
        .map(i -> image.getRGB(i % image.getWidth(), i / image.getWidth()))
        .distinct()
        .count();
  }

  @Test
  void pagesAreDrawnWideNarrowAndDark() throws Exception {
    ExampleFolder.write(folder.resolve("a"), 200);
    ExampleFolder.write(folder.resolve("b"), 100);
    Path report = ReportPage.write(folder.resolve("a"));
    Path comparison = folder.resolve("comparison.html");
    ComparisonPage.write(List.of(folder.resolve("a"), folder.resolve("b")), comparison);
    for (Path page : List.of(report, comparison)) {
      BufferedImage wide = screenshot(page, 1200);
      assertThat(brightness(wide, 2, 2)).isGreaterThan(230);
      assertThat(colours(wide)).as("pictures are drawn").isGreaterThan(100);
      BufferedImage dark = screenshot(page, 500, "--blink-settings=preferredColorScheme=0");
      assertThat(brightness(dark, 2, 2)).isLessThan(40);
    }
  }
}
