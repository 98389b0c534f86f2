package mos.translation;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;

/** Translations of any number of lines, some of them ahead of who asks for them. */
final class TranslationStream implements Iterator<Translation> {
  private final Iterator<String> lines;
  private final Function<List<String>, CompletableFuture<List<Translation>>> begin;
  private final int size;
  private final int ahead;
  private final Deque<CompletableFuture<List<Translation>>> begun = new ArrayDeque<>();
  private Iterator<Translation> ready = List.<Translation>of().iterator();

  /**
   * @param size lines that are begun together
   * @param ahead how many of such groups are under way
   */
  TranslationStream(
      Iterator<String> lines,
      Function<List<String>, CompletableFuture<List<Translation>>> begin,
      int size,
      int ahead) {
    this.lines = lines;
    this.begin = begin;
    this.size = size;
    this.ahead = ahead;
  }

  @Override
  public boolean hasNext() {
    while (!ready.hasNext()) {
      while (begun.size() < ahead && lines.hasNext()) {
        List<String> some = new ArrayList<>();
        while (some.size() < size && lines.hasNext()) {
          some.add(lines.next());
        }
        begun.add(begin.apply(some));
      }
      if (begun.isEmpty()) {
        return false;
      }
      try {
        ready = begun.remove().join().iterator();
      } catch (CompletionException e) {
        throw e.getCause() instanceof RuntimeException known ? known : e;
      }
    }
    return true;
  }

  @Override
  public Translation next() {
    if (!hasNext()) {
      throw new NoSuchElementException("no more lines");
    }
    return ready.next();
  }
}
