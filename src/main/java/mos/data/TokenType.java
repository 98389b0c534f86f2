package mos.data;

import mos.base.MosException;

/**
 * How fairseq's binary files store a token.
 *
 * <p>Source: the type codes of fairseq's indexed datasets (6 and 7 are both NumPy's float64).
 */
enum TokenType {
  UINT8(1, 1),
  INT8(2, 1),
  INT16(3, 2),
  INT32(4, 4),
  INT64(5, 8),
  FLOAT64(6, 8),
  DOUBLE(7, 8),
  UINT16(8, 2),
  UINT32(9, 4),
  UINT64(10, 8);

  private static final int UINT16_VOCABULARY = 65_500;

  private final int code;
  private final int bytes;

  TokenType(int code, int bytes) {
    this.code = code;
    this.bytes = bytes;
  }

  /** The narrower type that fairseq's preprocessing chooses for a vocabulary of this size. */
  static TokenType forVocabulary(int size) {
    return size < UINT16_VOCABULARY ? UINT16 : INT32;
  }

  static TokenType ofCode(long code, Object where) {
    for (TokenType type : values()) {
      if (type.code == code) {
        return type;
      }
    }
    throw new MosException(
        where + ": the type code of the tokens is " + code + ", must be in 1.." + values().length);
  }

  /**
   * Of the two that are written.
   *
   * @throws MosException when it cannot hold the token
   */
  void check(int id) {
    int limit = this == UINT16 ? 0xffff : Integer.MAX_VALUE;
    if (id < 0 || id > limit) {
      throw new MosException("token " + id + " must be in 0.." + limit);
    }
  }

  int code() {
    return code;
  }

  int bytes() {
    return bytes;
  }

  /** The value at {@code position}; −1 where it is no whole number or beyond a long. */
  long read(MappedFile file, long position) {
    return switch (this) {
      case UINT8 -> Byte.toUnsignedLong(file.getByte(position));
      case INT8 -> file.getByte(position);
      case INT16 -> file.getShort(position);
      case UINT16 -> Short.toUnsignedLong(file.getShort(position));
      case INT32 -> file.getInt(position);
      case UINT32 -> Integer.toUnsignedLong(file.getInt(position));
      case INT64 -> file.getLong(position);
      case UINT64 -> Math.max(-1, file.getLong(position));
      case FLOAT64, DOUBLE -> {
        double value = file.getDouble(position);
        yield value == Math.rint(value) && Math.abs(value) < 1L << 53 ? (long) value : -1;
      }
    };
  }
}
