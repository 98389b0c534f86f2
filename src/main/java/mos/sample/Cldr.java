package mos.sample;

import com.ibm.icu.number.LocalizedNumberFormatter;
import com.ibm.icu.number.NumberFormatter;
import com.ibm.icu.number.NumberFormatter.UnitWidth;
import com.ibm.icu.text.DateFormat;
import com.ibm.icu.text.ListFormatter;
import com.ibm.icu.text.LocaleDisplayNames;
import com.ibm.icu.text.MeasureFormat;
import com.ibm.icu.text.MeasureFormat.FormatWidth;
import com.ibm.icu.text.RelativeDateTimeFormatter;
import com.ibm.icu.text.RelativeDateTimeFormatter.Direction;
import com.ibm.icu.text.RelativeDateTimeFormatter.RelativeUnit;
import com.ibm.icu.text.RuleBasedNumberFormat;
import com.ibm.icu.text.TimeZoneNames;
import com.ibm.icu.util.Currency;
import com.ibm.icu.util.Measure;
import com.ibm.icu.util.MeasureUnit;
import com.ibm.icu.util.TimeZone;
import com.ibm.icu.util.ULocale;
import java.math.BigDecimal;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * CLDR's words of one language, independent of the machine's locale and time zone. Soft hyphens are
 * removed (German numbers in words have them) and all spaces are plain ones. For one thread.
 */
final class Cldr {
  private final ULocale locale;
  private final RuleBasedNumberFormat spellOut;
  private final LocaleDisplayNames names;
  private final TimeZoneNames cities;
  private final RelativeDateTimeFormatter relative;
  private final MeasureFormat measures;
  private final ListFormatter lists;
  private final Map<String, DateFormat> dates = new HashMap<>();
  private final Map<String, LocalizedNumberFormatter> units = new HashMap<>();

  Cldr(ULocale locale) {
    this.locale = locale;
    spellOut = new RuleBasedNumberFormat(locale, RuleBasedNumberFormat.SPELLOUT);
    names = LocaleDisplayNames.getInstance(locale);
    cities = TimeZoneNames.getInstance(locale);
    relative = RelativeDateTimeFormatter.getInstance(locale);
    measures = MeasureFormat.getInstance(locale, FormatWidth.WIDE);
    lists = ListFormatter.getInstance(locale);
  }

  /** A number in words by one of CLDR's rule sets, such as {@code %spellout-numbering}. */
  String spelled(int number, String ruleSet) {
    return plain(spellOut.format(number, ruleSet));
  }

  /** The name of a region given by its ISO 3166 code. */
  String region(String code) {
    return plain(names.regionDisplayName(code));
  }

  /** The name of a language given by its ISO 639 code. */
  String language(String code) {
    return plain(names.languageDisplayName(code));
  }

  /** The name of the city that stands for a time zone such as {@code Europe/Vienna}. */
  String city(String timeZone) {
    return plain(cities.getExemplarLocationName(timeZone));
  }

  /** A date or time (UTC) in the fields of a CLDR skeleton such as {@code yMMMMd}. */
  String date(LocalDateTime time, String skeleton) {
    DateFormat format = dates.computeIfAbsent(skeleton, this::dateFormat);
    return plain(format.format(Date.from(time.toInstant(ZoneOffset.UTC))));
  }

  private DateFormat dateFormat(String skeleton) {
    DateFormat format = DateFormat.getPatternInstance(skeleton, locale);
    format.setTimeZone(TimeZone.getTimeZone("UTC"));
    return format;
  }

  /** “in 3 days”, “3 days ago”. */
  String relative(int quantity, Direction direction, RelativeUnit unit) {
    return plain(relative.format(quantity, direction, unit));
  }

  /** “3.5 kilometres”, the unit in the given grammatical case (CLDR's name for it). */
  @SuppressWarnings("deprecation") // ICU marks what it may still change; our version is fixed.
  String measure(BigDecimal value, String unit, String grammaticalCase) {
    LocalizedNumberFormatter format =
        units.computeIfAbsent(
            unit + " " + grammaticalCase,
            key ->
                NumberFormatter.withLocale(locale)
                    .unit(MeasureUnit.forIdentifier(unit))
                    .unitWidth(UnitWidth.FULL_NAME)
                    .unitDisplayCase(grammaticalCase));
    return plain(format.format(value).toString());
  }

  /** “1,234.50 euros”, with the currency's own number of decimals. */
  String money(BigDecimal amount, String currency) {
    LocalizedNumberFormatter format =
        units.computeIfAbsent(
            currency,
            key ->
                NumberFormatter.withLocale(locale)
                    .unit(Currency.getInstance(currency))
                    .unitWidth(UnitWidth.FULL_NAME));
    return plain(format.format(amount).toString());
  }

  /** “3 hours, 20 minutes”. */
  String span(int hours, int minutes) {
    return plain(
        measures.formatMeasures(
            new Measure(hours, MeasureUnit.HOUR), new Measure(minutes, MeasureUnit.MINUTE)));
  }

  /** “A, B and C”. */
  String list(List<String> items) {
    return plain(lists.format(items));
  }

  private static String plain(String text) {
    return text.replace("\u00AD", "").replace('\u00A0', ' ').replace('\u202F', ' ').strip();
  }
}
