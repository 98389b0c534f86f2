package mos.command.settings;

import java.nio.file.Path;
import java.util.List;
import mos.config.Effect;
import mos.config.Setting;
import mos.config.SettingGroup;

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
    return List.of(ARCHITECTURES, EVALUATION_DIR, RANDOM_ARCHITECTURES);
  }
}
