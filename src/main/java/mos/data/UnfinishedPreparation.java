package mos.data;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import mos.base.AtomicFile;
import mos.base.Folders;
import mos.base.Sha256;
import mos.base.Version;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The folder {@value #NAME} of a data folder that is being made. A killed process leaves it, and
 * the next one goes on with it if it does the same with the same files; otherwise it begins anew.
 */
final class UnfinishedPreparation {
  private static final Logger LOG = LoggerFactory.getLogger(UnfinishedPreparation.class);
  private static final String NAME = ".preprocess";
  private static final String BEGUN = "begun.txt";

  private final Path folder;
  private final String identity;

  private UnfinishedPreparation(Path folder, String identity) {
    this.folder = folder;
    this.identity = identity;
  }

  static UnfinishedPreparation of(PreprocessOptions options) throws IOException {
    return new UnfinishedPreparation(options.destination().resolve(NAME), identity(options));
  }

  /** Whatever decides the result, but for the contents of texts: their sizes and times. */
  private static String identity(PreprocessOptions options) throws IOException {
    StringBuilder all = new StringBuilder(Version.current());
    TokenizerLists lists = options.text().lists();
    SentencePieceFiles pieces = options.text().sentencePiece();
    all.append(options.languages())
        // The order of a map's entries differs between processes.
        .append(
            options.text().toString().replace(lists.toString(), "").replace(pieces.toString(), ""))
        .append(options.cleaning())
        .append(options.vocabulary());
    for (Map.Entry<String, Path> part : options.inputs().parts().entrySet()) {
      for (String language : List.of(options.languages().source(), options.languages().target())) {
        add(all.append(part.getKey()), ParallelText.file(part.getValue(), language));
      }
    }
    add(all, options.text().bpeCodes());
    add(all, options.vocabulary().source().file());
    add(all, options.vocabulary().target().file());
    for (Map.Entry<String, Path> list : new TreeMap<>(lists.nonbreakingPrefixes()).entrySet()) {
      add(all.append(list.getKey()), list.getValue());
    }
    for (Map.Entry<String, Path> model : new TreeMap<>(pieces.models()).entrySet()) {
      add(all.append(model.getKey()), model.getValue());
    }
    add(all, lists.protectedPatterns().orElse(null));
    return Sha256.of(all.toString());
  }

  private static void add(StringBuilder all, Path file) throws IOException {
    if (file != null && Files.isRegularFile(file)) {
      all.append('|')
          .append(file.toRealPath())
          .append(' ')
          .append(Files.size(file))
          .append(' ')
          .append(Files.getLastModifiedTime(file));
    }
  }

  /**
   * Does the work in the folder, which is gone afterwards; where the disk failed it stays, so that
   * the same command goes on.
   */
  <T> T finish(Folders.Work<T> work) throws IOException {
    Path begun = folder.resolve(BEGUN);
    if (Files.exists(begun) && Files.readString(begun).equals(identity)) {
      LOG.info("going on with {}", folder);
    } else {
      Folders.delete(folder);
      Folders.create(folder);
      AtomicFile.writeString(begun, identity);
    }
    boolean over = false;
    try {
      T result = work.in(folder);
      over = true;
      return result;
    } catch (RuntimeException e) {
      over = !ofDisk(e);
      throw e;
    } finally {
      if (over) {
        Folders.delete(folder);
      }
    }
  }

  private static boolean ofDisk(Throwable failure) {
    return failure.getCause() instanceof IOException cause
        && !(cause instanceof CharacterCodingException);
  }
}
