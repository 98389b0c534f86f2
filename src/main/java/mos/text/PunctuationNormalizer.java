package mos.text;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Brings quotation marks, dashes and spaces to their ASCII forms, as Moses'
 * normalize-punctuation.perl does, oddities included (a bracket at the line's end is followed by a
 * blank). Safe for use by several threads.
 */
public final class PunctuationNormalizer {
  private static final char NBSP = '\u00a0';

  private static final List<Rewrite> SPACES =
      List.of(
          literal("\r", ""),
          literal("(", " ("),
          literal(")", ") "),
          blanks(),
          new Rewrite(')', "\\) ([.!:?;,])", ")$1"),
          literal("( ", "("),
          literal(" )", ")"),
          new Rewrite('%', "([0-9]) %", "$1%"),
          literal(" :", ":"),
          literal(" ;", ";"));

  private static final List<Rewrite> ASCII_QUOTES =
      List.of(literal("`", "'"), literal("''", " \" "));

  private static final List<Rewrite> QUOTES_AND_DASHES =
      List.of(
          literal("„", "\""),
          literal("“", "\""),
          literal("”", "\""),
          literal("–", "-"),
          literal("—", " - "),
          blanks(),
          literal("´", "'"),
          new Rewrite('‘', ignoringCase("([a-z])‘([a-z])"), "$1'$2"),
          new Rewrite('’', ignoringCase("([a-z])’([a-z])"), "$1'$2"),
          literal("‘", "'"),
          literal("‚", "'"),
          literal("’", "\""),
          literal("''", "\""),
          literal("´´", "\""),
          literal("…", "..."),
          literal(NBSP + "«" + NBSP, " \""),
          literal("«" + NBSP, "\""),
          literal("«", "\""),
          literal(NBSP + "»" + NBSP, "\" "),
          literal(NBSP + "»", "\""),
          literal("»", "\""));

  private static final List<Rewrite> NO_BREAK_SPACES =
      List.of(
          literal(NBSP + "%", "%"),
          literal("nº" + NBSP, "nº "),
          literal(NBSP + ":", ":"),
          literal(NBSP + "ºC", " ºC"),
          literal(NBSP + "cm", " cm"),
          literal(NBSP + "?", "?"),
          literal(NBSP + "!", "!"),
          literal(NBSP + ";", ";"),
          literal("," + NBSP, ", "),
          blanks());

  /** English puts full stops and commas within the quotation marks. */
  private static final List<Rewrite> ENGLISH_QUOTATION =
      List.of(new Rewrite('"', "\"([,.]+)", "$1\""));

  private static final List<Rewrite> OTHER_QUOTATION =
      List.of(
          literal(",\"", "\","),
          // the line end counts as a character here, as in the script
          new Rewrite('"', "(\\.+)\"(\\p{IsWhite_Space}*[^<])", "\"$1$2"));

  private static final Set<String> DECIMAL_COMMA = Set.of("de", "es", "cz", "cs", "fr");
  private static final Set<String> CZECH = Set.of("cs", "cz");

  private final List<Rewrite> rewrites;

  /** Normalises text of a language, given by its code. */
  public PunctuationNormalizer(String language) {
    this(language, false);
  }

  /**
   * Normalises text of a language.
   *
   * @param penn whether {@code `} and {@code ''} stay, for the Penn Treebank's tokenisation
   */
  public PunctuationNormalizer(String language, boolean penn) {
    rewrites = new ArrayList<>(SPACES);
    if (!penn) {
      rewrites.addAll(ASCII_QUOTES);
    }
    rewrites.addAll(QUOTES_AND_DASHES);
    rewrites.addAll(NO_BREAK_SPACES);
    if (!CZECH.contains(language)) {
      rewrites.addAll(language.equals("en") ? ENGLISH_QUOTATION : OTHER_QUOTATION);
    }
    String mark = DECIMAL_COMMA.contains(language) ? "," : ".";
    rewrites.add(new Rewrite(NBSP, "([0-9])" + NBSP + "([0-9])", "$1" + mark + "$2"));
  }

  private static Rewrite literal(String from, String to) {
    char first = from.charAt(0);
    // blanks are everywhere: the character after one says more
    char trigger = first == ' ' && from.length() > 1 ? from.charAt(1) : first;
    return new Rewrite(trigger, Pattern.compile(Pattern.quote(from)), to);
  }

  private static Rewrite blanks() {
    return new Rewrite(' ', " {2,}", " ");
  }

  private static Pattern ignoringCase(String pattern) {
    return Pattern.compile(pattern, Pattern.CASE_INSENSITIVE);
  }

  /** Normalises one line without its line end. */
  public String normalize(String line) {
    String text = Rewrite.applyAll(rewrites, line + "\n");
    return text.substring(0, text.length() - 1);
  }
}
