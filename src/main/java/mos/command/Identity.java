package mos.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import mos.base.Json;
import mos.base.Sha256;
import mos.command.settings.DataSettings;
import mos.command.settings.RunnerSettings;
import mos.command.settings.TrainingSettings;
import mos.config.Effect;
import mos.config.Setting;
import mos.config.Settings;
import mos.experiment.BegunWith;
import mos.experiment.DataFolder;
import mos.host.CommandIdentity;

/**
 * What decides a command's result, told so that spellings do not matter: files by their content,
 * what lies in the output folder by its place there. So {@code ./out}, {@code out} and {@code
 * /home/me/out} are one folder, and a folder that was moved is still the same.
 */
public final class Identity {
  private static final String OUTPUT = "{output}";
  private static final String CONTENT = "sha256 ";

  private final Path output;
  private final Map<String, String> hashes = new HashMap<>();

  private Identity(Path output) {
    this.output = output == null ? null : real(output);
  }

  /** Of a command by itself. */
  public static Identity ofCommand() {
    return new Identity(null);
  }

  /** Of a run's stages. */
  public static Identity ofRun(Path output) {
    return new Identity(output);
  }

  /** Key and value of what decides the result of a command. */
  public Map<String, Object> of(Command<?> task, Settings settings) {
    Map<String, Object> decisive = new TreeMap<>(settings.toMap());
    decisive.keySet().retainAll(read(task, settings));
    for (Setting<?> setting : task.settings()) {
      if (decisive.containsKey(setting.key())) {
        Object value = settings.get(setting);
        if (setting == DataSettings.DATA && !isProduct(task, settings)) {
          decisive.put(setting.key(), ofData(task, settings));
        } else if (value instanceof Path path) {
          decisive.put(setting.key(), of(path));
        } else if (setting == RunnerSettings.RUNNER) {
          decisive.put(setting.key(), CommandIdentity.of((String) value));
        }
      }
    }
    if (decisive.containsKey(TrainingSettings.UPDATE_FREQ.key())) {
      decisive.put(TrainingSettings.UPDATE_FREQ.key(), microBatches(task, settings));
    }
    return decisive;
  }

  /** What the work asks for when it is configured, beside what decides nothing. */
  private static Set<String> read(Command<?> task, Settings settings) {
    Set<String> keys = new HashSet<>();
    task.configuration(
        settings.noting(
            setting -> {
              if (setting.effect() != Effect.NONE) {
                keys.add(setting.key());
              }
            }));
    keys.remove(TrainingSettings.UPDATE_FREQ_TOTAL.key()); // told under update-freq
    task.comparedByContent().forEach(setting -> keys.remove(setting.key()));
    return keys;
  }

  /** Micro-batches of an update in all processes of a training; other commands train alone. */
  private static int microBatches(Command<?> task, Settings settings) {
    int processes = task instanceof TrainingCommand ? LocalRanks.of(settings) : 1;
    Optional<Integer> total = settings.find(TrainingSettings.UPDATE_FREQ_TOTAL);
    return total.orElseGet(() -> settings.get(TrainingSettings.UPDATE_FREQ) * processes);
  }

  private static boolean isProduct(Command<?> task, Settings settings) {
    return task.products(settings).contains(settings.get(DataSettings.DATA));
  }

  /** Dictionaries and those splits that the command reads. */
  private String ofData(Command<?> task, Settings settings) {
    if (!DataSettings.source(settings).folders().all().stream().allMatch(Files::isDirectory)) {
      return of(settings.get(DataSettings.DATA));
    }
    List<String> splits = task.splits(settings);
    return hashes.computeIfAbsent(
        real(settings.get(DataSettings.DATA)) + " " + splits,
        key -> {
          DataFolder data = DataFolder.open(DataSettings.source(settings));
          Map<String, String> parts = new TreeMap<>();
          parts.put("source", data.sourceDictionary().hash());
          parts.put("target", data.targetDictionary().hash());
          if (!splits.isEmpty()) {
            parts.putAll(data.hashes(splits.toArray(String[]::new)));
          }
          return CONTENT + Sha256.of(parts.toString());
        });
  }

  private String of(Path path) {
    Path real = real(path);
    if (output != null && real.startsWith(output)) {
      return OUTPUT + "/" + slashes(output.relativize(real));
    }
    if (Files.isRegularFile(real)) {
      return hashes.computeIfAbsent(real.toString(), key -> CONTENT + Sha256.of(real));
    }
    return real.toString();
  }

  private static String slashes(Path relative) {
    return relative.toString().replace('\\', '/');
  }

  /** Absolute, with links followed as far as the path is there. */
  public static Path real(Path path) {
    Path absolute = path.toAbsolutePath().normalize();
    Path there = absolute;
    while (there != null && !Files.exists(there)) {
      there = there.getParent();
    }
    try {
      return there == null
          ? absolute
          : there.toRealPath().resolve(there.relativize(absolute)).normalize();
    } catch (IOException e) {
      return absolute;
    }
  }

  /**
   * Whether a saved value is the same as now. Earlier versions saved paths as they were typed, and
   * what is not there is from before the setting was, and was made as its default does.
   *
   * @param before null where nothing was saved
   * @param now of {@link #of}
   */
  public boolean same(Command<?> task, Settings settings, String key, String before, String now) {
    if (before == null) {
      Object usual = byKey(task, key).flatMap(Setting::defaultValue).orElse(null);
      return usual != null && (String.valueOf(usual).equals(now) || Json.line(usual).equals(now));
    }
    if (before.equals(now)) {
      return true;
    }
    Setting<?> setting = byKey(task, key).orElse(null);
    if (setting == RunnerSettings.RUNNER) {
      return CommandIdentity.same(CommandIdentity.of(before), now);
    }
    if (setting == null || !(settings.find(setting).orElse(null) instanceof Path path)) {
      return false;
    }
    Path typed = Path.of(before);
    if (Objects.equals(typed, path)) {
      return !before.startsWith(CONTENT);
    }
    Path here = real(path);
    if (output != null && here.startsWith(output)) {
      return typed.endsWith(output.relativize(here));
    }
    return Files.exists(typed) && real(typed).equals(here) || of(typed).equals(now);
  }

  private static Optional<Setting<?>> byKey(Command<?> task, String key) {
    return task.settings().stream().filter(setting -> setting.key().equals(key)).findFirst();
  }

  /**
   * What work of a command must have been begun with to be continued; what only says how much there
   * is is left out.
   *
   * @param decisive of {@link #of}, and more
   */
  static BegunWith begun(Command<?> command, Settings settings, Map<String, Object> decisive) {
    Map<String, Object> fixed = new TreeMap<>(decisive);
    for (Setting<?> setting : command.settings()) {
      if (setting.effect() == Effect.GROWS) {
        fixed.remove(setting.key());
      }
    }
    return BegunWith.of(
        fixed, (key, before, now) -> ofCommand().same(command, settings, key, before, now));
  }
}
