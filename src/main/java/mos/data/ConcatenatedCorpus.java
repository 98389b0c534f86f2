package mos.data;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import mos.base.MosException;

/** Corpora one behind the other. */
final class ConcatenatedCorpus implements TokenCorpus {
  private final List<TokenCorpus> parts;
  private final int[] starts;

  /**
   * @throws MosException when they have more sentences than one corpus may have
   */
  ConcatenatedCorpus(List<TokenCorpus> parts) {
    this.parts = List.copyOf(parts);
    this.starts = new int[parts.size() + 1];
    long size = 0;
    for (int k = 0; k < parts.size(); k++) {
      size += parts.get(k).size();
      if (size >= Integer.MAX_VALUE) {
        throw new MosException(
            parts.get(k).name()
                + ": with what is before it these are "
                + size
                + " sentences, at most "
                + (Integer.MAX_VALUE - 1)
                + " can be read together; divide them into folders, and give those as shards, one"
                + " an epoch: --data FOLDER:FOLDER:…");
      }
      starts[k + 1] = (int) size;
    }
  }

  private int part(int i) {
    int found = Arrays.binarySearch(starts, i);
    if (i < 0 || i >= size()) {
      throw new IndexOutOfBoundsException(name() + ": sentence " + i + " of " + size());
    }
    int part = found >= 0 ? found : -found - 2;
    while (starts[part + 1] == i) {
      part++; // past empty ones
    }
    return part;
  }

  @Override
  public int size() {
    return starts[starts.length - 1];
  }

  @Override
  public int length(int i) {
    int part = part(i);
    return parts.get(part).length(i - starts[part]);
  }

  @Override
  public int[] get(int i) {
    int part = part(i);
    return parts.get(part).get(i - starts[part]);
  }

  @Override
  public int[] lengths(int start, int end) {
    int[] lengths = new int[end - start];
    for (int k = 0; k < parts.size(); k++) {
      int from = Math.max(start, starts[k]);
      int to = Math.min(end, starts[k + 1]);
      if (from < to) {
        int[] some = parts.get(k).lengths(from - starts[k], to - starts[k]);
        System.arraycopy(some, 0, lengths, from - start, some.length);
      }
    }
    return lengths;
  }

  @Override
  public TokenCorpus block(int start, int end) {
    List<TokenCorpus> blocks =
        IntStream.range(0, parts.size())
            .filter(k -> Math.max(start, starts[k]) < Math.min(end, starts[k + 1]))
            .mapToObj(
                k ->
                    parts
                        .get(k)
                        .block(
                            Math.max(start, starts[k]) - starts[k],
                            Math.min(end, starts[k + 1]) - starts[k]))
            .toList();
    return blocks.size() == 1 ? blocks.get(0) : new ConcatenatedCorpus(blocks);
  }

  @Override
  public void readThrough() {
    parts.forEach(TokenCorpus::readThrough);
  }

  @Override
  public String name() {
    return parts.stream().map(TokenCorpus::name).limit(3).collect(Collectors.joining(" + "))
        + (parts.size() > 3 ? " + …" : "");
  }

  @Override
  public void close() {
    RuntimeException failure = null;
    for (TokenCorpus part : parts) {
      try {
        part.close();
      } catch (RuntimeException e) {
        failure = e;
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
