package mos.text;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Joins English tokens of {@link PennTokenizer}, as detokenizer.perl does with {@code -penn}. Safe
 * for use by several threads.
 */
public final class PennDetokenizer {
  private static final Pattern OPENING = Pattern.compile("[\\p{Sc}(\\[{¿¡]+");
  private static final Pattern CLOSING = Pattern.compile("[,.?!:;\\\\%}\\])]+");
  private static final List<Rewrite> REWRITES = rewrites();

  private static List<Rewrite> rewrites() {
    List<Rewrite> all = new ArrayList<>();
    all.add(new Rewrite('\'', " n't ", "n't "));
    all.add(new Rewrite('\'', " N'T ", "N'T "));
    for (PennContraction contraction : PennContraction.ALL) {
      // what begins with an apostrophe is joined later
      if (!contraction.second().startsWith("'")) {
        all.add(contraction.joining());
      }
    }
    String[] names = {"-LRB-", "(", "-RRB-", ")", "-LSB-", "[", "-RSB-", "]", "-LCB-", "{"};
    for (int i = 0; i < names.length; i += 2) {
      all.add(new Rewrite('-', names[i], names[i + 1]));
    }
    all.add(new Rewrite('-', "-RCB-", "}"));
    return all;
  }

  /** Detokenises one line. Blank lines and lines of markup alone come back as they are. */
  public String detokenize(String line) {
    if (PerlClasses.isMarkup(line) || PerlClasses.isBlank(line)) {
      return line;
    }
    String text = (" " + line + " ").replace(" @-@ ", "-").replace(" @/@ ", "/");
    String[] words = Rewrite.applyAll(REWRITES, MosesEntities.unescape(text)).split(" ");
    StringBuilder out = new StringBuilder();
    String blank = " ";
    String previous = "";
    for (String word : words) {
      boolean opens = OPENING.matcher(word).matches() || word.equals("`") || word.equals("``");
      boolean joins =
          !opens
              && (CLOSING.matcher(word).matches()
                  || word.equals("'")
                  || word.equals("''")
                  || MosesDetokenizer.isContraction(previous, word));
      out.append(joins ? "" : blank);
      out.append(plain(word));
      blank = opens ? "" : " ";
      previous = word;
    }
    return MosesDetokenizer.cleanBlanks(out);
  }

  /** Quotation marks lose their direction. */
  private static String plain(String word) {
    return switch (word) {
      case "`" -> "'";
      case "``", "''" -> "\"";
      default -> word;
    };
  }
}
