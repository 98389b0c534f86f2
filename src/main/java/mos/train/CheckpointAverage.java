package mos.train;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import mos.base.ConfigurationException;
import mos.base.MosException;
import mos.model.SuperTransformer;
import mos.tensor.Scope;
import mos.tensor.Tensors;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * The mean of several checkpoints' parameters, summed in fp64.
 *
 * <p>Source: Vaswani et al. (2017), section 6.1.
 */
public final class CheckpointAverage {
  private CheckpointAverage() {}

  /**
   * Writes the mean, with description and train state of the checkpoint with the most updates.
   *
   * @param files at least one
   * @param made beside the newest checkpoint's provenance, or in place of its
   * @return the newest checkpoint's train state
   * @throws MosException naming the first file that is of another model, or unreadable
   */
  public static TrainState write(List<Path> files, Path out, Map<String, String> made) {
    if (files.isEmpty()) {
      throw new ConfigurationException("average-checkpoints: got no checkpoint, need at least one");
    }
    try (Checkpoint checkpoint = Checkpoint.open(files.get(0));
        SuperTransformer model = checkpoint.model(Tensors.cpu(), false)) {
      Newest newest = sum(files, checkpoint.description(), model);
      Map<String, String> all = new LinkedHashMap<>(newest.description().provenance());
      all.putAll(made);
      Checkpoint.save(out, newest.description().with(all), model, newest.state());
      return newest.state();
    }
  }

  private record Newest(ModelDescription description, TrainState state) {}

  /** Leaves the mean in {@code model}. */
  private static Newest sum(List<Path> files, ModelDescription first, SuperTransformer model) {
    Newest newest = null;
    try (Scope scope = Scope.open();
        AutoGradMode off = new AutoGradMode(false)) {
      Tensor values = model.parameters().values();
      Tensor sum = torch.zeros_like(values).to(ScalarType.Double);
      for (Path file : files) {
        try (Checkpoint checkpoint = Checkpoint.open(file)) {
          checkSame(first, files.get(0), checkpoint.description(), file);
          checkpoint.loadParameters(model);
          sum.add_(values);
          if (newest == null || checkpoint.state().update() >= newest.state().update()) {
            newest = new Newest(checkpoint.description(), checkpoint.state());
          }
        }
      }
      values.copy_(sum.div_(new Scalar((double) files.size())));
    }
    return newest;
  }

  private static void checkSame(ModelDescription a, Path fileA, ModelDescription b, Path fileB) {
    same("model", a.model(), b.model(), fileA, fileB);
    same("search space", a.space(), b.space(), fileA, fileB);
    same("architecture", a.architecture(), b.architecture(), fileA, fileB);
    same("source dictionary", a.sourceDictionary(), b.sourceDictionary(), fileA, fileB);
    same("target dictionary", a.targetDictionary(), b.targetDictionary(), fileA, fileB);
  }

  private static void same(String what, Object a, Object b, Path fileA, Path fileB) {
    if (!Objects.equals(a, b)) {
      throw new MosException(
          "checkpoints of different models cannot be averaged: the "
              + what
              + " of "
              + fileB
              + " is "
              + b
              + ", that of "
              + fileA
              + " is "
              + a);
    }
  }
}
