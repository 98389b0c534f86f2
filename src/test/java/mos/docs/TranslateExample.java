package mos.docs;

import java.nio.file.Path;
import java.util.List;
import mos.translation.Translation;
import mos.translation.TranslationModel;

/** What docs/java.md shows first; LibraryExampleTest runs it. */
final class TranslateExample {
  private TranslateExample() {}

  // docs/java.md
  static void translate(Path folder) {
    try (TranslationModel model = TranslationModel.load(folder)) {
      System.out.println(model.translate("The meeting begins at noon.").text());
      var threeBest = TranslationModel.options(4, 0.6, 3); // beam, length penalty, n-best
      for (Translation line : model.translate(List.of("Good morning.", "", "Yes."), threeBest)) {
        line.nBest().forEach(one -> System.out.println(one.score() + " " + one.text()));
      }
    }
  }
  // docs/java.md
}
