package mos.translation;

/** What becomes of a line with more source tokens than options allow. */
public enum LongLines {
  /** It is cut at the ends of its sentences, and their translations are joined. */
  SPLIT,
  /** What is behind the last token allowed is left out. */
  TRUNCATE,
  /** Nothing is made of it: its translation is the empty text. */
  SKIP
}
