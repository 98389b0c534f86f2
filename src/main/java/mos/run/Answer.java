package mos.run;

import java.nio.file.Path;
import mos.results.TakenFigures;
import mos.train.Checkpoint;

/**
 * An answer of a run's search, where what is made of it lies, and how its stages are called.
 *
 * @param words for people
 * @param prefix of its stages' names
 * @param architecture its YAML file
 * @param folder of all that is made of it
 * @param after the stage whose results its stages use
 */
record Answer(String words, String prefix, Path architecture, Path folder, String after) {

  /** The one that the search chose, which the run itself trains. */
  static Answer found(Path out) {
    return new Answer(
        "the found SubTransformer",
        "",
        out.resolve("search/architecture.yml"),
        out,
        StageResults.Key.SEARCH.name());
  }

  /** Another one, by its name. */
  static Answer taken(Path out, String name) {
    Path folder = out.resolve(TakenFigures.FOLDER).resolve(name);
    return new Answer(
        "the taken SubTransformer",
        "taken_" + name + "_",
        folder.resolve("architecture.yml"),
        folder,
        StageResults.Key.SUPERNET.name());
  }

  /** The name of one of its stages. */
  String stage(String name) {
    return prefix + name;
  }

  /** The stage of that name, without the prefix. */
  String plain(Stage stage) {
    return stage.name().substring(prefix.length());
  }

  Path subtransformer() {
    return folder.resolve("subtransformer");
  }

  /** The trained model. */
  Path model() {
    return subtransformer().resolve(Checkpoint.BEST);
  }

  Path translations() {
    return folder.resolve("translations");
  }
}
