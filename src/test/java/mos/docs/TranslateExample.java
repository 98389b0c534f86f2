package mos.docs;

import java.nio.file.Path;
import java.util.List;
import mos.translation.TextOptions;
import mos.translation.Translation;
import mos.translation.TranslationModel;

/** What docs/java.md shows first; LibraryExampleTest runs it. */
final class TranslateExample {
  private TranslateExample() {}

  // docs/java.md
  static void translate(Path folder) {
    try (TranslationModel model = TranslationModel.load(folder)) {
      System.out.println(model.translate("The meeting begins at noon.").text());
      var threeBest = TextOptions.DEFAULTS.withNBest(3);
      for (Translation line : model.translate(List.of("Good morning.", "", "Yes."), threeBest)) {
        line.nBest().forEach(one -> System.out.println(one.score() + " " + one.text()));
      }
    }
  }
  // docs/java.md
}
