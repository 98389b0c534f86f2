package mos.fetch;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import mos.base.AtomicFile;
import mos.base.Folders;
import mos.base.MosException;
import mos.console.Progress;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;

/**
 * Unpacks .tgz, .tar.gz, .tar and .zip files whose makers are not trusted: only plain files and
 * folders, only below the target, within bounds of size and number. Into a temporary folder first,
 * so that the target appears whole or not at all. An archive whose only top-level entry is one
 * folder is unpacked without that folder.
 */
public final class SafeArchive {
  /** Room for headers between two entries: names, times, padding. */
  private static final long HEADER_BYTES = 1 << 20;

  /**
   * @param bytes unpacked bytes at most
   * @param entries files and folders at most
   */
  public record Limits(long bytes, int entries) {
    /** 256 GiB in 100,000 entries: several times the largest published data. */
    public static final Limits DEFAULT = new Limits(256L << 30, 100_000);
  }

  private final Path archive;
  private final Path target;
  private final Limits limits;

  private SafeArchive(Path archive, Path target, Limits limits) {
    this.archive = archive;
    this.target = target;
    this.limits = limits;
  }

  /** Whether {@code folder} is free to be unpacked to: not there, or without content. */
  public static boolean isFree(Path folder) {
    if (!Files.exists(folder)) {
      return true;
    }
    try (Stream<Path> content = Files.list(folder)) {
      return content.findAny().isEmpty();
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * Unpacks {@code archive} to {@code target}, a new or empty folder.
   *
   * @return the number of files
   * @throws MosException naming the entry, when one may not be unpacked, or the archive is broken;
   *     {@code target} is untouched then
   */
  public static int unpack(Path archive, Path target, Limits limits) {
    return new SafeArchive(archive, target.toAbsolutePath().normalize(), limits).unpack();
  }

  private int unpack() {
    if (!isFree(target)) {
      throw new MosException(target + ": is there already, need a new or empty folder");
    }
    try {
      // A link to an empty folder stays one.
      Path place = Files.exists(target) ? target.toRealPath() : target;
      return Folders.beside(place, folder -> unpack(folder.resolve("content"), place));
    } catch (ZipException e) {
      throw new MosException(archive + ": not a valid archive: " + e.getMessage(), e);
    } catch (IOException e) {
      throw new MosException("cannot unpack " + archive + ": " + AtomicFile.describe(e), e);
    }
  }

  private int unpack(Path temporary, Path place) throws IOException {
    Files.createDirectory(temporary);
    UnpackedFolder folder = new UnpackedFolder(temporary, limits, archive.toString());
    read(folder);
    if (folder.files() == 0) {
      throw new MosException(archive + ": holds no file");
    }
    Files.deleteIfExists(place);
    Files.move(withoutWrapper(temporary), place, StandardCopyOption.ATOMIC_MOVE);
    return folder.files();
  }

  private void read(UnpackedFolder folder) throws IOException {
    String name = archive.getFileName().toString().toLowerCase(Locale.ROOT);
    try (Progress progress = Progress.start("unpack " + archive.getFileName(), -1)) {
      if (name.endsWith(".zip")) {
        readZip(folder, progress);
      } else if (name.endsWith(".tgz") || name.endsWith(".tar.gz") || name.endsWith(".tar")) {
        readTar(folder, progress, !name.endsWith(".tar"));
      } else {
        throw new MosException(archive + ": need a name that ends in .tgz, .tar.gz, .tar or .zip");
      }
    } catch (IllegalArgumentException | IllegalStateException | ArithmeticException e) {
      // What the readers throw for some malformed headers.
      throw new MosException(archive + ": not a valid archive: " + e.getMessage(), e);
    }
  }

  private void readTar(UnpackedFolder folder, Progress progress, boolean gzip) throws IOException {
    try (InputStream file = new BufferedInputStream(Files.newInputStream(archive), 1 << 16);
        InputStream plain = gzip ? gunzip(file) : file;
        ByteBudget budget = new ByteBudget(plain);
        TarArchiveInputStream tar = new TarArchiveInputStream(budget)) {
      budget.allow(HEADER_BYTES);
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        checkKind(entry);
        if (entry.isDirectory()) {
          folder.folder(entry.getName());
        } else {
          // With the padding to whole blocks.
          budget.allow(Math.addExact(entry.getSize(), HEADER_BYTES));
          folder.file(entry.getName(), entry.getSize(), tar);
        }
        progress.step(entry.getName());
        budget.allow(HEADER_BYTES);
      }
    }
  }

  private void checkKind(TarArchiveEntry entry) {
    String kind = null;
    if (entry.isSymbolicLink() || entry.isLink()) {
      kind = "a link";
    } else if (entry.isCharacterDevice() || entry.isBlockDevice() || entry.isFIFO()) {
      kind = "a device or pipe";
    } else if (entry.isSparse() || !(entry.isFile() || entry.isDirectory())) {
      kind = "of an unusual kind";
    }
    if (kind != null) {
      throw UnpackedFolder.refused(
          archive.toString(), entry.getName(), kind + ", only files and folders are unpacked");
    }
  }

  private InputStream gunzip(InputStream file) throws IOException {
    file.mark(16);
    byte[] start = file.readNBytes(16);
    file.reset();
    String text = new String(start, java.nio.charset.StandardCharsets.ISO_8859_1).strip();
    if (text.startsWith("<")) {
      throw new MosException(
          archive + ": is a web page, not an archive; the address wants a browser or a login");
    }
    return new GZIPInputStream(file, 1 << 16);
  }

  private void readZip(UnpackedFolder folder, Progress progress) throws IOException {
    try (ZipFile zip = ZipFile.builder().setPath(archive).get()) {
      for (ZipArchiveEntry entry : (Iterable<ZipArchiveEntry>) zip.getEntries()::asIterator) {
        if (entry.isUnixSymlink()) {
          throw UnpackedFolder.refused(
              archive.toString(), entry.getName(), "a link, only files and folders are unpacked");
        }
        if (entry.isDirectory()) {
          folder.folder(entry.getName());
        } else {
          try (InputStream in = zip.getInputStream(entry)) {
            if (in == null) {
              throw new ZipException(entry.getName() + ": compressed in an unknown way");
            }
            folder.file(entry.getName(), entry.getSize(), in);
          }
        }
        progress.step(entry.getName());
      }
    }
  }

  private static Path withoutWrapper(Path folder) throws IOException {
    List<Path> content;
    try (Stream<Path> paths = Files.list(folder)) {
      content = paths.toList();
    }
    return content.size() == 1 && Files.isDirectory(content.get(0)) ? content.get(0) : folder;
  }
}
