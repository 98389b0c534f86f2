package mos.train;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import mos.base.Json;
import mos.base.MosException;
import mos.model.ModelConfig;
import mos.model.SuperTransformer;
import mos.tensor.ParameterArena;
import mos.tensor.SafeTensors;
import mos.tensor.Scope;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Tensor;

/**
 * A model, and what training needs to continue, in one safetensors file: parameters under their
 * names, Adam's moments as flat tensors, everything else as JSON in the file's metadata under the
 * key {@value #METADATA_KEY}. One file, so that its parts can never belong to different moments.
 */
public final class Checkpoint implements AutoCloseable {
  /** The last state, from which training resumes. */
  public static final String LAST = "checkpoint_last.safetensors";

  /** The state with the lowest validation loss, without optimiser. */
  public static final String BEST = "checkpoint_best.safetensors";

  private static final String METADATA_KEY = "mos";

  /** Format 1 had each of Adam's moments as one flat tensor, in the order of the parameters. */
  private static final int FLAT_MOMENTS = 1;

  private static final int FORMAT_VERSION = 2;
  private static final String FIRST_MOMENT = "optimizer.exp_avg";
  private static final String SECOND_MOMENT = "optimizer.exp_avg_sq";

  private final SafeTensors file;
  private final int version;
  private final ModelDescription description;
  private final TrainState state;

  private Checkpoint(SafeTensors file) {
    this.file = file;
    String text = file.metadata().get(METADATA_KEY);
    if (text == null) {
      throw new MosException(file.file() + ": not a checkpoint of this program (no metadata)");
    }
    String where = file.file() + " (metadata)";
    JsonNode metadata = Json.parse(text, where);
    version = metadata.path("format_version").asInt();
    if (version < FLAT_MOMENTS || version > FORMAT_VERSION) {
      throw new MosException(
          file.file()
              + ": checkpoint format "
              + version
              + ", this program reads formats "
              + FLAT_MOMENTS
              + " to "
              + FORMAT_VERSION);
    }
    if (!metadata.path("description").isObject()) {
      throw new MosException(where + ": it does not describe its model");
    }
    description = Json.as(metadata.path("description"), ModelDescription.class, where);
    state = TrainState.fromJson(metadata.path("train_state"), where);
  }

  /**
   * The flat tensors of a checkpoint, in the layout of a model's arena.
   *
   * @param values the parameters, (N) float32
   * @param firstMoment Adam's, likewise; null without optimiser
   * @param secondMoment likewise
   */
  record Content(Tensor values, Tensor firstMoment, Tensor secondMoment) {}

  /** Writes a model. */
  public static void save(
      Path file, ModelDescription description, SuperTransformer model, TrainState state) {
    save(file, description, model, null, state);
  }

  /**
   * Writes a model, and the optimiser, which must have all moments, unless it is null.
   *
   * @throws MosException if the file cannot be written; an older one then stays as it was
   */
  public static void save(
      Path file,
      ModelDescription description,
      SuperTransformer model,
      Adam optimizer,
      TrainState state) {
    ParameterArena arena = model.parameters();
    Content content =
        optimizer == null
            ? new Content(arena.values(), null, null)
            : new Content(arena.values(), optimizer.firstMoment(), optimizer.secondMoment());
    save(file, description, arena, content, state);
  }

  /** Writes {@code content}, which has the layout of {@code arena}. */
  static void save(
      Path file,
      ModelDescription description,
      ParameterArena arena,
      Content content,
      TrainState state) {
    ObjectNode metadata = Json.object();
    metadata.put("format_version", FORMAT_VERSION);
    metadata.set("description", Json.tree(description));
    metadata.set("train_state", state.toJson());
    try (Scope scope = Scope.open()) {
      Map<String, Tensor> tensors = new LinkedHashMap<>();
      for (String name : arena.names()) {
        tensors.put(name, arena.view(content.values(), name));
      }
      if (content.firstMoment() != null) {
        for (String name : arena.names()) {
          tensors.put(moment(FIRST_MOMENT, name), arena.view(content.firstMoment(), name));
          tensors.put(moment(SECOND_MOMENT, name), arena.view(content.secondMoment(), name));
        }
      }
      SafeTensors.write(file, tensors, Map.of(METADATA_KEY, Json.line(metadata)));
    }
  }

  /**
   * Opens a checkpoint and verifies its checksum.
   *
   * @throws MosException if it is missing, damaged or of another format
   */
  public static Checkpoint open(Path file) {
    SafeTensors tensors = SafeTensors.open(file, true);
    try {
      return new Checkpoint(tensors);
    } catch (RuntimeException e) {
      tensors.close();
      throw e;
    }
  }

  /** Which model it is of, with its space, languages and settings. */
  public ModelDescription description() {
    return description;
  }

  /** Where its training stood. */
  public TrainState state() {
    return state;
  }

  /** Makes the model, owned by the caller. */
  public SuperTransformer model(Device device, boolean trainable) {
    // Before memory is taken: the description alone may claim any size.
    checkShapes(SuperTransformer.parameterShapes(description.model()));
    SuperTransformer model = new SuperTransformer(description.model(), device, trainable);
    try {
      loadParameters(model);
      return model;
    } catch (RuntimeException e) {
      model.close();
      throw e;
    }
  }

  /**
   * Copies the parameters into a model of the same configuration.
   *
   * @throws MosException naming the first parameter that is missing or of another shape
   */
  public void loadParameters(SuperTransformer model) {
    ModelConfig mine = description.model();
    if (!mine.equals(model.config())) {
      throw new MosException(
          file.file()
              + ": the checkpoint is of another model: it has "
              + Json.line(mine)
              + ", need "
              + Json.line(model.config()));
    }
    checkShapes(SuperTransformer.parameterShapes(mine));
    ParameterArena arena = model.parameters();
    for (String name : arena.names()) {
      try (Scope scope = Scope.open();
          AutoGradMode off = new AutoGradMode(false)) {
        arena.value(name).copy_(file.read(name));
      }
    }
  }

  private void checkShapes(Map<String, long[]> needed) {
    needed.forEach(
        (name, shape) -> {
          if (!Arrays.equals(file.shape(name), shape)) {
            throw new MosException(
                file.file()
                    + ": parameter "
                    + name
                    + " has shape "
                    + Arrays.toString(file.shape(name))
                    + ", need "
                    + Arrays.toString(shape));
          }
        });
  }

  private static String moment(String moment, String parameter) {
    return moment + "." + parameter;
  }

  /** Whether {@link #loadOptimizer} is possible. */
  public boolean hasOptimizer() {
    return file.names().stream().anyMatch(name -> name.startsWith(SECOND_MOMENT));
  }

  /** Copies Adam's moments, of a share those that are its own. */
  public void loadOptimizer(Adam optimizer) {
    try (Scope scope = Scope.open()) {
      boolean flat = version == FLAT_MOMENTS;
      Tensor first = flat ? file.read(FIRST_MOMENT) : null;
      Tensor second = flat ? file.read(SECOND_MOMENT) : null;
      ParameterArena arena = optimizer.parameters();
      long offset = 0;
      for (String name : file.names()) {
        if (!arena.contains(name)) {
          continue;
        }
        try (Scope inner = Scope.open()) {
          long size = Arrays.stream(arena.shape(name)).reduce(1, (a, b) -> a * b);
          optimizer.restore(
              name,
              flat ? first.narrow(0, offset, size) : moment(FIRST_MOMENT, name, size),
              flat ? second.narrow(0, offset, size) : moment(SECOND_MOMENT, name, size));
          offset += size;
        }
      }
    }
  }

  private Tensor moment(String moment, String parameter, long size) {
    return file.read(moment(moment, parameter)).view(size);
  }

  @Override
  public void close() {
    file.close();
  }
}
