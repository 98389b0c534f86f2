package mos.command;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import mos.command.settings.AllSettings;
import mos.command.settings.DataSettings;
import mos.command.settings.DownloadSettings;
import mos.command.settings.RunSettings;
import mos.command.settings.TaskFile;
import mos.config.Setting;
import mos.config.Settings;
import mos.experiment.DataDownload;
import mos.experiment.Experiment;
import mos.fetch.Expected;
import mos.fetch.RetryPolicy;
import mos.results.DownloadFigures;

/** Downloads and unpacks the published, binarised data of a task. */
public final class GetPreprocessedCommand implements Command<DownloadFigures> {
  private final RetryPolicy policy;

  /** With the usual waits between attempts. */
  public GetPreprocessedCommand() {
    this(RetryPolicy.DEFAULT);
  }

  GetPreprocessedCommand(RetryPolicy policy) {
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
  public Class<DownloadFigures> result() {
    return DownloadFigures.class;
  }

  @Override
  public Experiment<DownloadFigures> experiment(Settings given) {
    Settings settings = withTaskFile(given);
    Path folder =
        settings.find(DownloadSettings.DATA_DIR).orElseGet(() -> settings.get(DataSettings.DATA));
    if (DataDownload.isThere(folder)) {
      // No address is needed for it.
      return processes -> DownloadFigures.alreadyThere(folder.toString());
    }
    return new DataDownload(archive(settings), folder, policy);
  }

  /** What the configuration says of the task's own archive says nothing of another one. */
  private static DataDownload.Archive archive(Settings settings) {
    boolean own = !settings.has(DownloadSettings.URL);
    String sha256 = own ? settings.find(DownloadSettings.DATA_SHA256).orElse("") : "";
    long size = own ? settings.find(DownloadSettings.DATA_SIZE).orElse(-1L) : -1;
    return new DataDownload.Archive(
        settings.get(own ? DownloadSettings.DATA_URL : DownloadSettings.URL),
        new Expected(size, settings.find(DownloadSettings.SHA256).orElse(sha256)));
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

  @Override
  public String describe(DownloadFigures figures) {
    if (Boolean.TRUE.equals(figures.alreadyThere())) {
      return figures.data() + ": already there";
    }
    return String.format(
        Locale.ROOT,
        "%s: %d files from %,d bytes%s",
        figures.data(),
        figures.files(),
        figures.bytes(),
        figures.checked()
            ? ", SHA-256 as expected"
            : "; no SHA-256 is known to check them against");
  }
}
