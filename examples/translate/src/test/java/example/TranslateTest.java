package example;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ServiceLoader;
import mos.base.MosException;
import mos.translation.TranslationModel;
import org.junit.jupiter.api.Test;
import org.slf4j.spi.SLF4JServiceProvider;

class TranslateTest {
  @Test
  void aMissingModelIsNamed() {
    Path missing = Path.of("no-such-model");
    MosException error = assertThrows(MosException.class, () -> TranslationModel.load(missing));
    assertTrue(error.getMessage().contains("no-such-model"), error.getMessage());
  }

  /** What is logged is this program's to decide. */
  @Test
  void theLibraryBringsNoLogger() {
    assertEquals(0, ServiceLoader.load(SLF4JServiceProvider.class).stream().count());
  }
}
