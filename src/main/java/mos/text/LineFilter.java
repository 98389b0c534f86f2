package mos.text;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.UnaryOperator;
import mos.base.LineReader;
import mos.base.MosException;

/**
 * Maps a stream of lines to as many lines in the same order, in memory bounded by a few batches.
 */
public final class LineFilter {
  private static final int BATCH_LINES = 1024;
  private static final int BUFFER_BYTES = 1 << 16;

  private LineFilter() {}

  /**
   * Copies all of {@code in} through {@code map} to {@code out}, UTF-8 both; closes neither.
   *
   * @param map must be safe for several threads when there are several
   * @param threads at least 1; 1 works in the caller's thread, line by line
   * @return the number of lines
   */
  public static long apply(InputStream in, OutputStream out, UnaryOperator<String> map, int threads)
      throws IOException {
    LineReader reader = LineReader.lenient(in, "the input");
    OutputStream buffered = new BufferedOutputStream(out, BUFFER_BYTES);
    long lines =
        threads == 1 ? sequential(reader, buffered, map) : parallel(reader, buffered, map, threads);
    buffered.flush();
    return lines;
  }

  private static long sequential(LineReader reader, OutputStream out, UnaryOperator<String> map)
      throws IOException {
    long lines = 0;
    for (String line = reader.readLine(); line != null; line = reader.readLine()) {
      out.write((map.apply(line) + "\n").getBytes(StandardCharsets.UTF_8));
      lines++;
    }
    return lines;
  }

  private static long parallel(
      LineReader reader, OutputStream out, UnaryOperator<String> map, int threads)
      throws IOException {
    long lines = 0;
    ExecutorService workers = Executors.newFixedThreadPool(threads);
    try {
      Deque<Future<byte[]>> pending = new ArrayDeque<>();
      for (List<String> batch = batch(reader); !batch.isEmpty(); batch = batch(reader)) {
        List<String> work = batch;
        lines += work.size();
        pending.add(workers.submit(() -> map(work, map)));
        // two batches per worker keep all of them busy while this thread writes
        if (pending.size() > 2 * threads) {
          out.write(result(pending.remove()));
        }
      }
      while (!pending.isEmpty()) {
        out.write(result(pending.remove()));
      }
    } finally {
      workers.shutdownNow();
    }
    return lines;
  }

  private static List<String> batch(LineReader reader) {
    List<String> batch = new ArrayList<>(BATCH_LINES);
    while (batch.size() < BATCH_LINES) {
      String line = reader.readLine();
      if (line == null) {
        break;
      }
      batch.add(line);
    }
    return batch;
  }

  private static byte[] map(List<String> lines, UnaryOperator<String> map) {
    StringBuilder text = new StringBuilder();
    for (String line : lines) {
      text.append(map.apply(line)).append('\n');
    }
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] result(Future<byte[]> batch) {
    try {
      return batch.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new MosException("interrupted while processing lines", e);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException failure
          ? failure
          : new MosException("cannot process lines: " + e.getCause(), e);
    }
  }
}
