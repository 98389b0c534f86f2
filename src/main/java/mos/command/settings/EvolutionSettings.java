package mos.command.settings;

import java.util.List;
import mos.config.Setting;
import mos.config.SettingGroup;
import mos.config.Settings;
import mos.search.EvolutionConfig;

/** The size of a search; keys as in HAT's search files. */
public final class EvolutionSettings {
  private static final int MAX_SIZE = 1_000_000;

  public static final Setting<Integer> POPULATION_SIZE =
      Setting.ofInt("population-size")
          .in(SettingGroup.SEARCH)
          .range(1, MAX_SIZE)
          .doc("candidates per search iteration")
          .defaultsTo(125);

  public static final Setting<Integer> PARENT_SIZE =
      Setting.ofInt("parent-size")
          .in(SettingGroup.SEARCH)
          .range(1, MAX_SIZE)
          .doc("best candidates that survive an iteration")
          .defaultsTo(25);

  public static final Setting<Integer> MUTATION_SIZE =
      Setting.ofInt("mutation-size")
          .in(SettingGroup.SEARCH)
          .range(0, MAX_SIZE)
          .doc("mutated parents per iteration")
          .defaultsTo(50);

  public static final Setting<Integer> CROSSOVER_SIZE =
      Setting.ofInt("crossover-size")
          .in(SettingGroup.SEARCH)
          .range(0, MAX_SIZE)
          .doc("crossed pairs of parents per iteration")
          .defaultsTo(50);

  public static final Setting<Double> MUTATION_PROB =
      Setting.ofDouble("mutation-prob")
          .in(SettingGroup.SEARCH)
          .range(0, 1)
          .doc("probability that a mutation redraws a place of the gene")
          .defaultsTo(0.3);

  public static final Setting<Integer> EVO_ITER =
      Setting.ofInt("evo-iter")
          .in(SettingGroup.SEARCH)
          .basic()
          .range(1, MAX_SIZE)
          .doc("search iterations")
          .defaultsTo(30);

  public static final Setting<Integer> MAX_TRIES =
      Setting.ofInt("evo-max-tries")
          .in(SettingGroup.SEARCH)
          .range(1, 100_000_000)
          .doc("candidates drawn at most to fill one population under the constraint")
          .defaultsTo(10_000);

  private EvolutionSettings() {}

  /** Every setting of a search but the seed, which belongs to the whole run. */
  public static List<Setting<?>> settings() {
    return List.of(
        POPULATION_SIZE,
        PARENT_SIZE,
        MUTATION_SIZE,
        CROSSOVER_SIZE,
        MUTATION_PROB,
        EVO_ITER,
        MAX_TRIES);
  }

  /** The search that configuration files and command line describe. */
  public static EvolutionConfig of(Settings settings, long seed) {
    int parts =
        settings.get(PARENT_SIZE) + settings.get(MUTATION_SIZE) + settings.get(CROSSOVER_SIZE);
    if (parts != settings.get(POPULATION_SIZE)) {
      throw settings.error(
          POPULATION_SIZE, "parent-size + mutation-size + crossover-size = " + parts);
    }
    return new EvolutionConfig(
        settings.get(POPULATION_SIZE),
        settings.get(PARENT_SIZE),
        settings.get(MUTATION_SIZE),
        settings.get(CROSSOVER_SIZE),
        settings.get(MUTATION_PROB),
        settings.get(EVO_ITER),
        settings.get(MAX_TRIES),
        seed);
  }
}
