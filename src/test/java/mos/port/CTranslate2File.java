package mos.port;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Reads CTranslate2's model.bin, binary version 6.
 *
 * @param variables by name, values as stored; 16-bit floating point is widened
 * @param aliases other name → name
 */
record CTranslate2File(
    String specification,
    int revision,
    Map<String, Variable> variables,
    Map<String, String> aliases) {

  /** A value: its type's number, its dimensions, its elements in row-major order. */
  record Variable(int type, int[] shape, float[] values) {
    float scalar() {
      return values[0];
    }

    /** The element of a matrix. */
    float at(int row, int column) {
      return values[row * shape[1] + column];
    }
  }

  static CTranslate2File read(Path file) throws IOException {
    ByteBuffer in = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    if (in.getInt() != 6) {
      throw new IOException("not version 6");
    }
    String specification = text(in);
    int revision = in.getInt();
    Map<String, Variable> variables = new LinkedHashMap<>();
    for (int count = in.getInt(); count > 0; count--) {
      String name = text(in);
      int[] shape = new int[in.get()];
      int size = 1;
      for (int i = 0; i < shape.length; i++) {
        shape[i] = in.getInt();
        size *= shape[i];
      }
      int type = in.get();
      int bytes = in.getInt();
      int start = in.position();
      float[] values = new float[size];
      for (int i = 0; i < size; i++) {
        values[i] =
            switch (type) {
              case 0 -> in.getFloat();
              case 1 -> in.get();
              case 2 -> in.getShort();
              case 3 -> in.getInt();
              case 4 -> half(in.getShort());
              default -> throw new IOException(name + ": type " + type);
            };
      }
      if (in.position() - start != bytes) {
        throw new IOException(name + ": " + bytes + " bytes said");
      }
      variables.put(name, new Variable(type, shape, values));
    }
    Map<String, String> aliases = new LinkedHashMap<>();
    for (int count = in.getInt(); count > 0; count--) {
      aliases.put(text(in), text(in));
    }
    if (in.hasRemaining()) {
      throw new IOException(in.remaining() + " bytes too many");
    }
    return new CTranslate2File(specification, revision, variables, aliases);
  }

  /** The variable of that name, also where the name is an alias. */
  Variable get(String name) {
    return variables.get(aliases.getOrDefault(name, name));
  }

  private static String text(ByteBuffer in) {
    byte[] bytes = new byte[in.getShort()];
    in.get(bytes);
    if (bytes[bytes.length - 1] != 0) {
      throw new IllegalStateException("a text without its final 0");
    }
    return new String(bytes, 0, bytes.length - 1, StandardCharsets.UTF_8);
  }

  /** Of a normal number or zero. */
  private static float half(short bits) {
    int exponent = (bits >> 10) & 0x1f;
    int fraction = bits & 0x3ff;
    float magnitude =
        exponent == 0 ? fraction * 0x1p-24f : Math.scalb(1 + fraction / 1024f, exponent - 15);
    return bits < 0 ? -magnitude : magnitude;
  }
}
