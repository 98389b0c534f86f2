package mos.report;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Locale;

/** Points in time for readers. */
final class Instants {
  /** Stands where no time was written. */
  static final String NOT_RECORDED = "not recorded";

  private static final DateTimeFormatter FORM =
      DateTimeFormatter.ofPattern("d MMM uuuu, HH:mm 'UTC'", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);

  private Instants() {}

  /** An ISO instant as "28 Nov 2026, 12:40 UTC"; what is none stays as it is. */
  static String words(String iso) {
    if (iso.isEmpty()) {
      return NOT_RECORDED;
    }
    try {
      return FORM.format(Instant.parse(iso));
    } catch (DateTimeParseException e) {
      return iso;
    }
  }
}
