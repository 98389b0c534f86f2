package mos.command.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import mos.base.ConfigurationException;
import mos.config.Settings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TaskFileTest {
  @TempDir Path folder;

  private static Settings task(Object task) {
    return AllSettings.load(List.of(), Map.of("task", task.toString()));
  }

  private Path own(String name) throws IOException {
    return Files.copy(Path.of("configs/tasks/sample.yml"), folder.resolve(name));
  }

  @ParameterizedTest
  @ValueSource(strings = {"sample", "configs/tasks/sample.yml"})
  void theSampleTaskMakesItsData(String task) {
    assertThat(TaskFile.of(task(task)).name()).isEqualTo("sample");
    assertThat(RunSettings.makesItsData(task(task))).isTrue();
    assertThat(TaskFile.of(task(task)).latencySpace().orElseThrow())
        .endsWith(Path.of("latency/sample.yml"));
  }

  /** Whatever a file of the user's is called, it is not the published one. */
  @ParameterizedTest
  @ValueSource(strings = {"sample.yml", "wmt14.en-de.yml"})
  void aUsersFileOfTheSameNameIsTheUsers(String name) throws IOException {
    Settings settings = task(own(name));
    assertThat(TaskFile.of(settings).published()).isFalse();
    assertThat(TaskFile.of(settings).latencySpace()).isEmpty();
    assertThat(RunSettings.makesItsData(settings)).isFalse();
    assertThat(RunSettings.outputDir(settings))
        .isEqualTo(Path.of("out", TaskFile.of(settings).name()));
  }

  @Test
  void onlyPublishedTasksHaveNames() {
    assertThat(TaskFile.of(task("wmt14.en-de")).published()).isTrue();
    assertThat(RunSettings.outputDir(task("wmt14.en-de"))).isEqualTo(Path.of("/tmp"));
    assertThatThrownBy(() -> TaskFile.of(task("none")))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("task: got none, need one of")
        .hasMessageContaining("or a YAML file");
  }
}
