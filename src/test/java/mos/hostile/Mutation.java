package mos.hostile;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Damages a file the way that finds bugs of readers: flipped bits, numbers at their limits, cut,
 * repeated and exchanged parts, a format's own words in wrong places. All from one seed.
 */
final class Mutation {
  private static final int MOST_CHANGES = 6;
  private static final int LARGEST = 1 << 20;
  private static final int MOST_REPEATED_BYTES = 1 << 17;

  private static final long[] LIMITS = {
    0,
    1,
    -1,
    2,
    7,
    8,
    16,
    127,
    128,
    255,
    256,
    32767,
    32768,
    65535,
    65536,
    Integer.MAX_VALUE - 8,
    Integer.MAX_VALUE,
    Integer.MIN_VALUE,
    1L << 31,
    1L << 32,
    1L << 40,
    Long.MAX_VALUE / 8,
    Long.MAX_VALUE - 7,
    Long.MAX_VALUE,
    Long.MIN_VALUE
  };

  private static final String[] NUMBERS = {
    "0",
    "-1",
    "1",
    "1e999",
    "-1e999",
    "1e-400",
    "NaN",
    "Infinity",
    "2147483647",
    "2147483648",
    "-2147483649",
    "4294967296",
    "9223372036854775807",
    "9223372036854775808",
    "1e308",
    "0.5",
    "99999999999999999999999999",
    "0x7f",
    "-0",
    "1_000",
    "null",
    "true",
    "[]",
    "{}",
    "\"\""
  };

  private final SplittableRandom random;
  private final List<byte[]> words;

  /**
   * @param words what the format gives a meaning to
   */
  Mutation(long seed, List<byte[]> words) {
    this.random = new SplittableRandom(seed);
    this.words = words;
  }

  /** A damaged copy of one of the files, perhaps with parts of another. */
  byte[] of(List<byte[]> files) {
    byte[] bytes = pick(files).clone();
    int changes = 1;
    while (changes < MOST_CHANGES && random.nextInt(3) == 0) {
      changes++;
    }
    for (int i = 0; i < changes; i++) {
      bytes = changed(bytes, files);
    }
    return bytes.length <= LARGEST ? bytes : Arrays.copyOf(bytes, LARGEST);
  }

  private byte[] changed(byte[] bytes, List<byte[]> files) {
    return switch (random.nextInt(14)) {
      case 0 -> flipBit(bytes);
      case 1 -> overwrite(bytes, new byte[] {(byte) random.nextInt(256)});
      case 2, 3 -> overwrite(bytes, limit());
      case 4 -> Arrays.copyOf(bytes, at(bytes));
      case 5 -> replace(bytes, at(bytes), length(bytes), new byte[0]);
      case 6 -> replace(bytes, at(bytes), 0, part(bytes));
      case 7 -> replace(bytes, at(bytes), 0, noise());
      case 8 -> replace(bytes, at(bytes), 0, word());
      case 9 -> overwrite(bytes, word());
      case 10 -> spliced(bytes, pick(files));
      case 11 -> replace(bytes, at(bytes), length(bytes), part(bytes));
      case 12 -> otherNumber(bytes);
      default ->
          replace(bytes, at(bytes), 0, repeated(random.nextBoolean() ? word() : part(bytes)));
    };
  }

  private <T> T pick(List<T> some) {
    return some.get(random.nextInt(some.size()));
  }

  private byte[] word() {
    return words.isEmpty() ? noise() : pick(words);
  }

  private int at(byte[] bytes) {
    return random.nextInt(bytes.length + 1);
  }

  private int length(byte[] bytes) {
    return random.nextInt(Math.min(bytes.length, 64) + 1);
  }

  private byte[] part(byte[] bytes) {
    int from = at(bytes);
    return Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + 1 + random.nextInt(64)));
  }

  private byte[] noise() {
    byte[] noise = new byte[1 + random.nextInt(8)];
    random.nextBytes(noise);
    return noise;
  }

  private byte[] limit() {
    ByteOrder order = random.nextInt(4) == 0 ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    long value = LIMITS[random.nextInt(LIMITS.length)];
    ByteBuffer buffer = ByteBuffer.allocate(8).order(order);
    int width = 1 << random.nextInt(4);
    switch (width) {
      case 1 -> buffer.put((byte) value);
      case 2 -> buffer.putShort((short) value);
      case 4 -> buffer.putInt((int) value);
      default -> buffer.putLong(value);
    }
    return Arrays.copyOf(buffer.array(), width);
  }

  private byte[] flipBit(byte[] bytes) {
    if (bytes.length > 0) {
      bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
    }
    return bytes;
  }

  private byte[] overwrite(byte[] bytes, byte[] with) {
    int from = at(bytes);
    return replace(bytes, from, Math.min(with.length, bytes.length - from), with);
  }

  private byte[] spliced(byte[] bytes, byte[] other) {
    byte[] tail = Arrays.copyOfRange(other, at(other), other.length);
    byte[] head = Arrays.copyOf(bytes, at(bytes));
    return replace(head, head.length, 0, tail);
  }

  /** Nesting as deep as it gets, or a very long line. */
  private byte[] repeated(byte[] unit) {
    int most = Math.max(1, MOST_REPEATED_BYTES / Math.max(1, unit.length));
    int times = 1 + random.nextInt(1 << random.nextInt(1, 18));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int i = 0; i < Math.min(times, most); i++) {
      out.writeBytes(unit);
    }
    return out.toByteArray();
  }

  private byte[] otherNumber(byte[] bytes) {
    int start = at(bytes);
    while (start < bytes.length && !isDigit(bytes[start])) {
      start++;
    }
    int end = start;
    while (end < bytes.length && (isDigit(bytes[end]) || bytes[end] == '.')) {
      end++;
    }
    String number = NUMBERS[random.nextInt(NUMBERS.length)];
    return replace(bytes, start, end - start, number.getBytes(StandardCharsets.US_ASCII));
  }

  private static boolean isDigit(byte b) {
    return b >= '0' && b <= '9';
  }

  private static byte[] replace(byte[] bytes, int from, int length, byte[] with) {
    int end = Math.min(bytes.length, from + length);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(bytes, 0, from);
    out.writeBytes(with);
    out.write(bytes, end, bytes.length - end);
    return out.toByteArray();
  }
}
