package mos.data;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import mos.base.MosException;

/**
 * A corpus in fairseq's binary forms, memory-mapped for sentences here and there, read in blocks
 * where many follow each other. Every length and pointer of the index is checked against the sizes
 * of the files on opening.
 *
 * <p>Source: fairseq's indexed datasets. Memory-mapped form: {@code MMIDIDX\0\0}, version 1 (8
 * bytes), type code (1), number of sentences n (8), n lengths (4 each), n positions in the .bin in
 * bytes (8 each). Lazy or cached form: {@code TNTIDX\0\0}, version 1, type code, bytes of an
 * element, n, number of dimensions s (8 each), n+1 offsets into the dimensions, n+1 positions in
 * elements, s dimensions; its tokens are stored plus one.
 */
final class BinaryCorpus implements TokenCorpus {
  static final String MMAP_MAGIC = "MMIDIDX\0\0";
  static final int MMAP_HEADER_BYTES = 9 + 8 + 1 + 8;
  private static final String LAZY_MAGIC = "TNTIDX\0\0";
  private static final int LAZY_HEADER_BYTES = 8 + 5 * 8;
  private static final int MOST_BLOCK_BYTES = 1 << 30;

  /**
   * Where the index keeps what.
   *
   * @param lengthBytes width of a length, 4 or 8
   * @param pointerUnit bytes that a pointer counts in
   * @param shift what is added to each stored token
   */
  private record Layout(
      TokenType type,
      int size,
      long lengthsAt,
      int lengthBytes,
      long pointersAt,
      long pointerUnit,
      int shift) {}

  private final MappedFile index;
  private final MappedFile tokens;
  private final BlockFile indexBlocks;
  private final BlockFile tokenBlocks;
  private final Layout layout;
  private final boolean contiguous;
  private final String name;

  BinaryCorpus(Path prefix) {
    this(prefix, BlockFile.Opener.FILES);
  }

  /** With a way of its own to read blocks. */
  BinaryCorpus(Path prefix, BlockFile.Opener opener) {
    this(prefix, new MappedFile(indexFile(prefix)), new MappedFile(tokenFile(prefix)), opener);
  }

  BinaryCorpus(Path prefix, MappedFile index, MappedFile tokens) {
    this(prefix, index, tokens, BlockFile.Opener.FILES);
  }

  private BinaryCorpus(Path prefix, MappedFile index, MappedFile tokens, BlockFile.Opener opener) {
    this.name = prefix.toString();
    this.index = index;
    this.tokens = tokens;
    this.indexBlocks = new BlockFile(index.file(), opener);
    this.tokenBlocks = new BlockFile(tokens.file(), opener);
    boolean opened = false;
    try {
      this.layout = readLayout();
      this.contiguous = checkPointers();
      opened = true;
    } finally {
      if (!opened) {
        close();
      }
    }
  }

  static Path indexFile(Path prefix) {
    return prefix.resolveSibling(prefix.getFileName() + ".idx");
  }

  static Path tokenFile(Path prefix) {
    return prefix.resolveSibling(prefix.getFileName() + ".bin");
  }

  @Override
  public int size() {
    return layout.size;
  }

  @Override
  public int length(int i) {
    return (int) storedLength(i);
  }

  @Override
  public int[] get(int i) {
    return TokenBlock.ids(
        tokens, storedPointer(i) * layout.pointerUnit, length(i), layout.type, layout.shift, i, 0);
  }

  @Override
  public int[] lengths(int start, int end) {
    BlockFile.Numbers stored =
        indexBlocks.numbers(
            layout.lengthsAt + (long) layout.lengthBytes * start,
            layout.lengthBytes,
            (long) end - start);
    int[] lengths = new int[end - start];
    for (int i = 0; i < lengths.length; i++) {
      lengths[i] = (int) stored.next();
    }
    return lengths;
  }

  @Override
  public TokenCorpus block(int start, int end) {
    if (!contiguous || start == end) {
      return TokenCorpus.super.block(start, end);
    }
    int[] lengths = lengths(start, end);
    long bytes = 0;
    for (int length : lengths) {
      bytes += (long) length * layout.type.bytes();
    }
    if (bytes > MOST_BLOCK_BYTES && lengths.length > 1) {
      int middle = (start + end) >>> 1;
      return new ConcatenatedCorpus(List.of(block(start, middle), block(middle, end)));
    }
    long pointer = indexBlocks.numbers(layout.pointersAt + 8L * start, Long.BYTES, 1).next();
    long from = pointer * layout.pointerUnit;
    ByteBuffer stored = tokenBlocks.read(from, Math.toIntExact(bytes));
    return new TokenBlock(tokens.file(), start, from, stored, lengths, layout.type, layout.shift);
  }

  @Override
  public void readThrough() {
    tokenBlocks.readThrough(tokens.size());
  }

  @Override
  public String name() {
    return name;
  }

  /** Java frees the mappings once nothing refers to them. */
  @Override
  public void close() {
    try (indexBlocks;
        tokenBlocks) {
      return;
    }
  }

  private long storedLength(int i) {
    if (i < 0 || i >= layout.size) {
      throw new IndexOutOfBoundsException(name + ": sentence " + i + " of " + layout.size);
    }
    return layout.lengthBytes == Integer.BYTES
        ? index.getInt(layout.lengthsAt + 4L * i)
        : index.getLong(layout.lengthsAt + 8L * i);
  }

  private long storedPointer(int i) {
    return index.getLong(layout.pointersAt + 8L * i);
  }

  private Layout readLayout() {
    if (startsWith(MMAP_MAGIC)) {
      need(MMAP_HEADER_BYTES, "the header");
      long version = index.getLong(9);
      checkVersion(version);
      TokenType type = TokenType.ofCode(Byte.toUnsignedLong(index.getByte(17)), index.file());
      int size = sentences(index.getLong(18), Integer.BYTES + Long.BYTES, MMAP_HEADER_BYTES);
      long pointersAt = MMAP_HEADER_BYTES + 4L * size;
      return new Layout(type, size, MMAP_HEADER_BYTES, 4, pointersAt, 1, 0);
    }
    if (startsWith(LAZY_MAGIC)) {
      return readLazyLayout();
    }
    throw damaged(index, "it starts neither with MMIDIDX nor with TNTIDX, or ends in between");
  }

  private Layout readLazyLayout() {
    need(LAZY_HEADER_BYTES, "the header");
    checkVersion(index.getLong(8));
    TokenType type = TokenType.ofCode(index.getLong(16), index.file());
    long unit = index.getLong(24);
    if (unit < 1 || unit > Long.BYTES) {
      throw damaged(index, "the size of an element is " + unit + ", must be in 1..8");
    }
    int fixed = LAZY_HEADER_BYTES + 2 * Long.BYTES;
    int size = sentences(index.getLong(32), 3 * Long.BYTES, fixed);
    long dimensions = index.getLong(40);
    if (dimensions != size) {
      throw damaged(index, dimensions + " dimensions for " + size + " sentences, must be as many");
    }
    BlockFile.Numbers starts = indexBlocks.numbers(LAZY_HEADER_BYTES, Long.BYTES, size + 1L);
    for (int i = 0; i <= size; i++) {
      if (starts.next() != i) {
        throw damaged(index, "item " + i + " is no sentence: it has not one dimension");
      }
    }
    long pointersAt = LAZY_HEADER_BYTES + 8L * (size + 1L);
    return new Layout(type, size, pointersAt + 8L * (size + 1L), 8, pointersAt, unit, 1);
  }

  private boolean startsWith(String magic) {
    byte[] bytes = magic.getBytes(StandardCharsets.ISO_8859_1);
    if (index.size() < bytes.length) {
      return false;
    }
    for (int i = 0; i < bytes.length; i++) {
      if (index.getByte(i) != bytes[i]) {
        return false;
      }
    }
    return true;
  }

  private void checkVersion(long version) {
    if (version != 1) {
      throw damaged(index, "its version is " + version + ", must be 1");
    }
  }

  /** The number of sentences, once the index is known to be long enough for them. */
  private int sentences(long claimed, int bytesEach, int bytesBesides) {
    if (claimed < 0 || claimed > Integer.MAX_VALUE - 1) {
      throw damaged(index, claimed + " sentences, must be in 0.." + (Integer.MAX_VALUE - 1));
    }
    need(bytesBesides + claimed * bytesEach, claimed + " sentences");
    return (int) claimed;
  }

  private void need(long bytes, String what) {
    if (index.size() < bytes) {
      throw damaged(
          index, "truncated: got " + index.size() + " bytes, need " + bytes + " for " + what);
    }
  }

  /** Reads the index once, in sequence; whether sentences follow each other without gaps. */
  private boolean checkPointers() {
    int width = layout.type.bytes();
    BlockFile.Numbers lengths =
        indexBlocks.numbers(layout.lengthsAt, layout.lengthBytes, layout.size);
    BlockFile.Numbers pointers = indexBlocks.numbers(layout.pointersAt, Long.BYTES, layout.size);
    boolean follow = true;
    long before = -1;
    for (int i = 0; i < layout.size; i++) {
      long length = lengths.next();
      long pointer = pointers.next();
      if (length < 0 || length > Integer.MAX_VALUE - 8) {
        throw damaged(index, "sentence " + i + " has the length " + length);
      }
      if (pointer < 0 || pointer > Long.MAX_VALUE / 32) {
        throw damaged(index, "sentence " + i + " is at the position " + pointer);
      }
      long end = pointer * layout.pointerUnit + length * width;
      if (end > tokens.size()) {
        throw damaged(
            tokens,
            "truncated: got "
                + tokens.size()
                + " bytes, need "
                + end
                + " for sentence "
                + i
                + " of "
                + layout.size);
      }
      follow &= before < 0 || before == pointer * layout.pointerUnit;
      before = end;
    }
    return follow;
  }

  private static MosException damaged(MappedFile file, String what) {
    return new MosException(file.file() + ": " + what);
  }
}
