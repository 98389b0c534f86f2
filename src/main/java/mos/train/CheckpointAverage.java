package mos.train;

import java.nio.file.Path;
import java.util.List;
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
   * @return the newest checkpoint's train state
   * @throws MosException naming the first file that is of another model, or unreadable
   */
  public static TrainState write(List<Path> files, Path out) {
    if (files.isEmpty()) {
      throw new ConfigurationException("average-checkpoints: got no checkpoint, need at least one");
    }
    ModelDescription first = null;
    ModelDescription newest = null;
    TrainState state = null;
    try (Scope scope = Scope.open();
        AutoGradMode off = new AutoGradMode(false)) {
      SuperTransformer model = null;
      Tensor sum = null;
      try {
        for (Path file : files) {
          try (Checkpoint checkpoint = Checkpoint.open(file);
              Scope one = Scope.open()) {
            if (model == null) {
              first = checkpoint.description();
              model = new SuperTransformer(first.model(), Tensors.cpu(), false);
              sum =
                  Scope.own(
                      torch.zeros(
                          new long[] {model.parameters().size()},
                          Tensors.options(ScalarType.Double, Tensors.cpu())));
            }
            checkSame(first, files.get(0), checkpoint.description(), file);
            checkpoint.loadParameters(model);
            sum.add_(model.parameters().values());
            if (state == null || checkpoint.state().update() >= state.update()) {
              newest = checkpoint.description();
              state = checkpoint.state();
            }
          }
        }
        model.parameters().values().copy_(sum.div_(new Scalar((double) files.size())));
        Checkpoint.save(out, newest, model, state);
        return state;
      } finally {
        if (model != null) {
          model.close();
        }
        if (sum != null) {
          sum.close();
        }
      }
    }
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
