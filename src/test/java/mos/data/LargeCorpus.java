package mos.data;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import mos.base.Folders;

/**
 * Makes corpora of any size to measure with, the same every time.
 *
 * <pre>
 * java -cp target/test-classes:target/classes:… mos.data.LargeCorpus binary PAIRS FOLDER [SHARDS]
 * java -cp target/test-classes:target/classes:… mos.data.LargeCorpus text LINES PREFIX
 * java -cp target/test-classes:target/classes:… mos.data.LargeCorpus read SECONDS FOLDER
 * </pre>
 *
 * <p>{@code binary} writes a data folder en-de of 23 tokens a sentence, 10,000 symbols; with SHARDS
 * its training set is train, train1, …. {@code text} writes PREFIX.en and PREFIX.de: words between
 * spaces, as frequent as those of a language, ever new ones among them; 60 bytes a line. {@code
 * read} makes a training's batches of a data folder for so long and says how fast, and what memory
 * that took.
 */
public final class LargeCorpus {
  private static final int SYMBOLS = 10_000;
  private static final int PIECE = 10_000;
  private static final String CONSONANTS = "bdfghklmnprstvwz";
  private static final String VOWELS = "aeio";

  private LargeCorpus() {}

  /** See above. */
  public static void main(String[] arguments) throws IOException {
    long start = System.nanoTime();
    int size = Integer.parseInt(arguments[1]);
    Path where = Path.of(arguments[2]);
    if (arguments[0].equals("read")) {
      read(size, where);
    } else if (arguments[0].equals("binary")) {
      binary(size, where, arguments.length > 3 ? Integer.parseInt(arguments[3]) : 1);
    } else {
      text(size, where);
    }
    System.out.printf(Locale.ROOT, "%.0f s%n", (System.nanoTime() - start) / 1e9);
  }

  /** Batches of 4096 tokens, as fast as they come. */
  private static void read(int seconds, Path folder) {
    double start = System.nanoTime();
    ParallelCorpus corpus =
        ParallelCorpus.open(folder, "train", new ParallelCorpus.LanguagePair("en", "de"));
    try (TrainingSet set = TrainingSet.of(corpus);
        TrainingBatches batches = new TrainingBatches(set, 4096, 1, true)) {
      UpdateIterator updates = new UpdateIterator(batches, 1, UpdateIterator.Position.START);
      try (BatchSource source = BatchSource.ofPasses(updates, Passes.PADDED, 4096)) {
        source.next();
        double first = System.nanoTime();
        tell(start, first, 0, UpdateIterator.Position.START);
        long tokens = 0;
        double told = first;
        while (System.nanoTime() - first < seconds * 1e9) {
          BatchSource.Update update = source.next();
          tokens += update.targetTokens();
          if (System.nanoTime() - told > seconds * 1e8) {
            told = System.nanoTime();
            tell(start, first, tokens, update.next());
          }
        }
        tell(start, first, tokens, updates.position());
        UpdateIterator.Position middle = updates.position();
        source.close();
        double resumed = System.nanoTime();
        try (TrainingSet again =
                TrainingSet.of(
                    ParallelCorpus.open(
                        folder, "train", new ParallelCorpus.LanguagePair("en", "de")));
            TrainingBatches other = new TrainingBatches(again, 4096, 1, false)) {
          new UpdateIterator(other, 1, middle).next();
          System.out.printf(
              Locale.ROOT,
              "resumed at %s in %.1f s%n",
              middle,
              (System.nanoTime() - resumed) / 1e9);
        }
      }
    }
  }

  private static void tell(
      double start, double first, long tokens, UpdateIterator.Position position) {
    Runtime java = Runtime.getRuntime();
    double now = System.nanoTime();
    StringBuilder memory = new StringBuilder();
    try {
      for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
        if (line.matches("(VmHWM|RssAnon|RssFile):.*")) {
          memory.append(' ').append(line.replaceAll("\\s+", " "));
        }
      }
    } catch (IOException e) {
      memory.append("?");
    }
    System.out.printf(
        Locale.ROOT,
        "%.1f s, %.0f target tokens/s, heap %d MB,%s, %s%n",
        (now - start) / 1e9,
        tokens / Math.max(1e-9, (now - first) / 1e9),
        (java.totalMemory() - java.freeMemory()) >> 20,
        memory,
        position);
  }

  /** A data folder. */
  static void binary(int pairs, Path folder, int shards) throws IOException {
    Folders.create(folder);
    Map<String, Long> counts = new LinkedHashMap<>();
    for (int i = Dictionary.SPECIALS; i < SYMBOLS; i++) {
      counts.put("w" + i, (long) SYMBOLS - i);
    }
    Dictionary dictionary = Dictionary.fromCounts(counts, 0, 0, 1);
    int done = 0;
    for (int shard = 0; shard < shards; shard++) {
      int end = (int) ((long) pairs * (shard + 1) / shards);
      pairs(folder, "train" + (shard > 0 ? shard : ""), done, end);
      done = end;
    }
    pairs(folder, "valid", -500, 0);
    pairs(folder, "test", -1000, -500);
    for (String language : new String[] {"en", "de"}) {
      dictionary.save(folder.resolve("dict." + language + ".txt"));
    }
  }

  private static void pairs(Path folder, String split, int start, int end) {
    for (String language : new String[] {"en", "de"}) {
      CorpusWriter.write(
          folder.resolve(split + ".en-de." + language),
          SYMBOLS,
          writer -> {
            for (int first = start; first < end; first += PIECE) {
              for (int[] sentence : sentences(language, first, Math.min(end, first + PIECE))) {
                writer.add(sentence);
              }
            }
          });
    }
  }

  private static int[][] sentences(String language, int start, int end) {
    int[][] sentences = new int[end - start][];
    for (int i = 0; i < sentences.length; i++) {
      // Both sides are about equally long, as in a translation.
      SplittableRandom lengths = new SplittableRandom(start + i);
      int length = 4 + lengths.nextInt(39);
      SplittableRandom random = new SplittableRandom((start + i) * 2L + language.charAt(0));
      int[] ids = new int[Math.max(2, length + random.nextInt(3) - 1)];
      for (int k = 0; k < ids.length - 1; k++) {
        double u = random.nextDouble();
        ids[k] = Dictionary.SPECIALS + (int) (u * u * u * (SYMBOLS - Dictionary.SPECIALS));
      }
      ids[ids.length - 1] = Dictionary.EOS;
      sentences[i] = ids;
    }
    return sentences;
  }

  /** Two texts. */
  static void text(int lines, Path prefix) throws IOException {
    Folders.createFor(prefix);
    for (String language : new String[] {"en", "de"}) {
      Path file = prefix.resolveSibling(prefix.getFileName() + "." + language);
      int[] next = {0};
      try (OutputStream out = Files.newOutputStream(file)) {
        OrderedWork.run(
            Runtime.getRuntime().availableProcessors(),
            () -> next[0] < lines ? (Integer) ((next[0] += PIECE) - PIECE) : null,
            start -> lines(language, start, Math.min(lines, start + PIECE)),
            out::write);
      }
    }
  }

  private static byte[] lines(String language, int start, int end) {
    StringBuilder text = new StringBuilder();
    for (int line = start; line < end; line++) {
      SplittableRandom random = new SplittableRandom(line * 2L + language.charAt(0));
      int words = 5 + new SplittableRandom(line).nextInt(9);
      for (int k = 0; k < words; k++) {
        // Zipf: the r-th word in proportion to 1 / r, of 2 million.
        long rank = (long) Math.exp(random.nextDouble() * Math.log(2e6));
        word(text.append(k > 0 ? " " : ""), rank * 31 + language.charAt(0));
      }
      text.append(" .\n");
    }
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static void word(StringBuilder text, long number) {
    for (long n = number; n > 0; n /= 64) {
      text.append(CONSONANTS.charAt((int) (n % 16))).append(VOWELS.charAt((int) (n / 16 % 4)));
    }
  }
}
