package mos.sample;

import static org.assertj.core.api.Assertions.assertThat;

import com.ibm.icu.util.ULocale;
import java.math.BigDecimal;
import java.time.LocalDateTime;
import java.util.List;
import org.junit.jupiter.api.Test;

class CldrTest {
  private final Cldr english = new Cldr(ULocale.UK);
  private final Cldr german = new Cldr(ULocale.GERMANY);

  @Test
  void germanNumbersInWordsHaveNoSoftHyphens() {
    assertThat(german.spelled(347_924, "%spellout-numbering"))
        .isEqualTo("dreihundertsiebenundvierzigtausendneunhundertvierundzwanzig");
  }

  @Test
  void measuresStandInTheCaseAskedFor() {
    BigDecimal three = BigDecimal.valueOf(3);
    assertThat(german.measure(three, "day", "nominative")).isEqualTo("3 Tage");
    assertThat(german.measure(three, "day", "dative")).isEqualTo("3 Tagen");
  }

  @Test
  void decimalsAndDatesFollowTheLanguage() {
    BigDecimal amount = new BigDecimal("1234.50");
    assertThat(english.money(amount, "CAD")).isEqualTo("1,234.50 Canadian dollars");
    assertThat(german.money(amount, "CAD")).isEqualTo("1.234,50 Kanadische Dollar");
    LocalDateTime date = LocalDateTime.of(2014, 5, 13, 0, 0);
    assertThat(english.date(date, "yMMMMEEEEd")).isEqualTo("Tuesday, 13 May 2014");
    assertThat(german.date(date, "yMMMMEEEEd")).isEqualTo("Dienstag, 13. Mai 2014");
  }

  @Test
  void namesAndListsAreThoseOfTheLanguage() {
    assertThat(german.city("Europe/Vienna")).isEqualTo("Wien");
    assertThat(german.region("FR")).isEqualTo("Frankreich");
    assertThat(german.language("cs")).isEqualTo("Tschechisch");
    assertThat(english.list(List.of("A", "B", "C"))).isEqualTo("A, B and C");
  }
}
