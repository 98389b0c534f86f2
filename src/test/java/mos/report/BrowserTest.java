package mos.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.awt.image.BufferedImage;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The pages in a real browser, where there is one: wide, narrow, light, dark and printed. */
class BrowserTest {
  private static final String POINT = "document.querySelectorAll('#search circle[data-tip]')[3]";

  @TempDir static Path folder;
  private static Browser browser;
  private static URI report;
  private static URI comparison;

  @BeforeAll
  static void start() throws Exception {
    Optional<Path> installed = Browser.installed();
    assumeTrue(
        installed.isPresent(),
        "skipped: no chromium, chromium-browser or google-chrome in PATH or /usr/bin");
    ExampleFolder.write(folder.resolve("a"));
    ExampleFolder.write(folder.resolve("a"), ExampleFolder.summary(60, 0.48));
    ExampleFolder.write(folder.resolve("b"), 100);
    report = ReportPage.write(folder.resolve("a")).toUri();
    Path page = folder.resolve("comparison.html");
    ComparisonPage.write(List.of(folder.resolve("a"), folder.resolve("b")), page);
    comparison = page.toUri();
    browser = Browser.start(installed.get(), folder.resolve("profile"));
  }

  @AfterAll
  static void stop() {
    if (browser != null) {
      browser.close();
    }
  }

  private static double number(Browser.Tab tab, String expression) throws Exception {
    return tab.evaluate(expression).asDouble();
  }

  private static int brightness(BufferedImage image, int x, int y) {
    int rgb = image.getRGB(x, y);
    return ((rgb >> 16 & 255) + (rgb >> 8 & 255) + (rgb & 255)) / 3;
  }

  @Test
  void pagesFitWideAndNarrowWindowsInBothSchemes() throws Exception {
    for (URI page : List.of(report, comparison)) {
      for (int width : new int[] {1300, 400}) {
        for (boolean dark : new boolean[] {false, true}) {
          Browser.Tab tab = browser.open(page, width, 900, dark);
          tab.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })");
          String what = page.getPath() + " at " + width + (dark ? ", dark" : ", light");
          assertThat(number(tab, "document.documentElement.scrollWidth")).as(what).isEqualTo(width);
          // A table that scrolls in its frame hides columns.
          String cut =
              "[...document.querySelectorAll('.scroll')].filter(e => e.scrollWidth > e.clientWidth)"
                  + ".map(e => e.innerText).join('|')";
          assertThat(tab.evaluate(cut).asText()).as(what).isEmpty();
          String outside =
              "[...document.querySelectorAll('svg text')].filter(t => (r => r.width > 0"
                  + " && (r.left < 0 || r.right > innerWidth))(t.getBoundingClientRect()))"
                  + ".map(t => t.textContent).join('|')";
          assertThat(tab.evaluate(outside).asText()).as(what).isEmpty();
          BufferedImage picture = tab.screenshot();
          if (dark) {
            assertThat(brightness(picture, 2, 2)).as(what).isLessThan(40);
          } else {
            assertThat(brightness(picture, 2, 2)).as(what).isGreaterThan(230);
          }
          assertThat(browser.messages()).as(what).isEmpty();
        }
      }
    }
  }

  @Test
  void resultStandsInTheFirstScreenOfAPhone() throws Exception {
    Browser.Tab tab = browser.open(report, 400, 700, false);
    for (String part : List.of(".verdict", ".conclusion")) {
      JsonNode box =
          tab.evaluate(
              "(r => ({top: r.top, bottom: r.bottom}))"
                  + "(document.querySelector('"
                  + part
                  + "').getBoundingClientRect())");
      assertThat(box.path("top").asDouble()).as(part).isPositive();
      assertThat(box.path("bottom").asDouble()).as(part).isBetween(1.0, 700.0);
    }
  }

  @Test
  void candidatesAreReadByMouseTouchAndKeys() throws Exception {
    Browser.Tab tab = browser.open(report, 1300, 900, false);
    tab.evaluate("document.querySelector('#search svg').scrollIntoView({block: 'center'})");
    assertThat(tab.evaluate("document.querySelector('.tip').hidden").asBoolean()).isTrue();
    double x = number(tab, "(r => r.left + r.width / 2)(" + POINT + ".getBoundingClientRect())");
    double y = number(tab, "(r => r.top + r.height / 2)(" + POINT + ".getBoundingClientRect())");
    tab.waitUntil("!document.querySelector('.tip').hidden", () -> tab.mouseTo(x, y));
    assertThat(tab.evaluate("document.querySelector('.tip').textContent").asText())
        .contains("loss", "generation", "parameters");
    tab.waitUntil("document.querySelector('.tip').hidden", () -> tab.mouseTo(2, 2));
    tab.waitUntil("!document.querySelector('.tip').hidden", () -> tab.tap(x, y));
    tab.evaluate("document.querySelector('#search svg').focus()");
    tab.press("Home");
    String first = tab.evaluate("document.querySelector('.tip').textContent").asText();
    tab.press("ArrowRight");
    String second = tab.evaluate("document.querySelector('.tip').textContent").asText();
    assertThat(second).contains("loss").isNotEqualTo(first);
    tab.press("Escape");
    assertThat(tab.evaluate("document.querySelector('.tip').hidden").asBoolean()).isTrue();
    assertThat(browser.messages()).isEmpty();
  }

  /** Contrast of all texts against what is behind them: WCAG 2.1, level AA. */
  @Test
  void textsStandOutFromTheirBackground() throws Exception {
    for (boolean dark : new boolean[] {false, true}) {
      Browser.Tab tab = browser.open(report, 1300, 900, dark);
      tab.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })");
      assertThat(tab.evaluate(CONTRAST).asText()).as(dark ? "dark" : "light").isEmpty();
    }
  }

  private static final String CONTRAST =
      """
      (() => {
        const rgb = text => text.match(/[0-9.]+/g).map(Number);
        const light = ([r, g, b]) => [r, g, b].map(v => v / 255)
            .map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
            .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
        const behind = e => {
          for (; e; e = e.parentElement) {
            const colour = rgb(getComputedStyle(e).backgroundColor);
            if (colour.length < 4 || colour[3] > 0) return colour;
          }
          return [255, 255, 255];
        };
        const bad = new Set();
        for (const e of document.querySelectorAll('body *:not(script):not(svg *)')) {
          if (![...e.childNodes].some(n => n.nodeType === 3 && n.data.trim())) continue;
          if (!e.getClientRects().length) continue;
          const a = light(rgb(getComputedStyle(e).color)), b = light(behind(e));
          const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
          if (ratio < 4.5) bad.add(e.localName + '.' + e.className + ' ' + ratio.toFixed(2));
        }
        return [...bad].join(', ');
      })()
      """;

  @Test
  void printedPageIsLightAndUnfolded() throws Exception {
    Browser.Tab tab = browser.open(report, 1300, 900, true);
    assertThat(tab.evaluate("document.querySelectorAll('details[open]').length").asInt()).isZero();
    tab.scheme(true, "print");
    assertThat(tab.evaluate("getComputedStyle(document.body).backgroundColor").asText())
        .isEqualTo("rgb(255, 255, 255)");
    tab.evaluate("window.dispatchEvent(new Event('beforeprint'))");
    assertThat(tab.evaluate("document.querySelectorAll('details:not([open])').length").asInt())
        .isZero();
    tab.evaluate("window.dispatchEvent(new Event('afterprint'))");
    assertThat(tab.evaluate("document.querySelectorAll('details[open]').length").asInt()).isZero();
    assertThat(tab.pdf()).startsWith("%PDF".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
  }

  @Test
  void livePageIsStyledAtOnceAndSaysWhenItsRunHasEnded() throws Exception {
    LiveReport live = LiveReport.start(folder.resolve("empty"), 0, 1);
    Browser.Tab tab = browser.open(URI.create(live.address()), 1300, 900, false);
    tab.waitUntil("getComputedStyle(document.querySelector('.live')).fontSize === '14px'");
    tab.waitUntil("document.body.innerText.includes('nothing yet')");
    tab.waitUntil("document.body.innerText.includes('./mos report ')");
    tab.waitUntil("!document.body.innerText.includes('The run has ended')");
    assertThat(browser.messages()).isEmpty();
    live.close();
    tab.waitUntil("document.body.innerText.includes('The run has ended')");
  }
}
