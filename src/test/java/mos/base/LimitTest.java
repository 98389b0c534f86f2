package mos.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import mos.base.ConfigurationException;
import mos.base.Json;
import mos.base.Limit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LimitTest {
  private static final Setting<Limit> LATENCY =
      Setting.ofLimit("latency-constraint").defaultsTo(Limit.of(200)).atLeast(0).unit("ms");

  private static Limit given(String text) {
    return Settings.load(List.of(), Map.of("latency_constraint", text), List.of(LATENCY))
        .get(LATENCY);
  }

  private static Limit inFile(String text) {
    return Settings.parse("latency-constraint: " + text, "a.yml", List.of(LATENCY)).get(LATENCY);
  }

  @Test
  void aNumberIsInTheSettingsUnitAndAPercentageIsAShare() {
    assertThat(given("15")).isEqualTo(Limit.of(15));
    assertThat(given("60%")).isEqualTo(Limit.percent(60));
    assertThat(inFile("60%")).isEqualTo(Limit.percent(60));
    assertThat(inFile("'62.5 %'")).isEqualTo(Limit.percent(62.5));
    assertThat(inFile("62.5 %")).isEqualTo(Limit.percent(62.5));
    assertThat(inFile("100%").value(40)).isEqualTo(40);
    assertThat(Limit.percent(60).value(40)).isEqualTo(24);
    assertThat(Limit.of(15).value(40)).isEqualTo(15);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0%", "-5%", "60%%", "60 %%", "140%", "%", "0.0%", "1e2%", "sixty%", "%60", "NaN%"
      })
  void whatIsNoShareIsToldWithWhatIsNeeded(String text) {
    assertThatThrownBy(() -> given(text))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "latency-constraint: got "
                + text
                + ", must be a share of the largest SubTransformer's, above 0% up to 100%, or a"
                + " number of at least 0, in ms (--latency-constraint on the command line)");
  }

  @Test
  void numbersKeepTheirRange() {
    assertThatThrownBy(() -> inFile("-1"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("latency-constraint: got -1, must be")
        .hasMessageContaining("a.yml:1");
  }

  @Test
  void isWrittenAsItIsRead() {
    assertThat(Limit.percent(60)).hasToString("60%");
    assertThat(Limit.percent(62.5)).hasToString("62.5%");
    assertThat(Limit.of(15)).hasToString("15.0");
    assertThat(Json.line(Map.of("latency-constraint", Limit.of(15))))
        .isEqualTo("{\"latency-constraint\":15.0}");
    assertThat(Json.line(Map.of("latency-constraint", Limit.percent(60))))
        .isEqualTo("{\"latency-constraint\":\"60%\"}");
    assertThat(given(Limit.percent(62.5).toString())).isEqualTo(Limit.percent(62.5));
  }
}
