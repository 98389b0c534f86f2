package mos.command;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.InputStream;
import java.io.PrintStream;
import java.util.List;
import mos.base.Json;
import mos.base.LineReader;
import mos.base.MosException;
import mos.command.settings.DataSettings;
import mos.command.settings.DecodingSettings;
import mos.config.Settings;
import mos.experiment.DataFolder;
import mos.experiment.SourceSentences;
import mos.translate.Hypothesis;
import mos.translate.TranslationOutput;
import mos.translate.Translator;
import mos.translation.RawText;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Translates raw lines of standard input one by one, a line each, empty ones too. Where figures are
 * asked for, those have standard output, and {@code out} is standard error.
 */
record Interactive(
    Settings settings, DataFolder data, Translator translator, InputStream input, PrintStream out) {
  private static final Logger LOG = LoggerFactory.getLogger(Interactive.class);

  /** Answers every line until the input ends. */
  ObjectNode run() {
    RawText text = data.rawText();
    int number = 0;
    int skipped = 0;
    LineReader in = LineReader.lenient(input, "the input");
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      int[] source = data.sourceDictionary().encode(text.encode().apply(line));
      List<Hypothesis> nBest = List.of();
      if (SourceSentences.isReadable(source.length)) {
        nBest =
            SourceSentences.withoutModel(source)
                .orElseGet(() -> translator.translate(List.of(source)).get(0));
      } else if (settings.get(DataSettings.SKIP_INVALID)) {
        skipped++;
        LOG.warn("skipped: {}", SourceSentences.tooLong(number, source.length, "of the input"));
      } else {
        throw new MosException(SourceSentences.tooLong(number, source.length, "of the input"));
      }
      if (!settings.get(DecodingSettings.PLAIN)) {
        output(settings, data, out).print(number, source, null, nBest);
      } else if (nBest.isEmpty()) {
        out.print("\n");
      } else {
        String tokens = data.targetDictionary().string(nBest.get(0).tokens(), true);
        out.print(text.decode().apply(tokens) + "\n");
      }
      if (out.checkError()) {
        throw new MosException("cannot write standard output: closed or full");
      }
      number++;
    }
    return Json.object().put("sentences", number - skipped).put("skipped", skipped);
  }

  /** The lines that fairseq prints. */
  static TranslationOutput output(Settings settings, DataFolder data, PrintStream out) {
    return new TranslationOutput(
        data.sourceDictionary(),
        data.targetDictionary(),
        TranslationOutput.Form.FAIRSEQ,
        settings.get(DecodingSettings.REMOVE_BPE),
        out);
  }
}
