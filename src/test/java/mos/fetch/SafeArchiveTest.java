package mos.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import mos.base.MosException;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SafeArchiveTest {
  @TempDir Path folder;

  private interface Content {
    void to(TarArchiveOutputStream tar) throws IOException;
  }

  private Path target() {
    return folder.resolve("data");
  }

  private Path tgz(Content content) throws IOException {
    Path file = folder.resolve("a.tgz");
    try (TarArchiveOutputStream tar =
        new TarArchiveOutputStream(new GZIPOutputStream(Files.newOutputStream(file)))) {
      tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_GNU);
      content.to(tar);
    }
    return file;
  }

  private static void file(TarArchiveOutputStream tar, String name, String text)
      throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    TarArchiveEntry entry = new TarArchiveEntry(name, true);
    entry.setSize(bytes.length);
    tar.putArchiveEntry(entry);
    tar.write(bytes);
    tar.closeArchiveEntry();
  }

  private static void special(TarArchiveOutputStream tar, String name, byte kind, String link)
      throws IOException {
    TarArchiveEntry entry = new TarArchiveEntry(name, kind);
    entry.setLinkName(link);
    tar.putArchiveEntry(entry);
    tar.closeArchiveEntry();
  }

  private int unpack(Path archive) {
    return SafeArchive.unpack(archive, target(), SafeArchive.Limits.DEFAULT);
  }

  private void assertRefused(Path archive, SafeArchive.Limits limits, String words)
      throws IOException {
    assertThatThrownBy(() -> SafeArchive.unpack(archive, target(), limits))
        .isInstanceOf(MosException.class)
        .hasMessageContaining(words);
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left).containsExactly(archive);
    }
  }

  private void assertRefused(Path archive, String words) throws IOException {
    assertRefused(archive, SafeArchive.Limits.DEFAULT, words);
  }

  @Test
  void filesAndFoldersAreUnpacked() throws IOException {
    String deep = "sub/" + "x".repeat(150) + ".txt";
    Path archive =
        tgz(
            tar -> {
              special(tar, "./", TarConstants.LF_DIR, "");
              file(tar, "./dict.en.txt", "hello 1\n");
              file(tar, deep, "long name");
              file(tar, "empty", "");
            });
    assertThat(unpack(archive)).isEqualTo(3);
    assertThat(target().resolve("dict.en.txt")).hasContent("hello 1\n");
    assertThat(target().resolve(deep)).hasContent("long name");
    assertThat(target().resolve("empty")).isEmptyFile();
  }

  @Test
  void aSingleTopFolderIsLeftOut() throws IOException {
    Path archive = tgz(tar -> file(tar, "wmt/dict.en.txt", "hello 1\n"));
    unpack(archive);
    assertThat(target().resolve("dict.en.txt")).exists();
  }

  @Test
  void zipIsUnpacked() throws IOException {
    Path archive = folder.resolve("a.zip");
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(archive))) {
      zip.putNextEntry(new ZipEntry("sub/"));
      zip.putNextEntry(new ZipEntry("sub/a.txt"));
      zip.write("text".getBytes(StandardCharsets.UTF_8));
      zip.putNextEntry(new ZipEntry("b.txt"));
    }
    assertThat(unpack(archive)).isEqualTo(2);
    assertThat(target().resolve("sub/a.txt")).hasContent("text");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../evil",
        "a/../../evil",
        "/evil",
        "a/..",
        "..",
        "a\\..\\evil",
        "C:/evil",
        "a\u0001b",
        "."
      })
  void namesThatLeadOutOrAreNoNamesAreRefused(String name) throws IOException {
    Path archive =
        tgz(
            tar -> {
              file(tar, "good", "x");
              // Kept as given: the writer would clean the name.
              TarArchiveEntry entry = new TarArchiveEntry(name, true);
              entry.setSize(1);
              tar.putArchiveEntry(entry);
              tar.write('x');
              tar.closeArchiveEntry();
            });
    assertRefused(archive, "refused");
  }

  @Test
  void linksAreRefused() throws IOException {
    assertRefused(
        tgz(tar -> special(tar, "link", TarConstants.LF_SYMLINK, "/etc/passwd")), "a link");
    assertRefused(
        tgz(
            tar -> {
              special(tar, "d", TarConstants.LF_SYMLINK, "..");
              file(tar, "d/evil", "x");
            }),
        "a link");
    assertRefused(tgz(tar -> special(tar, "h", TarConstants.LF_LINK, "../x")), "a link");
  }

  @Test
  void devicesAndPipesAreRefused() throws IOException {
    assertRefused(tgz(tar -> special(tar, "p", TarConstants.LF_FIFO, "")), "a device or pipe");
    assertRefused(tgz(tar -> special(tar, "c", TarConstants.LF_CHR, "")), "a device or pipe");
    assertRefused(tgz(tar -> special(tar, "b", TarConstants.LF_BLK, "")), "a device or pipe");
  }

  @Test
  void zipLinksAndWaysOutAreRefused() throws IOException {
    Path archive = folder.resolve("a.zip");
    try (ZipArchiveOutputStream zip = new ZipArchiveOutputStream(archive.toFile())) {
      ZipArchiveEntry link = new ZipArchiveEntry("link");
      link.setUnixMode(0120777);
      zip.putArchiveEntry(link);
      zip.write("/etc/passwd".getBytes(StandardCharsets.UTF_8));
      zip.closeArchiveEntry();
    }
    assertRefused(archive, "a link");
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(archive))) {
      zip.putNextEntry(new ZipEntry("../evil"));
    }
    assertRefused(archive, "refused");
  }

  @Test
  void sizeAndNumberAreBounded() throws IOException {
    Path many =
        tgz(
            tar -> {
              for (int i = 0; i < 20; i++) {
                file(tar, "f" + i, "x".repeat(100));
              }
            });
    assertRefused(many, new SafeArchive.Limits(1000, 100), "limit of 1000 bytes");
    assertRefused(many, new SafeArchive.Limits(10_000, 19), "limit of 19 entries");
    Path zip = folder.resolve("a.zip");
    Files.delete(many);
    try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(zip))) {
      out.putNextEntry(new ZipEntry("zeros"));
      out.write(new byte[100_000]);
    }
    assertRefused(zip, new SafeArchive.Limits(10_000, 10), "limit of 10000 bytes");
  }

  @Test
  void sameNameTwiceIsRefused() throws IOException {
    assertRefused(
        tgz(
            tar -> {
              file(tar, "a", "1");
              file(tar, "./a", "2");
            }),
        "twice");
  }

  @Test
  void headerLongerThanAllowedIsRefused() throws IOException {
    // A GNU long name of 64 MB of one letter, which compresses to nothing.
    Path archive =
        tgz(
            tar -> {
              TarArchiveEntry entry =
                  new TarArchiveEntry(TarConstants.GNU_LONGLINK, TarConstants.LF_GNUTYPE_LONGNAME);
              entry.setSize(64 << 20);
              tar.putArchiveEntry(entry);
              byte[] letters = new byte[1 << 20];
              Arrays.fill(letters, (byte) 'a');
              for (int i = 0; i < 64; i++) {
                tar.write(letters);
              }
              tar.closeArchiveEntry();
              file(tar, "x", "x");
            });
    assertRefused(archive, "header is longer than allowed");
  }

  @Test
  void brokenArchivesAreErrors() throws IOException {
    Path archive = tgz(tar -> file(tar, "a", "x".repeat(100_000)));
    byte[] good = Files.readAllBytes(archive);
    byte[] tar;
    try (var in = new java.util.zip.GZIPInputStream(Files.newInputStream(archive))) {
      tar = in.readAllBytes();
    }
    Random random = new Random(1);
    for (int i = 0; i < 60; i++) {
      byte[] bad = Arrays.copyOf(tar, 1 + random.nextInt(1024));
      for (int k = 0; k < 8; k++) {
        bad[random.nextInt(bad.length)] = (byte) random.nextInt(256);
      }
      ByteArrayOutputStream packed = new ByteArrayOutputStream();
      try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
        gzip.write(bad);
      }
      Files.write(archive, packed.toByteArray());
      assertThatThrownBy(() -> unpack(archive)).isInstanceOf(MosException.class);
      assertThat(target()).doesNotExist();
    }
    Files.write(archive, Arrays.copyOf(good, good.length / 2));
    assertRefused(archive, "cannot unpack");
    Files.write(archive, new byte[0]);
    assertRefused(archive, "a.tgz");
    Files.writeString(archive, "<!DOCTYPE html><html>");
    assertRefused(archive, "web page");
    Path zip = Files.write(folder.resolve("a.zip"), good);
    Files.delete(archive);
    assertRefused(zip, "a.zip");
  }

  @Test
  void folderWithContentIsNotTouched() throws IOException {
    Path archive = tgz(tar -> file(tar, "a", "1"));
    Files.createDirectories(target());
    unpack(archive);
    assertThatThrownBy(() -> unpack(archive)).hasMessageContaining("is there already");
    assertThat(target().resolve("a")).hasContent("1");
  }
}
