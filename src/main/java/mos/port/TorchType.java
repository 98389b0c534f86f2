package mos.port;

import java.nio.ByteBuffer;
import java.util.Map;

/** Element types of PyTorch storages, little-endian. */
public enum TorchType {
  FLOAT(4),
  DOUBLE(8),
  HALF(2),
  BFLOAT16(2),
  LONG(8),
  INT(4),
  SHORT(2),
  CHAR(1),
  BYTE(1),
  BOOL(1);

  private static final Map<String, TorchType> BY_STORAGE =
      Map.ofEntries(
          Map.entry("torch.FloatStorage", FLOAT),
          Map.entry("torch.DoubleStorage", DOUBLE),
          Map.entry("torch.HalfStorage", HALF),
          Map.entry("torch.BFloat16Storage", BFLOAT16),
          Map.entry("torch.LongStorage", LONG),
          Map.entry("torch.IntStorage", INT),
          Map.entry("torch.ShortStorage", SHORT),
          Map.entry("torch.CharStorage", CHAR),
          Map.entry("torch.ByteStorage", BYTE),
          Map.entry("torch.BoolStorage", BOOL),
          Map.entry("torch.storage.UntypedStorage", BYTE));

  private final int bytes;

  TorchType(int bytes) {
    this.bytes = bytes;
  }

  /** Bytes of one element. */
  public int bytes() {
    return bytes;
  }

  /** The type of a storage class such as {@code torch.FloatStorage}; null for any other name. */
  static TorchType ofStorage(String className) {
    return BY_STORAGE.get(className);
  }

  /** The element that begins at byte {@code at} of a little-endian buffer. */
  float read(ByteBuffer data, int at) {
    return switch (this) {
      case FLOAT -> data.getFloat(at);
      case DOUBLE -> (float) data.getDouble(at);
      case HALF -> half(data.getShort(at));
      case BFLOAT16 -> Float.intBitsToFloat(data.getShort(at) << 16);
      case LONG -> data.getLong(at);
      case INT -> data.getInt(at);
      case SHORT -> data.getShort(at);
      case CHAR -> data.get(at);
      case BYTE -> data.get(at) & 0xff;
      case BOOL -> data.get(at) == 0 ? 0 : 1;
    };
  }

  /** IEEE 754 binary16. */
  private static float half(short bits) {
    int exponent = (bits >> 10) & 0x1f;
    int fraction = bits & 0x3ff;
    float magnitude;
    if (exponent == 0) {
      magnitude = Math.scalb((float) fraction, -24);
    } else if (exponent == 0x1f) {
      magnitude = fraction == 0 ? Float.POSITIVE_INFINITY : Float.NaN;
    } else {
      magnitude = Math.scalb((float) (fraction + 0x400), exponent - 25);
    }
    return bits < 0 ? -magnitude : magnitude;
  }
}
