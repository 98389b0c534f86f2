package mos.run;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import mos.base.CommandWords;
import mos.base.ConfigurationException;
import mos.base.Home;
import mos.command.Command;
import mos.command.settings.RunSettings;
import mos.config.Setting;
import mos.config.Settings;
import mos.experiment.Experiment;
import mos.results.ScriptText;

/** Prints the shell script of a run's stages as single commands. */
public final class GenerateScriptCommand implements Command<ScriptText> {
  @Override
  public String name() {
    return "generate-script";
  }

  @Override
  public String description() {
    return "It does what run with the same options does, one command a stage, and makes the report.\n"
        + "The script can be edited, and started from any folder.";
  }

  @Override
  public String example() {
    return "generate-script --task wmt14.en-de --output_dir /tmp --num_gpus 4 --trial_run 0"
        + " --hardware_spec gpu_titanxp --max_experts 6 --frac_experts 1 > mos.sh && bash mos.sh";
  }

  @Override
  public List<Setting<?>> settings() {
    return new RunCommand().settings();
  }

  @Override
  public Set<Setting<?>> first() {
    return new RunCommand().first();
  }

  @Override
  public Class<ScriptText> result() {
    return ScriptText.class;
  }

  @Override
  public boolean shared() {
    return false;
  }

  @Override
  public Experiment<ScriptText> experiment(Settings settings) {
    return processes -> script(settings);
  }

  private static ScriptText script(Settings settings) {
    StringBuilder script =
        new StringBuilder(
            """
            #!/usr/bin/env bash
            # The stages of a run, one command each, then its report. Stops at the first failure;
            # every command continues where it stopped when it is repeated.
            set -euo pipefail
            """);
    script
        .append("# Relative paths are relative to this folder.\ncd ")
        .append(CommandWords.quote(Path.of("").toAbsolutePath().toString()))
        .append('\n')
        .append("# MOS names another launcher.\nmos=${MOS:-")
        .append(CommandWords.quote(Home.launcher().toString()))
        .append("}\n");
    if (settings.overrides().containsKey(RunSettings.HOURS.key())
        && Budget.sizes(settings).isEmpty()) {
      throw new ConfigurationException(
          "hours: a script cannot measure speeds; leave it out, or run first, which writes the"
              + " sizes down");
    }
    int number = 1;
    for (Stage stage : Plan.of(settings)) {
      script
          .append("\n# ")
          .append(number++)
          .append(". ")
          .append(stage.title())
          .append("\n\"$mos\"");
      List<String> words = stage.commandLine();
      script.append(' ').append(words.get(0));
      for (int i = 1; i < words.size(); i += 2) {
        script
            .append(" \\\n  ")
            .append(words.get(i))
            .append(' ')
            .append(CommandWords.quote(words.get(i + 1)));
      }
      script.append('\n');
    }
    script
        .append("\n# ")
        .append(number)
        .append(". report\n\"$mos\" report ")
        .append(CommandWords.quote(RunSettings.outputDir(settings).toString()))
        .append('\n');
    return new ScriptText(script.toString());
  }

  @Override
  public String describe(ScriptText text) {
    return text.script().stripTrailing();
  }
}
