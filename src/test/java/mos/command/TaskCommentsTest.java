package mos.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import mos.command.settings.AllSettings;
import mos.config.Setting;
import mos.config.Settings;
import org.junit.jupiter.api.Test;

/** Comments of the configuration files tell the defaults that the program has. */
class TaskCommentsTest {
  private static final Pattern KEY = Pattern.compile("(# )?([a-z][a-z0-9-]+): .*");
  private static final Pattern DEFAULT = Pattern.compile("\\b(?:Default (.+?)|(No default))\\.$");

  private static List<Path> files() throws IOException {
    List<Path> files = new ArrayList<>();
    for (String folder :
        new String[] {"configs", "configs/tasks", "configs/latency", "configs/spaces"}) {
      try (Stream<Path> some = Files.list(Path.of(folder))) {
        some.filter(file -> file.toString().endsWith(".yml")).sorted().forEach(files::add);
      }
    }
    return files;
  }

  @Test
  void defaultsInCommentsAreThoseOfTheProgram() throws IOException {
    List<String> wrong = new ArrayList<>();
    int told = 0;
    for (Path file : files()) {
      StringBuilder comment = new StringBuilder();
      for (String line : Files.readAllLines(file)) {
        Matcher key = KEY.matcher(line);
        if (key.matches() && setting(key.group(2)).isPresent()) {
          Matcher said = DEFAULT.matcher(comment.toString().strip());
          if (said.find()) {
            told++;
            String place = file + ": " + key.group(2) + ": comment says " + said.group();
            compare(setting(key.group(2)).get(), said.group(1), place, wrong);
          }
          comment.setLength(0);
        } else if (line.startsWith("# ")) {
          comment.append(line.substring(2)).append(' ');
        } else {
          comment.setLength(0);
        }
      }
    }
    assertThat(wrong).isEmpty();
    assertThat(told).isGreaterThan(300);
  }

  private static Optional<Setting<?>> setting(String key) {
    return AllSettings.known().stream().filter(s -> s.key().equals(key)).findFirst();
  }

  /**
   * @param said null: that there is none
   */
  private static <T> void compare(
      Setting<T> setting, String said, String place, List<String> wrong) {
    Optional<T> now = setting.defaultValue();
    if (said == null
        ? now.isPresent()
        : now.isEmpty() || !now.get().equals(parsed(setting, said))) {
      wrong.add(place + ", the program's is " + now.map(setting::render).orElse("none"));
    }
  }

  private static <T> T parsed(Setting<T> setting, String text) {
    return Settings.parse(setting.key() + ": " + text, "comment", List.of(setting)).get(setting);
  }
}
