package mos.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import mos.tensor.SafeTensors;
import mos.tensor.Scope;
import org.bytedeco.pytorch.Tensor;

/** Compares checkpoints bit for bit. */
public final class CheckpointTensors {
  private CheckpointTensors() {}

  public static void assertEqual(Path expected, Path found) {
    try (Scope scope = Scope.open();
        SafeTensors a = SafeTensors.open(expected, true);
        SafeTensors b = SafeTensors.open(found, true)) {
      assertThat(b.names()).containsExactlyElementsOf(a.names());
      for (String name : a.names()) {
        Tensor left = a.read(name);
        Tensor right = b.read(name);
        assertThat(left.equal(right)).as(name).isTrue();
      }
    }
  }

  /** The same names, in the same order, and shapes. */
  public static void assertSameForm(Path expected, Path found) {
    try (SafeTensors a = SafeTensors.open(expected, true);
        SafeTensors b = SafeTensors.open(found, true)) {
      assertThat(b.names()).containsExactlyElementsOf(a.names());
      a.names().forEach(name -> assertThat(b.shape(name)).as(name).isEqualTo(a.shape(name)));
    }
  }
}
