package mos.serve;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import mos.base.AtomicFile;
import mos.base.ConfigurationException;
import mos.base.MosException;
import mos.base.StopSignal;
import mos.distributed.Processes;
import mos.experiment.ComputeChoice;
import mos.experiment.Experiment;
import mos.report.LiveReport;
import mos.results.ServeFigures;
import mos.translation.TextOptions;
import mos.translation.TranslationCounts;
import mos.translation.TranslationModel;
import mos.web.Limits;
import mos.web.Route;
import mos.web.WebServer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A server of one folder, until the process is told to end.
 *
 * @param folder of an exported model, or a run's output folder: its report is shown, and its model
 *     translates if there is one
 * @param host to listen on
 * @param port to listen on; 0: any free one
 * @param limits of requests
 * @param mostText characters of a request's text
 * @param options of translations; requests may ask for more alternatives, up to the beam
 * @param device cpu, cuda, cuda:N or auto
 * @param threads of the CPU; 0: as many as there are cores
 */
public record Serving(
    Path folder,
    String host,
    int port,
    Limits limits,
    int mostText,
    TextOptions options,
    String device,
    int threads)
    implements Experiment<ServeFigures> {
  private static final Logger LOG = LoggerFactory.getLogger(Serving.class);
  private static final int MILLIS = 50;

  /** Less than a process has to end after SIGTERM. */
  private static final int SECONDS_TO_END = 20;

  /**
   * {@inheritDoc}
   *
   * @throws ConfigurationException for a folder that is neither
   * @throws MosException when the port is taken
   */
  @Override
  public ServeFigures run(Processes processes) {
    new ComputeChoice(device, Optional.empty(), threads).setUp();
    try (StopSignal.Saving saving = StopSignal.saving();
        TranslationModel model = model()) {
      List<Route> routes = new ArrayList<>();
      boolean report = !isModel(folder);
      if (report) {
        routes.add(LiveReport.route("/", folder));
      }
      TranslationApi api = null;
      if (model != null) {
        api = new TranslationApi(model, options, mostText, limits.seconds());
        routes.addAll(api.routes());
        routes.addAll(TranslationPage.routes(report ? List.of("/try") : List.of("/", "/try")));
      }
      Watching watching = new Watching(Optional.ofNullable(model));
      routes.addAll(watching.routes());
      try (WebServer server = WebServer.start(host, port, limits, routes)) {
        watching.of(server);
        say(server, report, model);
        while (!StopSignal.requested()) {
          sleep();
        }
        boolean complete = server.end(SECONDS_TO_END);
        TranslationCounts counts = model == null ? null : model.counts();
        return new ServeFigures(
            server.address(),
            counts == null ? 0 : counts.sentences(),
            counts == null ? 0 : counts.targetTokens(),
            complete);
      }
    }
  }

  private void say(WebServer server, boolean report, TranslationModel model) {
    String what =
        model == null
            ? "the report"
            : (report ? "the report, and translations " : "translations ")
                + model.sourceLanguage()
                + " to "
                + model.targetLanguage()
                + (report ? " at /try" : "");
    if (!server.isPrivate()) {
      LOG.warn(
          "all that reach this machine can use the server: it has no password and no encryption");
    }
    LOG.info("{} at {}; Ctrl-C ends it", what, server.address());
  }

  private static void sleep() {
    try {
      TimeUnit.MILLISECONDS.sleep(MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new MosException("interrupted", e);
    }
  }

  private static boolean isModel(Path folder) {
    return Files.exists(folder.resolve("config.json"));
  }

  /** Null for a run whose model cannot translate. */
  private TranslationModel model() {
    if (isModel(folder)) {
      return TranslationModel.load(folder, device);
    }
    if (!Files.isDirectory(folder)) {
      throw new ConfigurationException(
          "folder: got " + folder + ", must be the folder of an exported model or of a run");
    }
    try {
      return new RunModel(folder).load(device).orElse(null);
    } catch (MosException e) {
      LOG.warn("the run's model cannot translate here: {}", e.getMessage());
      return null;
    } catch (IOException e) {
      LOG.warn("the run's model cannot translate here: {}", AtomicFile.describe(e));
      return null;
    }
  }
}
