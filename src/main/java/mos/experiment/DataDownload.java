package mos.experiment;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import mos.base.AtomicFile;
import mos.base.ConfigurationException;
import mos.base.MosException;
import mos.base.StopSignal;
import mos.distributed.Processes;
import mos.fetch.Download;
import mos.fetch.Expected;
import mos.fetch.RetryPolicy;
import mos.fetch.SafeArchive;
import mos.results.DownloadFigures;

/**
 * Downloads and unpacks an archive of binarised data. Data that are there are left as they are.
 *
 * @param archive where it is
 * @param folder to unpack to; not there yet, or empty
 * @param policy when a download that breaks is tried again
 */
public record DataDownload(Archive archive, Path folder, RetryPolicy policy)
    implements Experiment<DownloadFigures> {
  private static final List<String> SUFFIXES = List.of(".tar.gz", ".tgz", ".tar", ".zip");

  /**
   * An archive.
   *
   * @param url http, https or file; its path ends in .tar.gz, .tgz, .tar or .zip
   * @param expected of its content
   */
  public record Archive(String url, Expected expected) {}

  @Override
  public DownloadFigures run(Processes processes) {
    if (isThere(folder)) {
      return DownloadFigures.alreadyThere(folder.toString());
    }
    if (!SafeArchive.isFree(folder)) {
      throw new MosException(
          folder
              + ": is there already, without dictionaries (dict.*.txt); delete it or give"
              + " another folder with --data-dir");
    }
    URI source = Download.address(archive.url());
    Path file = folder.resolveSibling(folder.getFileName() + suffix(source));
    Download.fetch(source, file, archive.expected(), policy);
    DownloadFigures figures = unpack(file);
    if (!isThere(folder)) {
      throw new MosException(folder + ": the archive held no dictionaries (dict.*.txt)");
    }
    return figures;
  }

  private DownloadFigures unpack(Path file) {
    // An archive that is unpacked in part is taken away again.
    try (StopSignal.Saving saving = StopSignal.saving()) {
      long bytes = Files.size(file);
      int files = SafeArchive.unpack(file, folder, SafeArchive.Limits.DEFAULT);
      Files.delete(file);
      boolean checked = !archive.expected().sha256().isEmpty();
      return new DownloadFigures(folder.toString(), null, archive.url(), bytes, checked, files);
    } catch (IOException e) {
      throw new MosException("cannot use " + file + ": " + AtomicFile.describe(e), e);
    }
  }

  private static String suffix(URI source) {
    String path = String.valueOf(source.getPath()).toLowerCase(Locale.ROOT);
    return SUFFIXES.stream()
        .filter(path::endsWith)
        .findFirst()
        .orElseThrow(
            () ->
                new ConfigurationException(
                    "url: got " + source + ", must end in one of " + String.join(", ", SUFFIXES)));
  }

  /** Whether a folder holds data: dictionaries at least. */
  public static boolean isThere(Path folder) {
    if (!Files.isDirectory(folder)) {
      return false;
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> file.getFileName().toString())
          .anyMatch(name -> name.startsWith("dict.") && name.endsWith(".txt"));
    } catch (IOException e) {
      throw new MosException("cannot read " + folder + ": " + AtomicFile.describe(e), e);
    }
  }
}
