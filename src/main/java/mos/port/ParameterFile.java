package mos.port;

import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import mos.base.MosException;
import mos.model.SuperTransformer;
import mos.tensor.Scope;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Tensor;

/** What reading parameters from any kind of file has in common. */
final class ParameterFile {
  private ParameterFile() {}

  /**
   * Refuses a tensor of another shape.
   *
   * @throws MosException with both shapes
   */
  static void checkShape(String name, long[] got, long[] need, String where) {
    if (!Arrays.equals(got, need)) {
      throw new MosException(
          where
              + ": parameter "
              + name
              + " has shape "
              + Arrays.toString(got)
              + ", need "
              + Arrays.toString(need));
    }
  }

  /**
   * Fills a model.
   *
   * @param names our names to those in the file
   * @param read reads a tensor by its name in the file into the innermost scope
   */
  static void fill(
      SuperTransformer model, Map<String, String> names, Function<String, Tensor> read) {
    names.forEach(
        (ours, theirs) -> {
          try (Scope scope = Scope.open();
              AutoGradMode off = new AutoGradMode(false)) {
            model.parameters().value(ours).copy_(read.apply(theirs));
          }
        });
  }
}
