package mos.serve;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import mos.command.Command;
import mos.command.settings.DecodingSettings;
import mos.command.settings.FileSettings;
import mos.command.settings.MachineSettings;
import mos.command.settings.ServeSettings;
import mos.config.Setting;
import mos.config.Settings;
import mos.distributed.Processes;
import mos.results.ServeFigures;
import mos.web.Limits;

/** Answers over HTTP until it is told to end. */
public final class ServeCommand implements Command<ServeFigures> {
  @Override
  public String name() {
    return "serve";
  }

  @Override
  public String description() {
    return "POST /translate and GET /languages are those of LibreTranslate; / is a page to try it,"
        + " /health and /metrics are for who watches it. Of a run's output folder / is the report,"
        + " made anew for each look. It ends with Ctrl-C or SIGTERM, after it has answered what it"
        + " has taken. docs/serve.md says more.";
  }

  @Override
  public String example() {
    return "serve model --port 5000";
  }

  @Override
  public List<Setting<?>> settings() {
    List<Setting<?>> settings = new ArrayList<>(ServeSettings.settings());
    settings.addAll(DecodingSettings.ofBeam());
    settings.addAll(
        List.of(
            DecodingSettings.LONG_LINES,
            DecodingSettings.LONG_LINE_TOKENS,
            MachineSettings.DEVICE,
            MachineSettings.THREADS));
    return settings;
  }

  @Override
  public Optional<Setting<?>> operand() {
    return Optional.of(ServeSettings.FOLDER);
  }

  @Override
  public void check(Settings settings) {
    experiment(settings);
  }

  @Override
  public Serving experiment(Settings settings) {
    return new Serving(
        FileSettings.required(settings, ServeSettings.FOLDER),
        settings.get(ServeSettings.HOST),
        settings.get(ServeSettings.PORT),
        new Limits(
            settings.get(ServeSettings.MAX_BODY),
            settings.get(ServeSettings.MAX_REQUESTS),
            settings.get(ServeSettings.REQUEST_SECONDS)),
        settings.get(ServeSettings.MAX_TEXT),
        DecodingSettings.text(settings),
        settings.get(MachineSettings.DEVICE),
        settings.get(MachineSettings.THREADS));
  }

  @Override
  public Class<ServeFigures> result() {
    return ServeFigures.class;
  }

  @Override
  public ServeFigures run(Settings settings) {
    return experiment(settings).run(Processes.ALONE);
  }

  @Override
  public boolean succeeded(ServeFigures figures) {
    return figures.complete();
  }

  @Override
  public String describe(ServeFigures figures) {
    return figures.sentences()
        + " sentences translated"
        + (figures.complete() ? "" : "; some requests were not answered in time");
  }
}
