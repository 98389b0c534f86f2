package mos.experiment;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Stream;
import mos.base.AtomicFile;
import mos.base.MosException;

/** The data folder that {@code distill-data} makes, and the parts of it that are there already. */
record DistilledFolder(Path folder) {
  private Path parts() {
    return folder.resolve("parts");
  }

  /** Where the translations of one part go until all are there. */
  Path part(int number) {
    return parts().resolve(String.format(Locale.ROOT, "%06d", number));
  }

  /** Dictionaries, codes, the other splits. */
  void copyOthers(Path from) {
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        String name = file.getFileName().toString();
        if (!name.matches("train[0-9]*\\..*") && !name.startsWith(".")) {
          AtomicFile.write(folder.resolve(name), out -> Files.copy(file, out));
        }
      }
    } catch (IOException e) {
      throw new MosException("cannot read " + from + ": " + AtomicFile.describe(e), e);
    }
  }

  /** Deletes the parts. */
  void deleteParts() {
    if (!Files.isDirectory(parts())) {
      return;
    }
    try (Stream<Path> files = Files.list(parts())) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
      Files.delete(parts());
    } catch (IOException e) {
      throw new MosException("cannot delete " + folder + ": " + AtomicFile.describe(e), e);
    }
  }
}
