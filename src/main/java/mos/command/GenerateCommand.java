package mos.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import mos.base.AtomicFile;
import mos.base.Folders;
import mos.base.MosException;
import mos.beam.TranslationOptions;
import mos.command.settings.DataSettings;
import mos.command.settings.DecodingSettings;
import mos.command.settings.FileSettings;
import mos.command.settings.MachineSettings;
import mos.config.Setting;
import mos.config.Settings;
import mos.console.Terminal;
import mos.distributed.Processes;
import mos.experiment.DataTranslation;
import mos.experiment.Experiment;
import mos.experiment.InteractiveTranslation;
import mos.experiment.TranslationFiles;
import mos.experiment.TranslationForm;
import mos.experiment.TranslationSink;
import mos.experiment.TranslatorChoice;
import mos.results.TranslationFigures;
import mos.space.SubTransformerFile;
import mos.translation.LongLines;
import mos.translation.TextOptions;

/** Translates binarised data, and scores it, or lines of standard input. */
public final class GenerateCommand implements Command<TranslationFigures> {
  @Override
  public String name() {
    return "generate";
  }

  @Override
  public String description() {
    return "Without --interactive it translates a part of the binarised data; with references that is"
        + " scored, by BLEU on tokens (hyphenated compounds split) and by sacreBLEU, each with what"
        + " it needs to be reproduced.";
  }

  @Override
  public String example() {
    return "generate --data data --path subtransformer/checkpoint_best.safetensors --beam 4"
        + " --lenpen 0.6 --remove-bpe";
  }

  @Override
  public List<Setting<?>> settings() {
    List<Setting<?>> settings = new ArrayList<>(DataSettings.ofFolder());
    settings.addAll(SubTransformerFile.settings());
    settings.addAll(DecodingSettings.ofTranslation());
    settings.addAll(MachineSettings.ofComputing());
    settings.addAll(
        List.of(
            FileSettings.PATH,
            DataSettings.SUBSET,
            DecodingSettings.INTERACTIVE,
            DecodingSettings.LONG_LINES,
            DecodingSettings.LONG_LINE_TOKENS,
            DecodingSettings.REMOVE_BPE,
            DecodingSettings.PLAIN,
            DecodingSettings.RESULTS_PATH,
            MachineSettings.DETERMINISTIC,
            MachineSettings.NUM_GPUS,
            MachineSettings.DISTRIBUTED_TIMEOUT,
            MachineSettings.ELASTIC,
            DataSettings.SKIP_INVALID));
    return settings;
  }

  @Override
  public List<Path> products(Settings settings) {
    return settings
        .find(DecodingSettings.RESULTS_PATH)
        .map(prefix -> TranslationFiles.of(prefix).all())
        .orElse(List.of());
  }

  @Override
  public List<String> splits(Settings settings) {
    return List.of(settings.get(DataSettings.SUBSET));
  }

  @Override
  public void check(Settings settings) {
    experiment(settings);
    products(settings).stream()
        .filter(Files::isDirectory)
        .findFirst()
        .ifPresent(
            folder -> {
              throw settings.error(
                  DecodingSettings.RESULTS_PATH, "another prefix: " + folder + " is a folder");
            });
  }

  @Override
  public Experiment<TranslationFigures> experiment(Settings settings) {
    TranslationOptions options = DecodingSettings.translation(settings);
    TranslationForm form =
        new TranslationForm(
            settings.get(DecodingSettings.PLAIN), settings.get(DecodingSettings.REMOVE_BPE));
    if (form.plain() && options.nBest() > 1) {
      throw settings.error(DecodingSettings.NBEST, "1 with plain, which prints the best alone");
    }
    if (settings.get(DecodingSettings.INTERACTIVE)) {
      notOfASet(settings);
    }
    TranslatorChoice translator = DecodingSettings.translator(settings, options);
    if (settings.get(DecodingSettings.INTERACTIVE)) {
      return interactive(settings, translator, form);
    }
    return new DataTranslation(
        translator,
        settings.get(DataSettings.SUBSET),
        settings.get(DataSettings.SKIP_INVALID),
        form,
        sink(settings));
  }

  /** Without {@code long-lines}, {@code skip-invalid} leaves out what no model can read. */
  private static InteractiveTranslation interactive(
      Settings settings, TranslatorChoice translator, TranslationForm form) {
    boolean skips =
        settings.get(DataSettings.SKIP_INVALID) && !settings.has(DecodingSettings.LONG_LINES);
    return new InteractiveTranslation(
        translator,
        skips ? LongLines.SKIP : DecodingSettings.longLines(settings),
        skips ? TextOptions.MOST_TOKENS : settings.get(DecodingSettings.LONG_LINE_TOKENS),
        form,
        System.in,
        System.out,
        !Terminal.isTyped());
  }

  private static void notOfASet(Settings settings) {
    if (settings.has(DecodingSettings.RESULTS_PATH)) {
      throw settings.error(
          DecodingSettings.RESULTS_PATH,
          "left out with interactive, which answers on standard output");
    }
    if (settings.overrides().containsKey(DataSettings.SUBSET.key())) {
      throw settings.error(
          DataSettings.SUBSET, "left out with interactive, which reads standard input");
    }
  }

  private TranslationSink sink(Settings settings) {
    return settings.has(DecodingSettings.RESULTS_PATH)
        ? new TranslationFiles(settings.get(DecodingSettings.RESULTS_PATH), told(settings))
        : TranslationSink.to(System.out);
  }

  @Override
  public Class<TranslationFigures> result() {
    return TranslationFigures.class;
  }

  @Override
  public TranslationFigures run(Settings settings) {
    if (settings.get(DecodingSettings.INTERACTIVE)) {
      return experiment(settings).run(Processes.ALONE);
    }
    return settings.has(DecodingSettings.RESULTS_PATH) || !LocalRanks.starts(settings)
        ? Command.super.run(settings)
        : together(settings);
  }

  /** Prints what other processes translated: their own output is not this one's. */
  private TranslationFigures together(Settings settings) {
    try {
      Path folder = Files.createTempDirectory("mos-generate");
      try {
        Path prefix = folder.resolve("all");
        TranslationFigures figures =
            new LocalRanks(this, settings)
                .with(DecodingSettings.RESULTS_PATH.key(), prefix.toString())
                .run(result());
        Files.copy(TranslationFiles.of(prefix).file(".out"), System.out);
        System.out.flush();
        return figures;
      } finally {
        Folders.delete(folder);
      }
    } catch (IOException e) {
      throw new MosException("cannot print the translations: " + AtomicFile.describe(e), e);
    }
  }

  @Override
  public boolean printed(Settings settings) {
    return !settings.has(DecodingSettings.RESULTS_PATH);
  }

  @Override
  public String describe(TranslationFigures figures) {
    String skipped =
        figures.skipped() == null || figures.skipped() == 0
            ? ""
            : "\nskipped, too long: " + figures.skipped();
    if (figures.scores().bleu() == null) {
      return figures.sentences() + " sentences" + skipped;
    }
    String text =
        String.format(
            Locale.ROOT,
            "%s with beam=%d, lenpen=%.2f: %s%n%s%nchrF2 = %.2f%n%.0f tokens/s, %.0f with text",
            figures.subset(),
            figures.beam(),
            figures.lenpen(),
            figures.scores().bleuLine(),
            figures.scores().sacrebleuLine(),
            figures.scores().chrf2(),
            figures.speed().tokensPerSecond(),
            figures.speed().textTokensPerSecond());
    return text + skipped;
  }
}
