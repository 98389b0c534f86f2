package mos.text;

import java.util.Optional;

/**
 * What tokenizer.perl lets its users choose.
 *
 * @param aggressiveDashes whether {@code a-b} becomes {@code a @-@ b} ({@code -a})
 * @param escape whether {@code & | < > ' " [ ]} become entities (not with {@code -no-escape})
 * @param skipMarkup whether lines that are one tag come back as they are ({@code -x})
 * @param prefixes words that keep their full stop, instead of {@link NonbreakingPrefixes#of}
 * @param patterns of text that stays one token ({@code -protected})
 */
public record TokenizerOptions(
    boolean aggressiveDashes,
    boolean escape,
    boolean skipMarkup,
    Optional<NonbreakingPrefixes> prefixes,
    ProtectedPatterns patterns) {
  /** The script's: dashes within words stay, special characters are escaped. */
  public static final TokenizerOptions DEFAULTS =
      new TokenizerOptions(false, true, false, Optional.empty(), ProtectedPatterns.NONE);

  /** The same with another list of words and other patterns. */
  public TokenizerOptions with(Optional<NonbreakingPrefixes> list, ProtectedPatterns protect) {
    return new TokenizerOptions(aggressiveDashes, escape, skipMarkup, list, protect);
  }
}
