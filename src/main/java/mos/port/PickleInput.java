package mos.port;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import mos.base.MosException;

/** The bytes of a pickle, which may be followed by others; every length is checked first. */
final class PickleInput {
  private final ByteBuffer bytes;
  private final String where;

  /**
   * @param where names the pickle in messages
   */
  PickleInput(ByteBuffer bytes, String where) {
    this.bytes = bytes.order(ByteOrder.LITTLE_ENDIAN);
    this.where = where;
  }

  int position() {
    return bytes.position();
  }

  MosException error(String what) {
    return new MosException(where + ": " + what + " (byte " + bytes.position() + ")");
  }

  private void need(long count) {
    if (count < 0 || count > bytes.remaining()) {
      throw error("needs " + count + " more bytes, has " + bytes.remaining());
    }
  }

  int unsignedByte() {
    need(1);
    return bytes.get() & 0xff;
  }

  int unsignedShort() {
    need(2);
    return bytes.getShort() & 0xffff;
  }

  int int32() {
    need(4);
    return bytes.getInt();
  }

  long int64() {
    need(8);
    return bytes.getLong();
  }

  /** Python pickles floats with the most significant byte first. */
  double bigEndianDouble() {
    need(8);
    return Double.longBitsToDouble(Long.reverseBytes(bytes.getLong()));
  }

  byte[] take(long count) {
    need(count);
    byte[] taken = new byte[(int) count];
    bytes.get(taken);
    return taken;
  }

  String text(long count) {
    need(count);
    ByteBuffer slice = bytes.slice(bytes.position(), (int) count);
    bytes.position(bytes.position() + (int) count);
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(slice).toString();
    } catch (CharacterCodingException e) {
      throw new MosException(where + ": text that is not UTF-8", e);
    }
  }

  /** Up to the next line feed, which is dropped. */
  String line() {
    for (int end = bytes.position(); end < bytes.limit(); end++) {
      if (bytes.get(end) == '\n') {
        String line = text(end - bytes.position());
        bytes.get();
        return line;
      }
    }
    throw error("a line without an end");
  }
}
