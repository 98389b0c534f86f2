package mos.report;

import java.nio.file.Path;

/** What to do with a finished run: the exact commands. */
final class NextSteps {
  private static final String PLAIN = "[A-Za-z0-9._/=+:,@-]+";

  private NextSteps() {}

  static String html(OutputFolder folder) {
    RunFigures run = folder.run();
    String data = run.setting("data");
    StringBuilder out = new StringBuilder("<ol class=\"next\">\n");
    if (run.verdict() == RunFigures.Verdict.MISSED && run.missedTime()) {
      String again =
          "Measure again when nothing else uses the machine; this page is mended with it:";
      step(again, "./mos remeasure " + word(folder.path()), out);
    }
    String model = word(folder.path().resolve("model"));
    step(
        "Take the found model out as one folder:",
        "./mos export --path "
            + word(folder.path().resolve("subtransformer/checkpoint_best.safetensors"))
            + (data.isEmpty() ? "" : " --data " + word(Path.of(data)))
            + " --out "
            + model,
        out);
    step(
        "Translate with it, one sentence a line:",
        "./mos generate --path " + model + " --interactive --plain < input.txt > output.txt",
        out);
    if (folder.front() != null) {
      step(
          "Train another point of the front, or the best under another limit (--constraint 40%):",
          "./mos take " + word(folder.path()) + " front/001.yml", out);
      step(
          "Measure another point of the front:",
          "./mos measure"
              + task(run)
              + (data.isEmpty() ? "" : " --data " + word(Path.of(data)))
              + " --sub-configs "
              + word(folder.path().resolve("search/front/001.yml")),
          out);
    }
    step(
        "Set runs side by side:",
        "./mos report --compare " + word(folder.path()) + " OTHER --out comparison.html",
        out);
    return out.append("</ol>\n").toString();
  }

  private static String task(RunFigures run) {
    String task = Known.text(run.summary().task());
    String given = run.option("task");
    String file = given.endsWith(".yml") ? given : "configs/tasks/" + task + ".yml";
    return task.isEmpty() ? "" : " --configs " + word(Path.of(file));
  }

  private static void step(String what, String command, StringBuilder out) {
    out.append("<li>").append(Html.escape(what)).append(command(command)).append("</li>\n");
  }

  /** A command that one click selects. */
  static String command(String command) {
    return "<pre class=\"command\" tabindex=\"0\">" + Html.escape(command) + "</pre>";
  }

  /** A path as one word of a shell. */
  static String word(Path path) {
    String text = path.toString();
    return text.matches(PLAIN) ? text : "'" + text.replace("'", "'\\''") + "'";
  }
}
