package mos.text;

import java.util.ArrayList;
import java.util.List;

/**
 * Divides English text as the Penn Treebank does, in the form of tokenizer.perl's {@code -penn}:
 * quotation marks get a direction, brackets names, contractions two tokens, and only a final full
 * stop ends a sentence. Safe for use by several threads.
 *
 * <p>Source: the Penn Treebank's conventions of tokenisation; behaviour of tokenizer.perl.
 */
public final class PennTokenizer {
  /** Stands for three full stops; such characters are removed from all text before. */
  private static final String ELLIPSIS = "\u0001";

  /** Opening marks begin the line, or stand after a blank or a bracket. */
  private static final List<Rewrite> OPENING_QUOTES =
      List.of(
          new Rewrite('`', "\\A``", "`` "),
          new Rewrite('"', "\\A\"", "`` "),
          new Rewrite('`', "\\A`([^`])", "` $1"),
          new Rewrite('\'', "\\A'", "` "),
          new Rewrite('"', "([ (\\[{<])\"", "$1 `` "),
          new Rewrite('`', "([ (\\[{<])``", "$1 `` "),
          new Rewrite('`', "([ (\\[{<])`([^`])", "$1 ` $2"),
          new Rewrite('\'', "([ (\\[{<])'", "$1 ` "));

  private static final List<Rewrite> SYMBOLS =
      List.of(
          new Rewrite('.', "\\.\\.\\.", " " + ELLIPSIS + " "),
          new Rewrite(',', "(\\P{N}),(\\P{N})", "$1 , $2"),
          new Rewrite(',', "(\\p{N}),(\\P{N})", "$1 , $2"),
          new Rewrite(',', "(\\P{N}),(\\p{N})", "$1 , $2"),
          new Rewrite(Rewrite.ANY, "([;:@#$%&\\p{Sc}\\p{So}])", " $1 "),
          new Rewrite(
              '/', "([\\p{IsAlphabetic}\\p{Nd}])/([\\p{IsAlphabetic}\\p{Nd}])", "$1 @/@ $2"),
          new Rewrite('.', "([^.])\\.([\\])}>\"']*) ?\\z", "$1 .$2 "),
          new Rewrite(Rewrite.ANY, "([?!])", " $1 "));

  private static final List<Rewrite> BRACKETS =
      List.of(
          new Rewrite('<', "<", " < "),
          new Rewrite('>', ">", " > "),
          new Rewrite('(', "\\(", " -LRB- "),
          new Rewrite(')', "\\)", " -RRB- "),
          new Rewrite('[', "\\[", " -LSB- "),
          new Rewrite(']', "\\]", " -RSB- "),
          new Rewrite('{', "\\{", " -LCB- "),
          new Rewrite('}', "\\}", " -RCB- "),
          new Rewrite('-', "--", " -- "));

  /** On text with a blank at either end. */
  private static final List<Rewrite> CLOSING_QUOTES = closingQuotes();

  private final NonbreakingPrefixes prefixes;
  private final boolean skipMarkup;

  /**
   * @param prefixes words that keep their full stop
   * @param skipMarkup whether lines that are one tag come back as they are
   */
  public PennTokenizer(NonbreakingPrefixes prefixes, boolean skipMarkup) {
    this.prefixes = prefixes;
    this.skipMarkup = skipMarkup;
  }

  private static List<Rewrite> closingQuotes() {
    List<Rewrite> all = new ArrayList<>();
    all.add(new Rewrite('"', "\"", " '' "));
    all.add(new Rewrite('\'', "([^'])' ", "$1 ' "));
    all.add(new Rewrite('\'', "'([sSmMdD]) ", " '$1 "));
    for (String ending : List.of("'ll", "'re", "'ve", "n't", "'LL", "'RE", "'VE", "N'T")) {
      all.add(new Rewrite('\'', ending + " ", " " + ending + " "));
    }
    for (PennContraction contraction : PennContraction.ALL) {
      all.add(contraction.dividing());
    }
    return all;
  }

  /** Tokenises one line without its line end. A line of white space comes back as it is. */
  public String tokenize(String line) {
    if (PerlClasses.isBlank(line) || (skipMarkup && PerlClasses.isMarkup(line))) {
      return line;
    }
    String text = Rewrite.applyAll(OPENING_QUOTES, cleanSpaces(line));
    text = Rewrite.applyAll(SYMBOLS, text);
    text = Rewrite.applyAll(BRACKETS, text);
    text = Rewrite.applyAll(CLOSING_QUOTES, " " + text + " ");
    return MosesEntities.escape(separateFullStops(text).replace(ELLIPSIS, "..."));
  }

  /** White space becomes single blanks, also at the ends; control characters vanish. */
  private static String cleanSpaces(String line) {
    StringBuilder out = new StringBuilder(line.length());
    boolean afterSpace = false;
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      boolean space = PerlClasses.isSpace(c);
      if (space && !afterSpace) {
        out.append(' ');
      } else if (!space && c >= ' ') {
        out.append(c);
      }
      afterSpace = space;
    }
    return out.toString();
  }

  private String separateFullStops(String text) {
    StringBuilder out = new StringBuilder();
    String[] words = text.split(" ");
    for (int i = 0; i < words.length; i++) {
      String word = words[i];
      if (!word.isEmpty()) {
        // as in the script, a double blank has an empty word, which is no small letter
        int next =
            i + 1 < words.length && !words[i + 1].isEmpty() ? words[i + 1].codePointAt(0) : ' ';
        boolean ends = word.length() > 1 && word.endsWith(".") && endsSentence(word, next);
        out.append(out.isEmpty() ? "" : " ");
        out.append(ends ? word.substring(0, word.length() - 1) + " ." : word);
      }
    }
    return out.toString();
  }

  private boolean endsSentence(String word, int next) {
    String before = word.substring(0, word.length() - 1);
    boolean dotted = before.indexOf('.') >= 0 && before.codePoints().anyMatch(PerlClasses::isAlpha);
    return !dotted && !prefixes.keepsFullStop(before, next);
  }
}
