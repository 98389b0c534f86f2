package mos.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import mos.kernel.TensorKernels;
import mos.nn.Linear;
import mos.space.Plain;
import mos.space.SearchSpace;
import mos.space.SubTransformer;
import mos.tensor.Native;
import mos.tensor.Precision;
import mos.tensor.Scope;
import mos.tensor.Tensors;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Weights depend on what is asked for, never on when. */
class WeightOrderTest {
  private static final SearchSpace PLAIN =
      Plain.space(
          List.of(16, 8),
          List.of(12, 8),
          List.of(24, 12),
          List.of(24, 12),
          List.of(2),
          List.of(2, 1),
          List.of(4, 2),
          List.of(4, 2),
          List.of(4, 1),
          List.of(-1, 1));

  /** Head sizes leave a part of the projections out; token experts share weight sets. */
  private static final SearchSpace HEADS =
      PLAIN
          .withHeadDims(List.of(4, 3, 2), List.of(4, 2))
          .withActivations(List.of(1, 2), List.of(1));

  private static final SearchSpace TOKENS =
      PLAIN.withTokenExperts(List.of(1, 2, 3), List.of(24, 12, 0), List.of(1, 2));

  @BeforeAll
  static void oneThread() {
    Native.setThreads(1);
  }

  private static SuperTransformer model(
      SearchSpace space, String routing, ExpertConfig.Modules modules, int rank) {
    ExpertConfig experts =
        routing.equals("none")
            ? ExpertConfig.NONE
            : new ExpertConfig(3, routing, 6, -1, "aggr", ExpertConfig.NONE.featureNorm())
                .of(modules, rank);
    SuperTransformer model =
        new SuperTransformer(ModelConfig.of(space, 16, 17, 17, true, experts), Tensors.cpu(), true);
    Initialization.initialise(model, 11);
    try (Scope scope = Scope.open();
        AutoGradMode off = new AutoGradMode(false)) {
      Tensor values = model.parameters().values();
      values.add_(torch.randn_like(values), new Scalar(0.1));
    }
    return model;
  }

  /** What was asked for: a cut, a norm or a matrix. */
  private sealed interface Question {
    List<Tensor> ask(WeightSource source);

    record Cut(String name, long row, List<Long> extents) implements Question {
      @Override
      public List<Tensor> ask(WeightSource source) {
        return List.of(source.cut(name, row, extents.stream().mapToLong(e -> e).toArray()));
      }
    }

    record Norm(String name, long width) implements Question {
      @Override
      public List<Tensor> ask(WeightSource source) {
        return List.of(source.norm(name, width));
      }
    }

    record Matrix(WeightMatrix matrix) implements Question {
      @Override
      public List<Tensor> ask(WeightSource source) {
        Linear linear = source.matrix(matrix);
        return List.of(linear.weight(), linear.bias().get());
      }
    }
  }

  /** Notes all questions of a derivation with their answers. */
  private static final class Notes implements WeightSource {
    private final WeightSource source;
    private final Map<Question, List<float[]>> answers = new HashMap<>();

    Notes(WeightSource source) {
      this.source = source;
    }

    private List<Tensor> note(Question question) {
      List<Tensor> answer = question.ask(source);
      answers.put(question, numbers(answer));
      return answer;
    }

    @Override
    public Tensor cut(String name, long row, long... extents) {
      return note(new Question.Cut(name, row, java.util.Arrays.stream(extents).boxed().toList()))
          .get(0);
    }

    @Override
    public Tensor norm(String name, long width) {
      return note(new Question.Norm(name, width)).get(0);
    }

    @Override
    public Linear mixed(WeightMatrix matrix) {
      throw new AssertionError("asked for by matrix alone");
    }

    @Override
    public Linear matrix(WeightMatrix matrix) {
      List<Tensor> answer = note(new Question.Matrix(matrix));
      return Linear.of(answer.get(0), answer.get(1));
    }

    @Override
    public Tensor positions(Tensor table, int width) {
      return source.positions(table, width);
    }
  }

  private static List<float[]> numbers(List<Tensor> tensors) {
    return tensors.stream().map(t -> Tensors.toFloats(t.detach().contiguous())).toList();
  }

  private static Leaves leaves(SuperTransformer model, SubTransformer a, boolean trainable) {
    RouterBank routers =
        model.config().experts().count() == 1 ? null : model.routers(List.of(a), trainable, false);
    return new Leaves(a, model.config(), model.parameters(), routers, Precision.FP32, trainable);
  }

  static Stream<SearchSpace> spaces() {
    return Stream.of(PLAIN, HEADS, TOKENS);
  }

  /** In any order, and some twice: the same bits, and the same plain Transformer. */
  @ParameterizedTest
  @CsvSource({
    "none, FFN, 0",
    "archrouting_jack_2L, FFN, 0",
    "archrouting_jack_3L, ALL, 0",
    "archrouting_jack_2L, ALL, 2",
    "neuronrouting_jack_2L, FFN, 0",
    "neuronrouting_jack_2L, ATTENTION, 0",
    "neuronrouting_jack_2L, ALL, 2",
    "neuronrouting_jack_drop_resnet_3L, ALL, 0"
  })
  void anyOrderGivesTheSameWeights(String routing, ExpertConfig.Modules modules, int rank) {
    Random random = new Random(7);
    for (SearchSpace space : spaces().toList()) {
      try (SuperTransformer model = model(space, routing, modules, rank)) {
        for (int n = 0; n < 4; n++) {
          SubTransformer a = n == 0 ? space.largest() : space.sample(random);
          try (Scope scope = Scope.open();
              AutoGradMode off = new AutoGradMode(false);
              SuperTransformer expected = model.materialise(a, false);
              SuperTransformer plain = model.materialise(a, false)) {
            Notes notes = new Notes(leaves(model, a, false));
            model.assemble(a, notes);
            List<Question> questions = new ArrayList<>(notes.answers.keySet());
            questions.addAll(questions.subList(0, questions.size() / 3));
            Collections.shuffle(questions, random);
            Leaves other = leaves(model, a, false);
            for (Question question : questions) {
              assertThat(numbers(question.ask(other)))
                  .as("%s", question)
                  .usingRecursiveComparison()
                  .isEqualTo(notes.answers.get(question));
            }
            plain.parameters().values().zero_();
            other.copyTo(plain.parameters());
            assertThat(Tensors.toFloats(plain.parameters().values()))
                .isEqualTo(Tensors.toFloats(expected.parameters().values()));
          }
        }
      }
    }
  }

  /** Gradients of a loss that weighs every number, asked for in two orders. */
  @ParameterizedTest
  @CsvSource({"archrouting_jack_2L, 0", "neuronrouting_jack_2L, 0", "neuronrouting_jack_2L, 2"})
  void anyOrderGivesTheSameGradients(String routing, int rank) {
    Random random = new Random(8);
    for (SearchSpace space : spaces().toList()) {
      try (SuperTransformer model = model(space, routing, ExpertConfig.Modules.ALL, rank)) {
        SubTransformer a = space.sample(random);
        List<Question> questions = new ArrayList<>();
        try (Scope scope = Scope.open();
            AutoGradMode off = new AutoGradMode(false)) {
          Notes notes = new Notes(leaves(model, a, false));
          model.assemble(a, notes);
          questions.addAll(notes.answers.keySet());
        }
        float[] expected = gradients(model, a, questions);
        Collections.shuffle(questions, random);
        float[] got = gradients(model, a, questions);
        for (int i = 0; i < got.length; i++) {
          assertThat((double) Math.abs(got[i] - expected[i]))
              .isLessThanOrEqualTo(1e-5 + 1e-5 * Math.abs(expected[i]));
        }
      }
    }
  }

  private static float[] gradients(
      SuperTransformer model, SubTransformer a, List<Question> questions) {
    model.parameters().gradients().zero_();
    try (Scope scope = Scope.open()) {
      Leaves leaves = leaves(model, a, true);
      Tensor sum = null;
      for (Question question : questions) {
        for (Tensor weight : question.ask(leaves)) {
          Tensor square = weight.square().sum();
          sum = sum == null ? square : sum.add(square);
        }
      }
      sum.backward();
      leaves.backpropagate();
      assertThatThrownBy(leaves::backpropagate)
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("these weights' gradients are in the arena already");
    }
    return Tensors.toFloats(model.parameters().gradients());
  }

  @Test
  void backwardHalvesComeOnceAndLast() {
    try (SuperTransformer model =
            model(PLAIN, "neuronrouting_jack_2L", ExpertConfig.Modules.FFN, 0);
        Scope scope = Scope.open()) {
      TrainableWeights weights = model.deriveTrainable(PLAIN.largest(), Precision.FP32, false);
      weights.weights().sourceEmbedding().sum().backward();
      weights.backpropagate();
      float[] once = Tensors.toFloats(model.parameters().gradients());
      assertThatThrownBy(weights::backpropagate).isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(weights::weights)
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("weights after backpropagate: derive them again");
      assertThat(Tensors.toFloats(model.parameters().gradients())).isEqualTo(once);
      RouterBank routers = model.routers(List.of(PLAIN.largest()), true, false);
      routers.backpropagate();
      assertThatThrownBy(routers::backpropagate).isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(() -> routers.of(PLAIN.smallest()))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @ParameterizedTest
  @EnumSource(ExpertConfig.Modules.class)
  void directWeightsAreOfOneUpdateAtATime(ExpertConfig.Modules modules) {
    TensorKernels kernels = new TensorKernels();
    try (SuperTransformer model = model(PLAIN, "neuronrouting_jack_2L", modules, 0);
        SuperTransformer another = model(PLAIN, "neuronrouting_jack_2L", modules, 0);
        ComputeCopy copy = new ComputeCopy(model, Precision.FP32);
        DirectWeights large = model.deriveDirect(PLAIN.largest(), copy, kernels);
        DirectWeights twice = model.deriveDirect(PLAIN.largest(), copy, kernels);
        DirectWeights small = model.deriveDirect(PLAIN.smallest(), copy, kernels);
        Scope scope = Scope.open()) {
      assertThatThrownBy(large::weights)
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("no update has begun with these weights");
      assertThatThrownBy(large::gradients).isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(() -> model.directUpdate(List.of(large, twice), false))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("update: got weights of one architecture twice");
      assertThatThrownBy(() -> another.directUpdate(List.of(large), false))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("update: got weights of another model");

      DirectUpdate first = model.directUpdate(List.of(large, small), false);
      DirectUpdate second = model.directUpdate(List.of(small), false);
      assertThatThrownBy(first::backpropagate)
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("another update has begun with these weights");
      assertThat(small.weights().architecture()).isEqualTo(PLAIN.smallest());
      second.backpropagate();
      assertThatThrownBy(second::backpropagate)
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("this update's gradients are in the arena already");
      assertThatThrownBy(small::gradients).isInstanceOf(IllegalStateException.class);
    }
  }

  /** The copy in 16 bits is never older than the update that reads it. */
  @Test
  void updatesBeginWithTheParametersAsTheyAre() {
    try (SuperTransformer model = model(PLAIN, "none", ExpertConfig.Modules.FFN, 0);
        ComputeCopy copy = new ComputeCopy(model, Precision.BF16);
        DirectWeights weights = model.deriveDirect(PLAIN.largest(), copy, new TensorKernels());
        Scope scope = Scope.open()) {
      for (float value : new float[] {2, 3}) {
        try (AutoGradMode off = new AutoGradMode(false)) {
          model.parameters().values().fill_(new Scalar(value));
        }
        model.directUpdate(List.of(weights), false);
        float[] now =
            Tensors.toFloats(
                weights.weights().sourceEmbedding().to(torch.ScalarType.Float).contiguous());
        assertThat(now).containsOnly(value);
      }
    }
  }
}
