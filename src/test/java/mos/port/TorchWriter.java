package mos.port;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Writes files as torch.save does, in both forms, with pickle protocol 2; also broken ones. */
public final class TorchWriter {
  /** Python's tuple. */
  public record Tuple(List<Object> items) {}

  /** argparse.Namespace. */
  public record Namespace(Map<String, Object> attributes) {}

  /** A named function applied to arguments. */
  public record Call(String module, String name, List<Object> arguments) {}

  /** Opcodes as they are. */
  public record Raw(byte[] opcodes) {}

  /** A view of a storage; tensors with equal data arrays share one. */
  public record View(
      String storage, byte[] data, long elements, long offset, long[] shape, long[] strides) {
    /** A contiguous float32 tensor. */
    public static View of(float[] values, long... shape) {
      ByteBuffer data = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
      data.asFloatBuffer().put(values);
      long[] strides = new long[shape.length];
      long stride = 1;
      for (int d = shape.length - 1; d >= 0; d--) {
        strides[d] = stride;
        stride *= shape[d];
      }
      return new View("FloatStorage", data.array(), values.length, 0, shape, strides);
    }
  }

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final DataOutputStream out = new DataOutputStream(bytes);
  private final boolean old;
  private final Map<byte[], String> keys;
  private final Map<String, View> storages;

  private TorchWriter(boolean old, Map<byte[], String> keys, Map<String, View> storages) {
    this.old = old;
    this.keys = keys;
    this.storages = storages;
  }

  /** The old form. */
  public static byte[] old(Object root) {
    Map<String, View> storages = new LinkedHashMap<>();
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    file.writeBytes(pickle(new BigInteger("1950a86a20f9469cfc6c", 16), storages));
    file.writeBytes(pickle(1001L, storages));
    Map<String, Object> machine = new LinkedHashMap<>();
    machine.put("protocol_version", 1001L);
    machine.put("little_endian", true);
    file.writeBytes(pickle(machine, storages));
    file.writeBytes(new TorchWriter(true, new java.util.IdentityHashMap<>(), storages).run(root));
    file.writeBytes(pickle(List.copyOf(storages.keySet()), storages));
    storages
        .values()
        .forEach(
            view -> {
              ByteBuffer length = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
              file.writeBytes(length.putLong(view.elements()).array());
              file.writeBytes(view.data());
            });
    return file.toByteArray();
  }

  /** The zip form. */
  public static byte[] zip(Object root, boolean deflated, String byteOrder) {
    Map<String, View> storages = new LinkedHashMap<>();
    byte[] pickle = new TorchWriter(false, new java.util.IdentityHashMap<>(), storages).run(root);
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(file)) {
      entry(zip, "archive/data.pkl", pickle, deflated);
      entry(zip, "archive/byteorder", byteOrder.getBytes(StandardCharsets.UTF_8), deflated);
      for (Map.Entry<String, View> storage : storages.entrySet()) {
        entry(zip, "archive/data/" + storage.getKey(), storage.getValue().data(), deflated);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return file.toByteArray();
  }

  private static void entry(ZipOutputStream zip, String name, byte[] data, boolean deflated)
      throws IOException {
    ZipEntry entry = new ZipEntry(name);
    if (!deflated) {
      CRC32 crc = new CRC32();
      crc.update(data);
      entry.setMethod(ZipEntry.STORED);
      entry.setSize(data.length);
      entry.setCrc(crc.getValue());
    }
    zip.putNextEntry(entry);
    zip.write(data);
    zip.closeEntry();
  }

  /** Writes the old form to a file. */
  public static Path writeOld(Path file, Object root) {
    return write(file, old(root));
  }

  /** Writes the zip form to a file. */
  public static Path writeZip(Path file, Object root) {
    return write(file, zip(root, false, "little"));
  }

  static Path write(Path file, byte[] bytes) {
    try {
      return Files.write(file, bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] pickle(Object value, Map<String, View> storages) {
    return new TorchWriter(true, new java.util.IdentityHashMap<>(), storages).run(value);
  }

  private byte[] run(Object root) {
    try {
      out.write(new byte[] {(byte) 0x80, 2});
      put(root);
      out.write('.');
      return bytes.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void put(Object value) throws IOException {
    if (value == null) {
      out.write('N');
    } else if (value instanceof Boolean b) {
      out.write(b ? 0x88 : 0x89);
    } else if (value instanceof Integer i) {
      put((long) i);
    } else if (value instanceof Long l && l == l.intValue()) {
      out.write('J');
      out.writeInt(Integer.reverseBytes(l.intValue()));
    } else if (value instanceof Long l) {
      put(BigInteger.valueOf(l));
    } else if (value instanceof BigInteger big) {
      byte[] digits = big.toByteArray();
      out.write(new byte[] {(byte) 0x8a, (byte) digits.length});
      for (int i = digits.length - 1; i >= 0; i--) {
        out.write(digits[i]);
      }
    } else if (value instanceof Double d) {
      out.write('G');
      out.writeDouble(d);
    } else if (value instanceof String text) {
      byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
      out.write('X');
      out.writeInt(Integer.reverseBytes(utf8.length));
      out.write(utf8);
    } else if (value instanceof Raw raw) {
      out.write(raw.opcodes());
    } else {
      putObject(value);
    }
  }

  private void putObject(Object value) throws IOException {
    if (value instanceof Map<?, ?> map) {
      out.writeBytes("}(");
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        put(entry.getKey());
        put(entry.getValue());
      }
      out.write('u');
    } else if (value instanceof List<?> list) {
      out.writeBytes("](");
      for (Object item : list) {
        put(item);
      }
      out.write('e');
    } else if (value instanceof Tuple tuple) {
      out.write('(');
      for (Object item : tuple.items()) {
        put(item);
      }
      out.write('t');
    } else if (value instanceof Namespace namespace) {
      out.writeBytes("cargparse\nNamespace\n)");
      out.write(0x81);
      put(namespace.attributes());
      out.write('b');
    } else if (value instanceof Call call) {
      out.writeBytes("c" + call.module() + "\n" + call.name() + "\n");
      put(new Tuple(call.arguments()));
      out.write('R');
    } else {
      putTensor((View) value);
    }
  }

  private void putTensor(View view) throws IOException {
    String key = keys.computeIfAbsent(view.data(), data -> Integer.toString(keys.size()));
    storages.putIfAbsent(key, view);
    out.writeBytes("ctorch._utils\n_rebuild_tensor_v2\n((");
    put("storage");
    out.writeBytes("ctorch\n" + view.storage() + "\n");
    put(key);
    put("cpu");
    put(view.elements());
    if (old) {
      put(null);
    }
    out.writeBytes("tQ");
    put(view.offset());
    put(tuple(view.shape()));
    put(tuple(view.strides()));
    put(false);
    out.writeBytes("ccollections\nOrderedDict\n)RtR");
  }

  private static Tuple tuple(long[] values) {
    return new Tuple(Arrays.stream(values).<Object>mapToObj(v -> v).toList());
  }
}
