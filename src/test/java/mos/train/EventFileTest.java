package mos.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.CRC32C;
import mos.data.UpdateIterator;
import mos.results.MetricsLine;
import mos.results.ResultJson;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventFileTest {
  @TempDir Path folder;

  /** Reads what TensorBoard would, by an own short reader of the wire format. */
  private static List<Map<String, Object>> read(Path file) throws IOException {
    ByteBuffer in = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    List<Map<String, Object>> events = new ArrayList<>();
    while (in.hasRemaining()) {
      int start = in.position();
      long length = in.getLong();
      assertThat(in.getInt()).isEqualTo(crc(in.array(), start, 8));
      ByteBuffer data = in.slice(in.position(), (int) length).order(ByteOrder.LITTLE_ENDIAN);
      in.position(in.position() + (int) length);
      assertThat(in.getInt()).isEqualTo(crc(in.array(), start + 12, (int) length));
      Map<String, Object> event = new LinkedHashMap<>();
      fields(data, "", event);
      events.add(event);
    }
    return events;
  }

  private static int crc(byte[] bytes, int start, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, start, length);
    int value = (int) crc.getValue();
    return ((value >>> 15) | (value << 17)) + 0xa282ead8;
  }

  private static void fields(ByteBuffer in, String path, Map<String, Object> event) {
    String tag = "";
    while (in.hasRemaining()) {
      int key = in.get();
      String name = path + (key >>> 3);
      switch (key & 7) {
        case 0 -> event.put(name, varint(in));
        case 1 -> event.put(name, in.getDouble());
        case 5 -> event.put(tag, in.getFloat());
        default -> {
          ByteBuffer inner = in.slice(in.position(), 0);
          int length = (int) varint(in);
          inner = in.slice(in.position(), length).order(ByteOrder.LITTLE_ENDIAN);
          in.position(in.position() + length);
          if (name.equals("5") || name.equals("5.1")) {
            fields(inner, name + ".", event);
          } else {
            tag = StandardCharsets.UTF_8.decode(inner).toString();
            event.put(name, tag);
          }
        }
      }
    }
  }

  private static long varint(ByteBuffer in) {
    long value = 0;
    for (int shift = 0; ; shift += 7) {
      byte part = in.get();
      value |= (long) (part & 0x7f) << shift;
      if (part >= 0) {
        return value;
      }
    }
  }

  private static MetricsLine line(String json) {
    return ResultJson.parse(json, MetricsLine.class, "line");
  }

  @Test
  void figuresComeBackAsTheyWereWritten() throws IOException {
    Path file = folder.resolve(EventFile.NAME);
    EventFile events =
        new EventFile(
            file, List.of(line("{\"update\":20,\"loss\":8.5,\"seconds\":1.5,\"time\":1.7e9}")));
    events.add(
        line(
            "{\"update\":70000,\"valid\":{\"largest\":{\"loss\":2.5,\"nll_loss\":2.25,\"ppl\":9.5}},"
                + "\"text\":\"no number\",\"time\":1700000001.5}"));
    List<Map<String, Object>> read = read(file);
    assertThat(read).hasSize(3);
    assertThat(read.get(0)).containsEntry("3", "brain.Event:2").containsEntry("1", 1.7e9);
    assertThat(read.get(1)).containsEntry("1", 1.7e9).containsEntry("2", 20L);
    assertThat(read.get(1)).containsEntry("loss", 8.5f).containsEntry("seconds", 1.5f);
    assertThat(read.get(2)).containsEntry("2", 70000L).containsEntry("valid/largest/loss", 2.5f);
    assertThat(read.get(2)).containsEntry("1", 1700000001.5);
    assertThat(read.get(2)).doesNotContainKeys("text", "time", "update");
  }

  /** The check value of CRC-32C is that of RFC 3720 for "123456789". */
  @Test
  void checksumIsMaskedCastagnoli() {
    int plain = 0xe3069283;
    int masked = ((plain >>> 15) | (plain << 17)) + 0xa282ead8;
    assertThat(EventFile.maskedCrc("123456789".getBytes(StandardCharsets.US_ASCII)))
        .isEqualTo(masked);
    assertThat(HexFormat.of().formatHex(EventFile.record(new byte[0]))).startsWith("0".repeat(16));
  }

  @Test
  void resumedTrainingDropsWhatComesAgain() throws IOException {
    Path metrics = folder.resolve("metrics.jsonl");
    MetricsLog first = new MetricsLog(metrics, TrainState.START, Set.of());
    for (int update = 1; update <= 3; update++) {
      first.add(line("{\"update\":" + update + ",\"loss\":" + update * 0.5 + "}"));
    }
    TrainState second = new TrainState(2, UpdateIterator.Position.START, 1, 1, 1);
    new MetricsLog(metrics, second, Set.of()).add(line("{\"update\":3,\"loss\":9.5}"));
    List<Map<String, Object>> read = read(folder.resolve(EventFile.NAME));
    assertThat(read.stream().map(event -> event.get("loss")))
        .containsExactly(null, 0.5f, 1.0f, 9.5f);
  }

  /** TensorBoard's axes of time: seconds since 1970, in order, for lines of older versions too. */
  @Test
  void everyEventHasTheTimeAtWhichItHappened() throws IOException {
    Path metrics = folder.resolve("metrics.jsonl");
    Files.writeString(
        metrics,
        "{\"update\":1,\"loss\":3.0,\"seconds\":10.0}\n{\"update\":1,\"valid\":{\"a\":{\"loss\":3,\"nll_loss\":3,\"ppl\":8}}}\n"
            + "{\"update\":2,\"loss\":2.0,\"seconds\":25.0}\n");
    Files.setLastModifiedTime(metrics, FileTime.fromMillis(1_700_000_000_000L));
    TrainState state = new TrainState(2, UpdateIterator.Position.START, 1, 1, 1);
    double before = MetricsLog.now();
    new MetricsLog(metrics, state, Set.of()).add(line("{\"update\":3,\"loss\":1.0}"));
    // Once more: what was given a time keeps it.
    new MetricsLog(metrics, state, Set.of()).add(line("{\"update\":3,\"loss\":1.0}"));
    List<Double> times =
        read(folder.resolve(EventFile.NAME)).stream().map(e -> (Double) e.get("1")).toList();
    assertThat(times.subList(0, 4)).containsExactly(1.7e9 - 15, 1.7e9 - 15, 1.7e9 - 15, 1.7e9);
    assertThat(times.get(4)).isBetween(before, before + 60);
  }
}
