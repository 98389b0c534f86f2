package mos.data;

import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import mos.base.LineReader;

/** The lines of several texts one after the other, read as they are wanted, any number of times. */
final class TextLines implements Iterable<String>, AutoCloseable {
  private final List<Path> files;
  private LineReader open;

  TextLines(List<Path> files) {
    this.files = List.copyOf(files);
  }

  /** Starts from the first line; an iterator that was given before must not be used any more. */
  @Override
  public Iterator<String> iterator() {
    close();
    return new Lines();
  }

  @Override
  public void close() {
    if (open != null) {
      open.close();
      open = null;
    }
  }

  private final class Lines implements Iterator<String> {
    private final Iterator<Path> rest = files.iterator();
    private String line = read();

    private String read() {
      while (true) {
        String next = open == null ? null : open.readLine();
        if (next != null) {
          return next;
        }
        close();
        if (!rest.hasNext()) {
          return null;
        }
        open = LineReader.of(rest.next());
      }
    }

    @Override
    public boolean hasNext() {
      return line != null;
    }

    @Override
    public String next() {
      if (line == null) {
        throw new NoSuchElementException();
      }
      String now = line;
      line = read();
      return now;
    }
  }
}
