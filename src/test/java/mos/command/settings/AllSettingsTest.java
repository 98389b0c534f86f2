package mos.command.settings;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.HashSet;
import java.util.Set;
import mos.command.SingleCommands;
import mos.config.Setting;
import mos.run.RunCommand;
import mos.serve.ServeCommand;
import org.junit.jupiter.api.Test;

class AllSettingsTest {
  @Test
  void everySettingOfAGroupIsKnown() throws IllegalAccessException {
    for (JavaClass group :
        new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("mos.command.settings")) {
      for (JavaField field : group.getFields()) {
        if (field.getRawType().isEquivalentTo(Setting.class)) {
          assertThat(AllSettings.known())
              .as(field.getFullName())
              .contains((Setting<?>) field.reflect().get(null));
        }
      }
    }
  }

  @Test
  void everySettingIsAnOptionOfACommandAndNoOther() {
    Set<Setting<?>> options = new HashSet<>();
    SingleCommands.all().forEach(command -> options.addAll(command.options()));
    options.addAll(new RunCommand().options());
    options.addAll(new ServeCommand().options());
    assertThat(options).containsExactlyInAnyOrderElementsOf(AllSettings.known());
  }
}
