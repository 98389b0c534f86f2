package mos.translation;

import com.ibm.icu.text.BreakIterator;
import com.ibm.icu.util.ULocale;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import mos.data.Dictionary;
import mos.text.NonbreakingPrefixes;

/**
 * Makes lines into what a model reads. A blank line needs no model. One that is too long is cut at
 * the ends of its sentences, as ICU finds them, less those behind abbreviations; a sentence that is
 * still too long is halved where a line might be broken, until its pieces are not. Safe for use by
 * several threads.
 */
public final class LineCutter {
  /** Languages that set no blank between sentences. */
  private static final Set<String> WITHOUT_BLANKS = Set.of("zh", "ja", "th", "lo", "km", "my");

  /** What a sentence is rather cut behind. */
  private static final String CLAUSE_ENDS = ",;:)]}，；：、）،؛";

  private static final Place NOWHERE = new Place(0, "");

  private final RawText text;
  private final Dictionary source;
  private final ULocale locale;
  private final NonbreakingPrefixes abbreviations;
  private final String blank;

  /**
   * @param sourceLanguage code, for the ends of sentences
   * @param targetLanguage code, for what joins translations
   */
  public LineCutter(RawText text, Dictionary source, String sourceLanguage, String targetLanguage) {
    this.text = text;
    this.source = source;
    this.locale = new ULocale(sourceLanguage);
    this.abbreviations = NonbreakingPrefixes.of(sourceLanguage);
    this.blank = WITHOUT_BLANKS.contains(targetLanguage.split("[-_]")[0]) ? "" : " ";
  }

  /**
   * A line for the model.
   *
   * @param how what becomes of it if it has more than {@code longest} tokens
   */
  public TextLine line(String line, LongLines how, int longest) {
    int[] symbols = line.isBlank() ? new int[0] : encode(line);
    if (symbols.length <= 1) { // no more than the end symbol
      return TextLine.blank(line);
    }
    if (symbols.length - 1 <= longest) {
      return TextLine.of(line, symbols);
    }
    return switch (how) {
      case SKIP -> TextLine.skipped(line);
      case TRUNCATE -> TextLine.of(line, truncated(symbols, longest));
      case SPLIT -> new Cut(longest).line(line);
    };
  }

  /** A line for the model, as options say. */
  TextLine line(String line, TextOptions options) {
    return line(line, options.longLines(), options.longest());
  }

  /** The symbols of a line, however long, with the end symbol. */
  public int[] encode(String line) {
    return source.encode(text.encode().apply(line));
  }

  private static int[] truncated(int[] symbols, int longest) {
    int[] some = Arrays.copyOf(symbols, longest + 1);
    some[longest] = Dictionary.EOS;
    return some;
  }

  /**
   * Where a sentence is cut.
   *
   * @param at between characters; 0: nowhere
   * @param joint what stands there in the translation
   */
  private record Place(int at, String joint) {}

  /** The pieces of one line, in order. */
  private final class Cut {
    private final int longest;
    private final List<int[]> pieces = new ArrayList<>();
    private final List<String> joints = new ArrayList<>();

    Cut(int longest) {
      this.longest = longest;
    }

    TextLine line(String line) {
      BreakIterator sentences = BreakIterator.getSentenceInstance(locale);
      sentences.setText(line);
      int start = sentences.first();
      for (int end = sentences.next(); end != BreakIterator.DONE; end = sentences.next()) {
        if (!endsInAbbreviation(line, start, end)) {
          add(line.substring(start, end), blank);
          start = end;
        }
      }
      if (pieces.isEmpty()) {
        return TextLine.blank(line);
      }
      joints.set(joints.size() - 1, "");
      return new TextLine(line, pieces, joints, false);
    }

    private boolean endsInAbbreviation(String line, int start, int end) {
      String sentence = line.substring(start, end).stripTrailing();
      if (end == line.length() || !sentence.endsWith(".")) {
        return false;
      }
      String word = sentence.substring(0, sentence.length() - 1).replaceFirst("(?s).*[\\s(]", "");
      return abbreviations.always().contains(word)
          || abbreviations.beforeNumber().contains(word) && Character.isDigit(line.charAt(end));
    }

    /** Adds what is one sentence, or a part of one, and what stands behind its translation. */
    private void add(String part, String joint) {
      int[] symbols = encode(part.strip());
      if (symbols.length <= 1) {
        return;
      }
      Place middle = symbols.length - 1 <= longest ? NOWHERE : middle(part);
      if (middle.at() == 0) {
        pieces.add(symbols.length - 1 <= longest ? symbols : truncated(symbols, longest));
        joints.add(joint);
        return;
      }
      add(part.substring(0, middle.at()), middle.joint());
      add(part.substring(middle.at()), joint);
    }

    /**
     * Where to cut: behind the clause that ends nearest to the middle, in the middle half; else
     * where a line might be broken; else between two characters.
     */
    private Place middle(String part) {
      int half = part.length() / 2;
      int clause = 0;
      int any = 0;
      BreakIterator breaks = BreakIterator.getLineInstance(locale);
      breaks.setText(part);
      for (int at = breaks.next(); at != BreakIterator.DONE && at < part.length(); ) {
        if (Math.abs(at - half) < Math.abs(any - half)) {
          any = at;
        }
        if (endsClause(part, at) && Math.abs(at - half) < Math.abs(clause - half)) {
          clause = at;
        }
        at = breaks.next();
      }
      if (clause > 0 && Math.abs(clause - half) <= half / 2) {
        return new Place(clause, blank);
      }
      if (any > 0) {
        return new Place(any, "-/".indexOf(part.charAt(any - 1)) >= 0 ? "" : blank);
      }
      BreakIterator characters = BreakIterator.getCharacterInstance(locale);
      characters.setText(part);
      return new Place(characters.isBoundary(half) ? half : characters.preceding(half), "");
    }

    private boolean endsClause(String part, int at) {
      int last = at - 1;
      while (last > 0 && Character.isWhitespace(part.charAt(last))) {
        last--;
      }
      return CLAUSE_ENDS.indexOf(part.charAt(last)) >= 0;
    }
  }
}
