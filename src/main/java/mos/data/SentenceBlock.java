package mos.data;

/** Sentences in memory. */
final class SentenceBlock implements TokenCorpus {
  private final String name;
  private final int[][] sentences;

  /**
   * @param name of where they are from
   * @param sentences not copied
   */
  SentenceBlock(String name, int[][] sentences) {
    this.name = name;
    this.sentences = sentences;
  }

  @Override
  public int size() {
    return sentences.length;
  }

  @Override
  public int length(int i) {
    return sentences[i].length;
  }

  @Override
  public int[] get(int i) {
    return sentences[i].clone();
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public void close() {}
}
