package mos.train;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.CRC32C;
import mos.base.AtomicFile;
import mos.results.MetricsLine;

/**
 * The figures of a training as TensorBoard reads them: the file {@code events.out.tfevents.mos}
 * beside {@code metrics.jsonl}. Records are framed as TFRecords (length, masked CRC-32C of it,
 * data, masked CRC-32C of it); data are protocol buffers of the messages Event and Summary, of
 * which a scalar needs five fields.
 *
 * <p>The time of an event is when its line was written ({@link MetricsLine#time}), so that what
 * TensorBoard shows over time is in the order in which it happened, pauses included.
 */
final class EventFile {
  static final String NAME = "events.out.tfevents.mos";

  private static final int MASK_DELTA = 0xa282ead8;
  private static final int VARINT = 0;
  private static final int FIXED64 = 1;
  private static final int BYTES = 2;
  private static final int FIXED32 = 5;

  private final Path file;

  /** Begins the file anew with what {@code lines} of {@code metrics.jsonl} say. */
  EventFile(Path file, List<MetricsLine> lines) {
    this.file = file;
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    double begin = lines.isEmpty() ? MetricsLog.now() : lines.get(0).time();
    // Event: wall_time = 1, step = 2, file_version = 3, summary = 5.
    all.writeBytes(
        record(
            message(
                b -> {
                  fixed64(b, 1, begin);
                  bytes(b, 3, utf8("brain.Event:2"));
                })));
    lines.forEach(line -> all.writeBytes(records(line)));
    AtomicFile.write(file, out -> all.writeTo(out));
  }

  void add(MetricsLine line) {
    AtomicFile.append(file, records(line));
  }

  private static byte[] records(MetricsLine line) {
    ByteArrayOutputStream summary = new ByteArrayOutputStream();
    line.figures().forEach((name, value) -> scalar(name, value, summary));
    return record(
        message(
            b -> {
              fixed64(b, 1, line.time());
              key(b, 2, VARINT);
              varint(b, line.update());
              bytes(b, 5, summary.toByteArray());
            }));
  }

  private static void scalar(String name, double value, ByteArrayOutputStream summary) {
    // Summary: value = 1; Value: tag = 1, simple_value = 2.
    byte[] scalar =
        message(
            b -> {
              bytes(b, 1, utf8(name));
              fixed32(b, 2, (float) value);
            });
    bytes(summary, 1, scalar);
  }

  /** The TFRecord of {@code data}. */
  static byte[] record(byte[] data) {
    ByteBuffer length = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(data.length);
    return ByteBuffer.allocate(data.length + 16)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(length.array())
        .putInt(maskedCrc(length.array()))
        .put(data)
        .putInt(maskedCrc(data))
        .array();
  }

  /** CRC-32C, rotated right by 15 bits and moved by a constant, as TFRecords have it. */
  static int maskedCrc(byte[] data) {
    CRC32C crc = new CRC32C();
    crc.update(data);
    return Integer.rotateRight((int) crc.getValue(), 15) + MASK_DELTA;
  }

  private interface Fields {
    void write(ByteArrayOutputStream out);
  }

  private static byte[] message(Fields fields) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    fields.write(out);
    return out.toByteArray();
  }

  private static void key(ByteArrayOutputStream out, int field, int wireType) {
    out.write(field << 3 | wireType);
  }

  private static void varint(ByteArrayOutputStream out, long value) {
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      out.write((int) (rest & 0x7f | 0x80));
      rest >>>= 7;
    }
    out.write((int) rest);
  }

  private static void bytes(ByteArrayOutputStream out, int field, byte[] value) {
    key(out, field, BYTES);
    varint(out, value.length);
    out.writeBytes(value);
  }

  private static void fixed64(ByteArrayOutputStream out, int field, double value) {
    key(out, field, FIXED64);
    out.writeBytes(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putDouble(value).array());
  }

  private static void fixed32(ByteArrayOutputStream out, int field, float value) {
    key(out, field, FIXED32);
    out.writeBytes(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putFloat(value).array());
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
