package example;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import mos.translation.TranslationModel;

/** Translates standard input line by line with a folder that {@code mos export} wrote. */
public final class Translate {
  private Translate() {}

  /** Takes the folder of the model. */
  public static void main(String[] arguments) throws IOException {
    if (arguments.length != 1) {
      System.err.println("usage: Translate MODEL < text");
      System.exit(2);
    }
    try (TranslationModel model = TranslationModel.load(Path.of(arguments[0]));
        BufferedReader in =
            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      model.translate(in.lines()).forEach(line -> System.out.println(line.text()));
    }
  }
}
