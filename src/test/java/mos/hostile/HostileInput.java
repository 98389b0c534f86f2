package mos.hostile;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.fail;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import mos.base.MosException;
import mos.base.Seeds;

/**
 * Gives a reader many damaged files. It must read each or refuse it with the project's own error:
 * no other exception, no hang, no memory beyond what the file's size explains, and no file anywhere
 * but in the folder that it was given.
 *
 * <p>The system property {@value #CASES} sets the number of cases a format, {@value #SEED} the
 * seed. A case that fails is kept in {@code target/hostile}.
 */
final class HostileInput {
  static final String CASES = "mos.hostile.cases";
  static final String SEED = "mos.hostile.seed";

  private static final int CASES_IN_CI = 300;
  private static final long DEFAULT_SEED = 20_261_124;
  private static final Duration LONGEST = Duration.ofSeconds(20);

  /** Buffers of readers, tables of known names, and messages, independent of the file. */
  private static final long FIXED_BYTES = 48L << 20;

  /** Java objects for the values in a file take many times their bytes there. */
  private static final long BYTES_PER_BYTE = 400;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private final Format format;
  private final Path folder;
  private final Duration longest;
  private final long seed = Long.getLong(SEED, DEFAULT_SEED);

  private int read;
  private int refused;
  private double slowestSeconds;

  /**
   * @param folder empty; the damaged file is written here
   */
  HostileInput(Format format, Path folder) {
    this(format, folder, LONGEST);
  }

  HostileInput(Format format, Path folder, Duration longest) {
    this.format = format;
    this.folder = folder;
    this.longest = longest;
  }

  /** Runs all cases. */
  void run() throws Exception {
    run(Integer.getInteger(CASES, CASES_IN_CI));
  }

  /** Runs the first {@code cases}; fails at one that ends in any other way than it should. */
  void run(int cases) throws Exception {
    Path file = folder.resolve(format.fileName());
    format.prepare(folder);
    Files.deleteIfExists(file);
    Set<Path> before = files();
    ExecutorService worker = Executors.newSingleThreadExecutor(HostileInput::daemon);
    PrintStream err = System.err;
    // Progress bars of thousands of unpackings.
    System.setErr(new PrintStream(OutputStream.nullOutputStream(), false, UTF_8));
    try {
      for (int i = 0; i < cases; i++) {
        byte[] bytes =
            format.packed(
                new Mutation(Seeds.derive(seed, format.name(), i), format.words())
                    .of(format.files()));
        Files.write(file, bytes);
        one(i, file, bytes, worker);
        Files.delete(file);
        if (i % 100 == 0 || i == cases - 1) {
          assertNothingLeft(i, before, bytes);
        }
      }
    } finally {
      System.setErr(err);
      worker.shutdownNow();
    }
    System.out.printf(
        Locale.ROOT,
        "hostile input: %-28s %6d cases, %5d read, %5d refused, slowest %.2f s%n",
        format.name(),
        cases,
        read,
        refused,
        slowestSeconds);
    if (read == 0) {
      fail(format.name() + ": no case was read: is anything behind the first check tried at all?");
    }
  }

  private static Thread daemon(Runnable work) {
    Thread thread = new Thread(work, "hostile");
    thread.setDaemon(true);
    return thread;
  }

  private void one(int number, Path file, byte[] bytes, ExecutorService worker) throws Exception {
    long start = System.nanoTime();
    Future<Long> reading = worker.submit(() -> allocatedIn(file));
    try {
      long allocated = reading.get(longest.toMillis(), TimeUnit.MILLISECONDS);
      if (allocated > FIXED_BYTES + BYTES_PER_BYTE * bytes.length) {
        broken(number, bytes, "took " + allocated + " bytes for a file of " + bytes.length, null);
      }
    } catch (TimeoutException e) {
      broken(number, bytes, "not done in " + longest + " at " + where(), e);
    } catch (ExecutionException e) {
      broken(number, bytes, "ended in " + e.getCause(), e.getCause());
    }
    slowestSeconds = Math.max(slowestSeconds, (System.nanoTime() - start) / 1e9);
  }

  private static String where() {
    return Thread.getAllStackTraces().entrySet().stream()
        .filter(entry -> entry.getKey().getName().equals("hostile"))
        .flatMap(entry -> Stream.of(entry.getValue()))
        .map(StackTraceElement::toString)
        .collect(Collectors.joining("\n  "));
  }

  private long allocatedIn(Path file) throws Exception {
    long before = THREADS.getCurrentThreadAllocatedBytes();
    try {
      format.reader().read(file, folder);
      read++;
    } catch (MosException expected) {
      if (expected.getMessage() == null || expected.getMessage().length() > 20_000) {
        throw new IllegalStateException("refused with a useless message", expected);
      }
      refused++;
    }
    return THREADS.getCurrentThreadAllocatedBytes() - before;
  }

  private Set<Path> files() throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(path -> !path.startsWith(folder.resolve(Format.OUT)))
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  private void assertNothingLeft(int number, Set<Path> before, byte[] bytes) throws IOException {
    Set<Path> after = files();
    if (!after.equals(before)) {
      broken(number, bytes, "left " + after + ", before it was " + before, null);
    }
  }

  private void broken(int number, byte[] bytes, String what, Throwable cause) throws IOException {
    Path kept =
        Files.createDirectories(Path.of("target/hostile"))
            .resolve(format.name().replaceAll("\\W+", "_") + "-" + number);
    Files.write(kept, bytes);
    fail(
        format.name() + ", seed " + seed + ", case " + number + " (kept as " + kept + "): " + what,
        cause);
  }
}
