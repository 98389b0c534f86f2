package mos.sample;

import java.util.List;

/** The regions, languages, cities and currencies that sentences speak of, as CLDR's codes. */
final class CldrCodes {
  /** Regions (ISO 3166) whose German name stands without an article and in the singular. */
  static final List<String> REGIONS =
      codes(
          """
          AD AF AL AM AO AR AT AU AZ BD BE BF BG BI BJ BO BR BT BW BY BZ CA CL CM CN CO CR CU
          CY DE DJ DK DZ EC EE EG ER ES ET FI FJ FR GA GE GH GL GR GT GY HN HR HT HU ID IE IL
          IN IS IT JM JO JP KE KG KH KR KW KZ LA LI LK LR LS LT LU LV LY MA MC ME MG MK ML MT MU
          MW MX MY MZ NA NI NO NP NZ OM PA PE PG PK PL PR PT PY QA RO RS RU RW SA SE SG SI SO SR
          SY TG TH TJ TM TN TW TZ UG UY UZ VE VN ZA ZM ZW
          """);

  static final List<String> LANGUAGES =
      codes(
          """
          ar az be bg bn br bs ca cs cy da de el en es et eu fa fi fil fo fr ga gl he hi hr hu hy id
          is it ja ka kk km kn ko ku ky lb lo lt lv mk ml mn ms mt my ne nl no pl pt ro ru sk sl so
          sq sr sv sw ta te th tr uk ur uz vi yi zh zu af eo
          """);

  /** Time zones of the cities on Europe's railways; their German names stand without an article. */
  static final List<String> EUROPEAN_CITIES =
      codes(
          """
          Europe/Amsterdam Europe/Athens Europe/Belgrade Europe/Berlin Europe/Brussels
          Europe/Bucharest Europe/Budapest Europe/Copenhagen Europe/Istanbul Europe/Lisbon
          Europe/London Europe/Madrid Europe/Moscow Europe/Oslo Europe/Paris Europe/Prague
          Europe/Riga Europe/Rome Europe/Sofia Europe/Stockholm Europe/Vienna Europe/Warsaw
          Europe/Zagreb Europe/Zurich
          """);

  /** Time zones of further cities whose German name stands without an article. */
  static final List<String> OTHER_CITIES =
      codes(
          """
          Africa/Algiers Africa/Cairo Africa/Casablanca Africa/Nairobi Africa/Tunis America/Chicago
          America/Havana America/Lima America/Mexico_City America/New_York America/Toronto
          America/Vancouver Asia/Baghdad Asia/Bangkok Asia/Dubai Asia/Hong_Kong Asia/Jakarta
          Asia/Jerusalem Asia/Kabul Asia/Seoul Asia/Shanghai Asia/Singapore Asia/Tehran Asia/Tokyo
          Australia/Melbourne Australia/Sydney Europe/Dublin Europe/Helsinki
          """);

  /** Currencies (ISO 4217) in which small things cost between one and some hundreds. */
  static final List<String> CURRENCIES =
      codes("EUR USD GBP CHF PLN TRY SEK NOK DKK CAD AUD NZD BRL SGD HKD MAD");

  /** Currencies in which small things cost hundreds or thousands. */
  static final List<String> SMALL_CURRENCIES =
      codes("JPY CZK INR KRW MXN EGP ARS CLP COP HUF ISK KES THB");

  private CldrCodes() {}

  private static List<String> codes(String text) {
    return List.of(text.strip().split("\\s+"));
  }
}
