package mos.command;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import mos.base.AtomicFile;
import mos.base.ConfigurationException;
import mos.base.Json;
import mos.base.MosException;
import mos.base.StopSignal;
import mos.command.settings.AllSettings;
import mos.command.settings.DataSettings;
import mos.command.settings.DownloadSettings;
import mos.command.settings.RunSettings;
import mos.command.settings.TaskFile;
import mos.config.Setting;
import mos.config.Settings;
import mos.fetch.Download;
import mos.fetch.Expected;
import mos.fetch.RetryPolicy;
import mos.fetch.SafeArchive;

/** Downloads and unpacks the published, binarised data of a task. */
public final class GetPreprocessedTask implements Command<ObjectNode> {
  private static final List<String> SUFFIXES = List.of(".tar.gz", ".tgz", ".tar", ".zip");

  private final RetryPolicy policy;

  public GetPreprocessedTask() {
    this(RetryPolicy.DEFAULT);
  }

  GetPreprocessedTask(RetryPolicy policy) {
    this.policy = policy;
  }

  @Override
  public String name() {
    return "get-preprocessed";
  }

  @Override
  public String description() {
    return "The same command continues an interrupted download.";
  }

  @Override
  public String example() {
    return "get-preprocessed --task wmt14.en-de";
  }

  @Override
  public List<Setting<?>> settings() {
    return List.of(
        RunSettings.TASK,
        DownloadSettings.URL,
        DownloadSettings.SHA256,
        DownloadSettings.DATA_DIR,
        DataSettings.DATA,
        DownloadSettings.DATA_URL,
        DownloadSettings.DATA_SHA256,
        DownloadSettings.DATA_SIZE);
  }

  @Override
  public Class<ObjectNode> result() {
    return ObjectNode.class;
  }

  @Override
  public ObjectNode run(Settings given) {
    Settings settings = withTaskFile(given);
    Path folder =
        settings.find(DownloadSettings.DATA_DIR).orElseGet(() -> settings.get(DataSettings.DATA));
    ObjectNode figures = Json.object().put("data", folder.toString());
    if (holdsData(folder)) {
      return figures.put("already_there", true);
    }
    if (!SafeArchive.isFree(folder)) {
      throw new MosException(
          folder
              + ": is there already, without dictionaries (dict.*.txt); delete it or give"
              + " another folder with --data-dir");
    }
    String address =
        settings
            .find(DownloadSettings.URL)
            .orElseGet(() -> settings.get(DownloadSettings.DATA_URL));
    URI source = Download.address(address);
    Path archive = folder.resolveSibling(folder.getFileName() + suffix(source));
    Download.fetch(source, archive, expected(settings), policy);
    // An archive that is unpacked in part is taken away again.
    try (StopSignal.Saving saving = StopSignal.saving()) {
      figures.put("url", address);
      figures.put("bytes", Files.size(archive));
      figures.put("checked", settings.has(DownloadSettings.SHA256) || sha256OfTask(settings));
      figures.put("files", SafeArchive.unpack(archive, folder, SafeArchive.Limits.DEFAULT));
      Files.delete(archive);
    } catch (IOException e) {
      throw new MosException("cannot use " + archive + ": " + AtomicFile.describe(e), e);
    }
    if (!holdsData(folder)) {
      throw new MosException(folder + ": the archive held no dictionaries (dict.*.txt)");
    }
    return figures;
  }

  /** The task's file goes before all others, unless what it would say is given without a task. */
  private static Settings withTaskFile(Settings given) {
    boolean addressed = given.has(DownloadSettings.URL) || given.has(DownloadSettings.DATA_URL);
    if (addressed && !given.has(RunSettings.TASK)) {
      return given;
    }
    List<Path> files = new ArrayList<>(List.of(TaskFile.of(given).file()));
    files.addAll(given.files());
    return AllSettings.load(files, given.overrides());
  }

  /** What the configuration says of the task's own archive says nothing of another one. */
  private static boolean sha256OfTask(Settings settings) {
    return !settings.has(DownloadSettings.URL) && settings.has(DownloadSettings.DATA_SHA256);
  }

  private static Expected expected(Settings settings) {
    String sha256 =
        settings.has(DownloadSettings.SHA256)
            ? settings.get(DownloadSettings.SHA256)
            : sha256OfTask(settings) ? settings.get(DownloadSettings.DATA_SHA256) : "";
    long size =
        settings.has(DownloadSettings.URL)
            ? -1
            : settings.find(DownloadSettings.DATA_SIZE).orElse(-1L);
    return new Expected(size, sha256);
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

  private static boolean holdsData(Path folder) {
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

  @Override
  public String describe(ObjectNode figures) {
    String folder = figures.path("data").asText();
    if (figures.path("already_there").asBoolean()) {
      return folder + ": already there";
    }
    return String.format(
        Locale.ROOT,
        "%s: %d files from %,d bytes%s",
        folder,
        figures.path("files").asLong(),
        figures.path("bytes").asLong(),
        figures.path("checked").asBoolean()
            ? ", SHA-256 as expected"
            : "; no SHA-256 is known to check them against");
  }
}
