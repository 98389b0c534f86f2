package mos.port;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import mos.base.MosException;

/**
 * The form since PyTorch 1.6: a zip archive with {@code NAME/data.pkl} and a file {@code
 * NAME/data/KEY} per storage.
 */
final class ZipTorchFile implements TorchFile.Content, TorchStorage.Source {
  private static final String PICKLE = "/data.pkl";
  private static final int MAX_PICKLE_BYTES = 1 << 26;
  private static final Pattern KEY = Pattern.compile("\\w{1,100}");

  /** Deflate cannot shrink anything further than to a 1032nd. */
  private static final long MAX_DEFLATION = 1032;

  private final Path file;
  private final ZipFile zip;
  private final String folder;
  private final long fileSize;
  private final Object root;

  private ZipTorchFile(Path file, ZipFile zip) throws IOException {
    this.file = file;
    this.zip = zip;
    this.fileSize = Files.size(file);
    this.folder = folder();
    ZipEntry order = zip.getEntry(folder + "/byteorder");
    if (order != null
        && !new String(bytes(order, 0, size(order, 100)), StandardCharsets.UTF_8)
            .strip()
            .equals("little")) {
      throw new MosException(file + ": must come from a little-endian machine");
    }
    ZipEntry pickle = zip.getEntry(folder + PICKLE);
    byte[] bytes = bytes(pickle, 0, size(pickle, MAX_PICKLE_BYTES));
    root = PickleMachine.read(new PickleInput(ByteBuffer.wrap(bytes), file + PICKLE), this);
  }

  static ZipTorchFile open(Path file) throws IOException {
    ZipFile zip;
    try {
      zip = new ZipFile(file.toFile());
    } catch (IllegalArgumentException e) {
      throw new MosException(file + ": a zip file with names that are not UTF-8", e);
    }
    try {
      return new ZipTorchFile(file, zip);
    } catch (IOException | RuntimeException e) {
      zip.close();
      throw e;
    }
  }

  private String folder() {
    List<String> pickles =
        zip.stream()
            .map(ZipEntry::getName)
            .filter(name -> name.endsWith(PICKLE) && name.indexOf('/') == name.lastIndexOf('/'))
            .toList();
    if (pickles.size() != 1) {
      throw new MosException(
          file
              + ": a zip file with "
              + pickles.size()
              + " entries NAME/data.pkl, need one: not a file that torch.save wrote");
    }
    return pickles.get(0).substring(0, pickles.get(0).length() - PICKLE.length());
  }

  /** The size of an entry that can be true and is at most {@code most}. */
  private int size(ZipEntry entry, long most) {
    long size = entry.getSize();
    long packed = entry.getCompressedSize();
    if (size < 0 || packed < 0 || packed > fileSize || size > packed * MAX_DEFLATION) {
      throw new MosException(
          file + ": " + entry.getName() + " of " + size + " bytes: impossible in this file");
    }
    if (size > most) {
      throw new MosException(
          file + ": " + entry.getName() + " of " + size + " bytes: at most " + most);
    }
    return (int) size;
  }

  private byte[] bytes(ZipEntry entry, long offset, int length) throws IOException {
    try (InputStream in = zip.getInputStream(entry)) {
      in.skipNBytes(offset);
      byte[] bytes = in.readNBytes(length);
      if (bytes.length < length) {
        throw new MosException(file + ": " + entry.getName() + " ends early");
      }
      return bytes;
    }
  }

  @Override
  public byte[] read(TorchStorage storage, long offset, int length) throws IOException {
    ZipEntry entry =
        KEY.matcher(storage.key()).matches()
            ? zip.getEntry(folder + "/data/" + storage.key())
            : null;
    if (entry == null) {
      throw new MosException(file + ": no data for storage " + storage.key());
    }
    size(entry, Long.MAX_VALUE);
    if (offset + length > entry.getSize()) {
      throw new MosException(
          file
              + ": storage "
              + storage.key()
              + " of "
              + entry.getSize()
              + " bytes, need "
              + (offset + length));
    }
    return bytes(entry, offset, length);
  }

  @Override
  public Object root() {
    return root;
  }

  @Override
  public void close() throws IOException {
    zip.close();
  }
}
