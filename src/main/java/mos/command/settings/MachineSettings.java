package mos.command.settings;

import java.util.List;
import java.util.Locale;
import mos.config.Effect;
import mos.config.Setting;
import mos.config.SettingGroup;
import mos.config.Settings;
import mos.experiment.ComputeChoice;
import mos.tensor.Precision;

/** Where, how precisely and from which seed a command computes. */
public final class MachineSettings {
  public static final Setting<Long> SEED =
      Setting.ofLong("seed")
          .in(SettingGroup.MACHINE)
          .basic()
          .defaultsTo(1L)
          .doc("Seed of everything random");

  public static final Setting<String> PRECISION =
      Setting.ofChoice("precision", "fp32", "tf32", "bf16", "fp16")
          .in(SettingGroup.MACHINE)
          .doc(
              "Forward and backward passes: fp32, tf32 (fast matrix products), bf16, fp16 (with"
                  + " loss scaling); not given: bf16 on a GPU, fp32 on the CPU");

  public static final Setting<String> DEVICE =
      Setting.ofString("device")
          .in(SettingGroup.MACHINE)
          .basic()
          .defaultsTo("auto")
          .doc("Where to compute: cpu, cuda, cuda:N, or auto, a GPU where there is one");

  public static final Setting<Integer> THREADS =
      Setting.ofInt("threads")
          .in(SettingGroup.MACHINE)
          .effect(Effect.NONE)
          .basic()
          .defaultsTo(0)
          .atLeast(0)
          .doc("CPU threads; 0: as many as there are physical cores");

  public static final Setting<Boolean> DETERMINISTIC =
      Setting.ofBoolean("deterministic")
          .in(SettingGroup.MACHINE)
          .defaultsTo(false)
          .doc(
              "The same seed gives the same bits on a GPU too, at some speed; on the CPU it always"
                  + " does, with the same threads");

  public static final Setting<Integer> NUM_GPUS =
      Setting.ofInt("num-gpus")
          .in(SettingGroup.MACHINE)
          .effect(Effect.NONE)
          .basic()
          .defaultsTo(4)
          .atLeast(0)
          .doc(
              "GPUs to work on, where there are any; with device cpu and a number given: processes"
                  + " on the CPU");

  public static final Setting<Integer> PARALLEL =
      Setting.ofInt("parallel")
          .in(SettingGroup.MACHINE)
          .effect(Effect.NONE)
          .defaultsTo(1)
          .range(1, 64)
          .doc(
              "Trainings side by side on each GPU, or on the CPU, each in a process of its own;"
                  + " small ones leave most of a GPU idle");

  public static final Setting<Integer> DISTRIBUTED_TIMEOUT =
      Setting.ofInt("distributed-timeout")
          .in(SettingGroup.MACHINE)
          .effect(Effect.NONE)
          .defaultsTo(300)
          .range(1, 86_400)
          .doc("Seconds that a process waits for the others it trains with");

  public static final Setting<String> ZERO_SHARDING =
      Setting.ofChoice("zero-sharding", "none", "os")
          .in(SettingGroup.MACHINE)
          .effect(Effect.NONE)
          .defaultsTo("none")
          .doc(
              "os: each process keeps its share of the optimiser's state alone, which saves memory;"
                  + " none: each keeps all of it");

  public static final Setting<Boolean> ELASTIC =
      Setting.ofBoolean("elastic")
          .in(SettingGroup.MACHINE)
          .effect(Effect.NONE)
          .defaultsTo(false)
          .doc(
              "Go on with the processes that are left when one is lost, from what was saved, with"
                  + " updates of the same size");

  private MachineSettings() {}

  /** Every setting above. */
  public static List<Setting<?>> settings() {
    return List.of(
        SEED,
        PRECISION,
        DEVICE,
        THREADS,
        DETERMINISTIC,
        NUM_GPUS,
        PARALLEL,
        DISTRIBUTED_TIMEOUT,
        ZERO_SHARDING,
        ELASTIC);
  }

  /** The settings of every command that computes. */
  public static List<Setting<?>> ofComputing() {
    return List.of(DEVICE, PRECISION, THREADS);
  }

  /** Where and how precisely to compute. */
  public static ComputeChoice compute(Settings settings) {
    return new ComputeChoice(
        settings.get(DEVICE),
        settings.find(PRECISION).map(p -> Precision.valueOf(p.toUpperCase(Locale.ROOT))),
        settings.get(THREADS));
  }
}
