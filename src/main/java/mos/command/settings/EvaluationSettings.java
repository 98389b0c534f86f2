package mos.command.settings;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import mos.base.ConfigurationException;
import mos.config.Effect;
import mos.config.Setting;
import mos.config.SettingGroup;
import mos.config.Settings;
import mos.experiment.Quality;
import mos.experiment.SupernetEvaluation;

/** How an evaluation of a SuperTransformer samples. */
public final class EvaluationSettings {
  public static final Setting<Integer> ARCHITECTURES =
      Setting.ofInt("architectures")
          .in(SettingGroup.SEARCH)
          .effect(Effect.GROWS)
          .basic()
          .defaultsTo(10)
          .range(2, 10_000)
          .doc("Random SubTransformers to compare; more later continue the same list");

  public static final Setting<Path> EVALUATION_DIR =
      Setting.ofPath("evaluation-dir")
          .in(SettingGroup.FILES)
          .effect(Effect.NONE)
          .basic()
          .defaultsTo(Path.of("supernet-evaluation"))
          .doc("Folder for results; a report shows it as OUTPUT/supernet-evaluation");

  public static final Setting<String> SUPERNETS =
      Setting.ofString("supernets")
          .in(SettingGroup.FILES)
          .basic()
          .doc(
              "Checkpoints of SuperTransformers, with commas between them; each may be named,"
                  + " NAME=FILE, and is else called as its folder is");

  public static final Setting<Boolean> TRANSLATIONS =
      Setting.ofBoolean("evaluate-translations")
          .in(SettingGroup.SEARCH)
          .defaultsTo(true)
          .doc("Compare BLEU, sacreBLEU and chrF2 of translations too, beside the loss");

  public static final Setting<Integer> RANDOM_ARCHITECTURES =
      Setting.ofInt("random-architectures")
          .in(SettingGroup.SEARCH)
          .basic()
          .defaultsTo(0)
          .range(0, 10_000)
          .doc(
              "Random SubTransformers of a SuperTransformer's space to validate as well, with their"
                  + " mean; drawn from seed as evaluate-supernet draws them");

  private EvaluationSettings() {}

  /** Every setting above. */
  public static List<Setting<?>> settings() {
    return List.of(SUPERNETS, ARCHITECTURES, EVALUATION_DIR, RANDOM_ARCHITECTURES, TRANSLATIONS);
  }

  /**
   * The SuperTransformers that are compared.
   *
   * @throws ConfigurationException where none is given, for a folder, and for names that are no
   *     names or not different
   */
  public static List<SupernetEvaluation.Supernet> supernets(Settings settings) {
    List<SupernetEvaluation.Supernet> all = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (String one : FileSettings.required(settings, SUPERNETS).split(",")) {
      int sign = one.indexOf('=');
      Path file = Path.of(one.substring(sign + 1).strip());
      Path parent = file.toAbsolutePath().normalize().getParent();
      String name =
          sign >= 0
              ? one.substring(0, sign).strip()
              : parent.getFileName() == null ? "supernet" : parent.getFileName().toString();
      if (file.toString().isEmpty() || Files.isDirectory(file)) {
        throw settings.error(
            SUPERNETS, "checkpoints of SuperTransformers, such as checkpoint_best.safetensors");
      }
      if (!name.matches("[A-Za-z0-9][\\w.+-]{0,99}") || !names.add(name)) {
        throw settings.error(
            SUPERNETS,
            "files with different names of letters, digits, '.', '_' and '-' (NAME=FILE); \""
                + name
                + "\" is not");
      }
      all.add(new SupernetEvaluation.Supernet(name, file));
    }
    return all;
  }

  /**
   * By what they are compared.
   *
   * @throws ConfigurationException for BLEU without translations
   */
  public static Quality quality(Settings settings) {
    boolean translations = settings.get(TRANSLATIONS);
    if (!translations && settings.get(SearchSettings.FITNESS).equals("bleu")) {
      throw settings.error(TRANSLATIONS, "true with --fitness bleu");
    }
    return new Quality(
        SearchSettings.loss(settings),
        translations ? Optional.of(SearchSettings.bleu(settings)) : Optional.empty());
  }
}
