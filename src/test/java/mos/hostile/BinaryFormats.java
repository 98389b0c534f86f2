package mos.hostile;

import static mos.hostile.Format.bytes;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;
import mos.base.Folders;
import mos.data.TokenCorpus;
import mos.fetch.SafeArchive;
import mos.model.SuperTransformer;
import mos.tensor.SafeTensors;
import mos.tensor.Scope;
import mos.tensor.Tensors;
import mos.train.Adam;
import mos.train.AdamConfig;
import mos.train.Checkpoint;
import mos.train.ReverseTask;
import mos.train.TrainState;
import org.apache.commons.compress.archivers.ArchiveEntry;
import org.apache.commons.compress.archivers.ArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;

/** The formats made of bytes: corpora, tensors, archives. */
final class BinaryFormats {
  private static final Path CORPORA = Path.of("src/test/resources/golden/fairseq_binary");
  private static final Pattern CRC = Pattern.compile("\"crc32c\":\"([0-9a-f]{8})\"");
  private static final SafeArchive.Limits LIMITS = new SafeArchive.Limits(1 << 20, 100);

  private BinaryFormats() {}

  static List<Format> all(Path folder) throws IOException {
    List<Format> formats = new ArrayList<>();
    for (String form : List.of("mmap", "mmap16", "lazy")) {
      formats.add(corpus(form, ".idx", ".bin"));
      formats.add(corpus(form, ".bin", ".idx"));
    }
    formats.addAll(safetensors(folder));
    formats.addAll(archives());
    return formats;
  }

  /** One of the two files damaged, the other one whole. */
  private static Format corpus(String form, String damaged, String whole) {
    String name = form + ".en-de.en";
    return Format.of(
            "fairseq " + form + " " + damaged,
            name + damaged,
            List.of(bytes(CORPORA.resolve(name + damaged))),
            (file, folder) -> readAll(folder.resolve(name)))
        .withWords("MMIDIDX\0\0", "TNTIDX\0\0", "\1\0\0\0\0\0\0\0", "\377\377\377\377")
        .preparedBy(
            folder -> Files.copy(CORPORA.resolve(name + whole), folder.resolve(name + whole)));
  }

  private static void readAll(Path prefix) {
    try (TokenCorpus corpus = TokenCorpus.open(prefix, null)) {
      for (int i = 0; i < corpus.size(); i++) {
        corpus.get(i);
      }
    }
  }

  private static List<Format> safetensors(Path folder) throws IOException {
    byte[] golden = bytes(Path.of("src/test/resources/golden/beam/beam_hat.safetensors"));
    byte[] checkpoint = checkpoint(folder);
    return List.of(
        tensorWords(
            Format.of(
                "safetensors", "t.safetensors", List.of(golden, checkpoint), (f, o) -> read(f))),
        tensorWords(
                Format.of(
                    "checkpoint, right checksum",
                    "c.safetensors",
                    List.of(checkpoint),
                    (f, o) -> resume(f)))
            .packedBy(BinaryFormats::checksummed));
  }

  private static Format tensorWords(Format format) {
    return format
        .withWords("{\"a\":", "[", "]", "}", "\"F32\"", "\"BF16\"", "\"BOOL\"", "\"shape\":[")
        .withWords("\"data_offsets\":[0,", "4611686018427387904,", "0,", "-1", "__metadata__")
        .withWords(
            "\\\"format_version\\\":2", "encoderLayers", "null", "1e400", "\0\0\0\0\0\0\0\0");
  }

  private static byte[] checkpoint(Path folder) throws IOException {
    Path file = folder.resolve("c.safetensors");
    try (ReverseTask task = ReverseTask.in(Files.createDirectories(folder.resolve("data")));
        SuperTransformer model = task.model(ReverseTask.experts());
        Adam adam = new Adam(model.parameters(), AdamConfig.DEFAULT)) {
      Checkpoint.save(
          file, task.description(model, Map.of("seed", 3)), model, adam, TrainState.START);
    }
    return bytes(file);
  }

  private static void read(Path file) {
    try (Scope scope = Scope.open();
        SafeTensors tensors = SafeTensors.open(file, false)) {
      tensors.names().forEach(tensors::read);
    }
  }

  private static void resume(Path file) {
    try (Checkpoint checkpoint = Checkpoint.open(file);
        SuperTransformer model = checkpoint.model(Tensors.cpu(), true);
        Adam adam = new Adam(model.parameters(), AdamConfig.DEFAULT)) {
      if (checkpoint.hasOptimizer()) {
        checkpoint.loadOptimizer(adam);
      }
    }
  }

  /** Mends the checksum, so that what lies behind it is tried too. */
  private static byte[] checksummed(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    Matcher found = CRC.matcher(text);
    long header = bytes.length < 8 ? 0 : headerBytes(bytes);
    if (!found.find() || header < 0 || header > bytes.length - 8) {
      return bytes;
    }
    String unknown = text.substring(0, found.start(1)) + "00000000" + text.substring(found.end(1));
    CRC32C crc = new CRC32C();
    byte[] all = unknown.getBytes(StandardCharsets.ISO_8859_1);
    crc.update(all, 8, all.length - 8);
    byte[] sum =
        String.format(Locale.ROOT, "%08x", crc.getValue()).getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(sum, 0, all, found.start(1), sum.length);
    return all;
  }

  private static long headerBytes(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
  }

  private static List<Format> archives() {
    byte[] tar = archive(TarArchiveOutputStream::new, BinaryFormats::tarEntry);
    byte[] zip = archive(ZipArchiveOutputStream::new, BinaryFormats::zipEntry);
    return List.of(
        archive("tgz", "a.tgz", TextFormats.gzipped(tar)),
        archive("tgz, tar inside", "a.tgz", tar).packedBy(TextFormats::gzipped),
        archive("zip archive", "a.zip", zip));
  }

  private static Format archive(String name, String fileName, byte[] valid) {
    return Format.of(
            name,
            fileName,
            List.of(valid),
            (file, folder) -> {
              Path target = folder.resolve(Format.OUT).resolve("unpacked");
              Files.createDirectories(target.getParent());
              try {
                SafeArchive.unpack(file, target, LIMITS);
              } finally {
                Folders.delete(target);
              }
            })
        .withWords("../", "/", "/etc/x", "..\\", "ustar\00000", "././@LongLink", "C:", "\0")
        .withWords(
            "PaxHeader", "30 path=../../evil\n", "1", "2", "5", "L", "x", "g", "S", "777777777777")
        .withWords("PK\1\2", "PK\3\4", "PK\5\6", "\200\0\0\0\377\377\377\377\377\377\377\377");
  }

  private interface Packer<E extends ArchiveEntry> {
    ArchiveOutputStream<E> on(java.io.OutputStream out) throws IOException;
  }

  private interface Entry<E extends ArchiveEntry> {
    E of(String name, long size);
  }

  private static TarArchiveEntry tarEntry(String name, long size) {
    TarArchiveEntry entry = new TarArchiveEntry(name);
    entry.setSize(size);
    return entry;
  }

  private static ZipArchiveEntry zipEntry(String name, long size) {
    return new ZipArchiveEntry(name);
  }

  private static <E extends ArchiveEntry> byte[] archive(Packer<E> packer, Entry<E> entries) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ArchiveOutputStream<E> out = packer.on(bytes)) {
      for (String name : List.of("data/dict.en.txt", "data/train.en", "data/valid/x.en")) {
        byte[] content = ("content of " + name + "\n").repeat(20).getBytes(StandardCharsets.UTF_8);
        out.putArchiveEntry(entries.of(name, content.length));
        out.write(content);
        out.closeArchiveEntry();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}
