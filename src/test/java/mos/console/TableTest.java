package mos.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class TableTest {
  @Test
  void alignsColumns() {
    Table table =
        Table.of("stage", ">time", "note")
            .row("supernet", "1 min 23 s", null)
            .row("größe", "8 s", "two\nlines");
    assertThat(table.toString())
        .isEqualTo(
            """
            stage           time  note
            --------  ----------  ---------
            supernet  1 min 23 s
            größe            8 s  two lines
            """);
  }

  @Test
  void refusesRowsOfAnotherLength() {
    assertThatThrownBy(() -> Table.of("a", "b").row("x"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("got 1 cells for 2 columns");
  }
}
