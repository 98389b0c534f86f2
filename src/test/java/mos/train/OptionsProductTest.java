package mos.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import mos.data.Batch;
import mos.kernel.PackedAttention;
import mos.kernel.TrainingKernels;
import mos.model.ExpertConfig;
import mos.model.Initialization;
import mos.model.ModelConfig;
import mos.model.SuperTransformer;
import mos.model.Transformer;
import mos.nn.Distillation;
import mos.nn.DropoutRates;
import mos.space.Plain;
import mos.space.SearchSpace;
import mos.space.SubTransformer;
import mos.tensor.Precision;
import mos.tensor.Scope;
import mos.tensor.Tensors;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.GeneratorOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every combination of what an architecture and its experts may have: an update is computed, by
 * both engines alike, a checkpoint comes back the same, and each SubTransformer by itself computes
 * what it does inside of the SuperTransformer.
 */
class OptionsProductTest {
  private static final SearchSpace PLAIN =
      Plain.space(
          List.of(16, 8),
          List.of(12, 8),
          List.of(12, 8),
          List.of(12, 8),
          List.of(2),
          List.of(2, 1),
          List.of(2, 1),
          List.of(2, 1),
          List.of(2, 1),
          List.of(-1, 1));

  @TempDir Path folder;

  private static List<SearchSpace> spaces() {
    List<SearchSpace> spaces = new ArrayList<>();
    for (int options = 0; options < 8; options++) {
      SearchSpace space = PLAIN;
      if ((options & 1) != 0) {
        space = space.withTokenExperts(List.of(1, 2, 3), List.of(12, 8, 0), List.of(1, 2));
      }
      if ((options & 2) != 0) {
        space = space.withHeadDims(List.of(4, 2), List.of(4, 3));
      }
      if ((options & 4) != 0) {
        space = space.withActivations(List.of(1, 2, 3), List.of(3, 1));
      }
      spaces.add(space);
    }
    return spaces;
  }

  private static List<ExpertConfig> experts(ExpertConfig.Modules modules) {
    List<ExpertConfig> all = new ArrayList<>();
    all.add(ExpertConfig.NONE);
    for (String routing : List.of("archrouting_jack_2L", "neuronrouting_jack_2L")) {
      for (double frequency : new double[] {-1, 0.5}) {
        for (int rank : new int[] {0, 2}) {
          String features = all.size() % 2 == 0 ? "aggr" : "fine";
          all.add(
              new ExpertConfig(2, routing, 4, frequency, features, ExpertConfig.NONE.featureNorm())
                  .of(modules, rank));
        }
      }
    }
    return all;
  }

  @Test
  void everyCombinationTrainsIsKeptAndStandsAlone() {
    check(ExpertConfig.Modules.ALL);
  }

  @Tag("slow")
  @ParameterizedTest
  @EnumSource(names = "ALL", mode = EnumSource.Mode.EXCLUDE)
  void withExpertsInFewerMatricesToo(ExpertConfig.Modules modules) {
    check(modules);
  }

  private void check(ExpertConfig.Modules modules) {
    try (ReverseTask task = ReverseTask.in(folder)) {
      int combinations = 0;
      for (SearchSpace space : spaces()) {
        for (ExpertConfig experts : experts(modules)) {
          String what = space + " with " + experts;
          try {
            check(task, space, experts, what);
          } catch (RuntimeException e) {
            throw new AssertionError(what, e);
          }
          combinations++;
        }
      }
      assertThat(combinations).isEqualTo(8 * 9);
    }
  }

  private void check(ReverseTask task, SearchSpace space, ExpertConfig experts, String what) {
    int symbols = task.train().sourceDictionary().size();
    ModelConfig config = ModelConfig.of(space, 8, symbols, symbols, true, experts);
    List<SubTransformer> architectures = architectures(space);
    try (SuperTransformer model = new SuperTransformer(config, Tensors.cpu(), true)) {
      Initialization.initialise(model, 5);
      try (Scope scope = Scope.open();
          AutoGradMode off = new AutoGradMode(false)) {
        // Much begins at zero, which would hide whose it is.
        for (String name : model.parameters().names()) {
          if (name.endsWith("bias") || name.contains("low_rank")) {
            model.parameters().value(name).normal_(0, 0.3, new GeneratorOptional());
          }
        }
      }
      update(task, model, architectures.subList(0, 3), what);
      Path file = folder.resolve("model.safetensors");
      Checkpoint.save(file, task.description(model, Map.of()), model, TrainState.START);
      try (Checkpoint checkpoint = Checkpoint.open(file);
          SuperTransformer loaded = checkpoint.model(Tensors.cpu(), false)) {
        assertThat(loaded.config()).as(what).isEqualTo(config);
        for (SubTransformer architecture : architectures) {
          float[] inside = logits(model, architecture);
          assertClose(logits(loaded, architecture), inside, what);
          try (SuperTransformer alone = model.materialise(architecture, true)) {
            assertClose(logits(alone, architecture), inside, what);
            if (architecture != architectures.get(2)) {
              continue;
            }
            Checkpoint.save(file, task.description(alone, Map.of()), alone, TrainState.START);
            update(task, alone, List.of(architecture), what);
          }
          try (Checkpoint standalone = Checkpoint.open(file);
              SuperTransformer again = standalone.model(Tensors.cpu(), false)) {
            assertClose(logits(again, architecture), inside, what);
          }
        }
      }
    }
  }

  private static List<SubTransformer> architectures(SearchSpace space) {
    Set<SubTransformer> all = new LinkedHashSet<>(List.of(space.largest(), space.smallest()));
    SplittableRandom random = new SplittableRandom(2);
    while (all.size() < 4) {
      all.add(space.sample(random));
    }
    return List.copyOf(all);
  }

  /** One update's gradients, equal in both engines and not zero. */
  private static void update(
      ReverseTask task, SuperTransformer model, List<SubTransformer> architectures, String what) {
    List<Batch> passes = List.of(Batch.of(task.train(), IntStream.range(0, 6).toArray()));
    GradientConfig config = ReverseTask.gradients(DropoutRates.NONE, Distillation.NONE);
    float[] plain = gradients(new PlainEngine(model, config), model, architectures, passes);
    PackedEngine fast =
        new PackedEngine(
            model,
            config,
            TrainingKernels.of(model.device(), ScalarType.Float),
            PackedAttention.of(model.device(), ScalarType.Float));
    float[] packed = gradients(fast, model, architectures, passes);
    double norm = 0;
    double difference = 0;
    for (int i = 0; i < plain.length; i++) {
      norm += Math.pow(plain[i], 2);
      difference += Math.pow((double) plain[i] - packed[i], 2);
    }
    assertThat(norm).as(what).isPositive().isFinite();
    assertThat(Math.sqrt(difference / norm)).as(what).isLessThan(1e-3);
  }

  private static float[] gradients(
      GradientEngine engine,
      SuperTransformer model,
      List<SubTransformer> architectures,
      List<Batch> passes) {
    try (GradientEngine used = engine;
        Scope scope = Scope.open()) {
      model.parameters().gradients().zero_();
      new UpdateStep(used, model.parameters(), 7).run(architectures, passes, 1, 1);
      return Tensors.toFloats(model.parameters().gradients());
    }
  }

  private static float[] logits(SuperTransformer model, SubTransformer architecture) {
    try (Scope scope = Scope.open();
        AutoGradMode off = new AutoGradMode(false)) {
      Transformer transformer =
          new Transformer(model.derive(architecture, Precision.FP32), DropoutRates.NONE);
      Tensor source = Tensors.of(new long[] {5, 9, 4, 2, 7, 2, 1, 1}, Tensors.cpu(), 2, 4);
      Tensor previous = Tensors.of(new long[] {2, 6, 5, 2, 8, 4}, Tensors.cpu(), 2, 3);
      return Tensors.toFloats(
          transformer.logits(
              transformer.decode(transformer.encode(source, source.ne(new Scalar(1))), previous)));
    }
  }

  private static void assertClose(float[] got, float[] expected, String what) {
    assertThat(got).as(what).hasSameSizeAs(expected);
    for (int i = 0; i < got.length; i++) {
      assertThat(got[i]).as(what).isCloseTo(expected[i], within(2e-5f));
    }
  }
}
