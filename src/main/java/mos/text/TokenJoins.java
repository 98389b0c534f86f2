package mos.text;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Joins tokens that Moses' tokeniser divides and its detokeniser leaves apart: addresses, times,
 * placeholders, identifiers, typographic apostrophes and quotes. It goes before {@link
 * MosesDetokenizer} where text is written for people; scores are of Moses' own form. A rule is here
 * only if on real text it mends far more lines than it spoils. Safe for use by several threads.
 */
public final class TokenJoins {
  private record Rule(Pattern pattern, String replacement) {}

  /** Before and behind a whole token. */
  private static final String START = "(?<![^ ])";

  private static final String END = "(?![^ ])";

  /** Protocol, host, and what follows over slashes. */
  private static final Pattern ADDRESS =
      Pattern.compile(START + "(?:https?|ftp|file) : / /(?: /)? \\S+(?: [/?=#_] \\S+)*(?: /)?");

  /** Languages whose apostrophe belongs to the word before and the one behind. */
  private static final Set<String> ELIDING = Set.of("fr", "it", "ca");

  private final List<Rule> rules = new ArrayList<>();

  /** Joins text of a language, by its code. */
  public TokenJoins(String language) {
    add(START + "(\\d{1,2}) : (\\d\\d) : (\\d\\d)" + END, "$1:$2:$3");
    add(START + "(\\d{1,2}) : (\\d\\d)" + END, "$1:$2");
    add("(?<=[\\p{L}\\p{N}_]) _ (?=[\\p{L}\\p{N}_])", "_");
    add(START + "% \\( (\\w+) \\) ([sd])" + END, "%($1)$2");
    add("(?<!\\d )" + START + "% (?=[\\p{L}\\d])", "%");
    add(START + "# (?=\\w)", "#");
    add("(?<=-[\\w-]{1,40}) = (?=\\S)", "=");
    add("(?<=\\p{L}) / (?=\\p{L})", "/");
    add("(?<=\\d) / (?=\\d)", "/");
    add(START + "/ (?=\\p{L})", "/");
    add("(?<=\\p{L}) \\( \\)", "()");
    add("(?<=\\p{L}) \\( (\\d|s|n|en|es|e) \\)", "($1)");
    // a tag only with the one that ends it: <file> may be a word of a sentence
    add(START + "&lt; ?(\\w+) ?&gt; (.*?) &lt; ?/ ?\\1 ?&gt;", "&lt;$1&gt;$2&lt;/$1&gt;");
    add("(?<=\\S) ”", "”");
    if (!language.equals("de")) {
      add("(?<=\\p{L}) …", "…");
    } else {
      add(START + "» (?=\\S)([^«]*?) «", "»$1«");
    }
    if (language.equals("en")) {
      add("(?<=\\p{L}) ’ (s|t|re|ve|ll|d|m)" + END, "’$1");
    } else if (ELIDING.contains(language)) {
      add(
          "(?i)"
              + START
              + "((?:qu|jusqu|lorsqu|puisqu|quelqu|aujourd|presqu|(?:d|n|s)?ell|d?all"
              + "|sull|un|c|d|j|l|m|n|s|t)) ’ (?=\\p{L})",
          "$1’");
    }
  }

  private void add(String pattern, String replacement) {
    rules.add(new Rule(Pattern.compile(pattern), replacement));
  }

  /** The tokens of one line, some of them joined. */
  public String join(String tokens) {
    String text =
        ADDRESS
            .matcher(tokens)
            .replaceAll(found -> Matcher.quoteReplacement(found.group().replace(" ", "")));
    for (Rule rule : rules) {
      text = rule.pattern().matcher(text).replaceAll(rule.replacement());
    }
    return text;
  }
}
