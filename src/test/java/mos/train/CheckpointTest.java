package mos.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import mos.base.Json;
import mos.base.MosException;
import mos.data.Dictionary;
import mos.data.UpdateIterator;
import mos.model.SuperTransformer;
import mos.tensor.ParameterArena;
import mos.tensor.SafeTensors;
import mos.tensor.Scope;
import mos.tensor.Tensors;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointTest {
  private static final TrainState STATE =
      new TrainState(17, new UpdateIterator.Position(3, 2), 2.5, 12.25, 4711);

  @TempDir Path folder;
  private ReverseTask task;
  private SuperTransformer model;
  private Path file;

  @BeforeEach
  void save() {
    task = ReverseTask.in(folder);
    model = task.model(ReverseTask.experts());
    file = folder.resolve("c.safetensors");
  }

  @AfterEach
  void close() {
    model.close();
    task.close();
  }

  private void write() {
    Checkpoint.save(file, task.description(model, Map.of("seed", 3)), model, STATE);
  }

  @Test
  void roundTripKeepsEverything() {
    ModelDescription description =
        task.description(
            model, Map.of("seed", 3, "label-smoothing", 0.1, "lr-scheduler", "cosine"));
    try (Scope scope = Scope.open();
        Adam adam = new Adam(model.parameters(), AdamConfig.DEFAULT);
        Adam restored = new Adam(model.parameters(), AdamConfig.DEFAULT)) {
      adam.firstMoment().fill_(new Scalar(0.25));
      adam.secondMoment().uniform_();
      Checkpoint.save(file, description, model, adam, STATE);
      try (Checkpoint checkpoint = Checkpoint.open(file);
          SuperTransformer loaded = checkpoint.model(Tensors.cpu(), false)) {
        assertThat(checkpoint.description()).isEqualTo(description);
        assertThat(checkpoint.state()).isEqualTo(STATE);
        assertThat(checkpoint.hasOptimizer()).isTrue();
        assertThat(loaded.config()).isEqualTo(model.config());
        assertThat(loaded.parameters().values().equal(model.parameters().values())).isTrue();
        checkpoint.loadOptimizer(restored);
        assertSameMoments(restored, adam);
      }
    }
  }

  private void assertSameMoments(Adam found, Adam expected) {
    ParameterArena arena = model.parameters();
    for (String name : arena.names()) {
      Tensor first = arena.view(found.firstMoment(), name);
      Tensor second = arena.view(found.secondMoment(), name);
      assertThat(first.equal(arena.view(expected.firstMoment(), name))).as(name).isTrue();
      assertThat(second.equal(arena.view(expected.secondMoment(), name))).as(name).isTrue();
    }
  }

  /** Format 1 had Adam's moments as flat tensors, in the order of the file's parameters. */
  @Test
  void flatMomentsOfFormat1AreRead() {
    try (Scope scope = Scope.open();
        Adam adam = new Adam(model.parameters(), AdamConfig.DEFAULT);
        Adam restored = new Adam(model.parameters(), AdamConfig.DEFAULT)) {
      adam.firstMoment().uniform_();
      adam.secondMoment().uniform_();
      Checkpoint.save(file, task.description(model, Map.of()), model, adam, STATE);
      Map<String, Tensor> tensors = new LinkedHashMap<>();
      TensorVector first = new TensorVector();
      TensorVector second = new TensorVector();
      List<String> names = new ArrayList<>(model.parameters().names());
      Collections.reverse(names);
      for (String name : names) {
        tensors.put(name, model.parameters().value(name));
        first.push_back(model.parameters().view(adam.firstMoment(), name).flatten());
        second.push_back(model.parameters().view(adam.secondMoment(), name).flatten());
      }
      tensors.put("optimizer.exp_avg", torch.cat(first, 0));
      tensors.put("optimizer.exp_avg_sq", torch.cat(second, 0));
      Map<String, String> metadata;
      try (SafeTensors saved = SafeTensors.open(file, true)) {
        metadata = new LinkedHashMap<>(saved.metadata());
      }
      metadata.computeIfPresent(
          "mos", (k, v) -> v.replace("\"format_version\":2", "\"format_version\":1"));
      metadata.remove("crc32c");
      SafeTensors.write(file, tensors, metadata);
      try (Checkpoint checkpoint = Checkpoint.open(file)) {
        checkpoint.loadOptimizer(restored);
        assertSameMoments(restored, adam);
      }
    }
  }

  @Test
  void stateBeforeAnyValidationComesBackToo() {
    Checkpoint.save(file, task.description(model, Map.of()), model, TrainState.START);
    try (Checkpoint checkpoint = Checkpoint.open(file)) {
      assertThat(checkpoint.state()).isEqualTo(TrainState.START);
      assertThat(checkpoint.hasOptimizer()).isFalse();
    }
  }

  @Test
  void truncatedFilesAreRefused() throws IOException {
    write();
    byte[] whole = Files.readAllBytes(file);
    Path cut = folder.resolve("cut.safetensors");
    for (int length = 0; length < whole.length; length += 1 + length / 16) {
      Files.write(cut, Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> Checkpoint.open(cut).close())
          .as("first %d bytes", length)
          .isInstanceOf(MosException.class)
          .hasMessageContaining(cut.toString());
    }
    Files.write(cut, Arrays.copyOf(whole, whole.length - 1));
    assertThatThrownBy(() -> Checkpoint.open(cut).close()).isInstanceOf(MosException.class);
    Files.write(cut, Arrays.copyOf(whole, whole.length + 1));
    assertThatThrownBy(() -> Checkpoint.open(cut).close()).isInstanceOf(MosException.class);
  }

  @Test
  void anyFlippedByteIsFound() throws IOException {
    write();
    byte[] bytes = Files.readAllBytes(file);
    Path flipped = folder.resolve("flipped.safetensors");
    // In the name of the checksum itself damage only means that there is none.
    int name = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("crc32c");
    int header = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt();
    for (int i = 0; i < bytes.length; i += i < 700 ? 1 : i < header ? 29 : 4001) {
      if (i >= name && i < name + 6) {
        continue;
      }
      bytes[i] ^= 1;
      Files.write(flipped, bytes);
      assertThatThrownBy(() -> Checkpoint.open(flipped).close())
          .as("byte %d", i)
          .isInstanceOf(MosException.class)
          .hasMessageContaining(flipped.toString());
      bytes[i] ^= 1;
    }
  }

  /** Writes a checkpoint with valid checksums whose metadata was changed. */
  private void rewrite(Consumer<ObjectNode> change) {
    write();
    try (Scope scope = Scope.open();
        SafeTensors tensors = SafeTensors.open(file, true)) {
      Map<String, Tensor> all = new LinkedHashMap<>();
      tensors.names().forEach(name -> all.put(name, tensors.read(name)));
      JsonNode metadata = Json.parse(tensors.metadata().get("mos"), "metadata");
      change.accept((ObjectNode) metadata);
      SafeTensors.write(file, all, Map.of("mos", Json.line(metadata)));
    }
  }

  private void assertRefused(String part) {
    assertThatThrownBy(
            () -> {
              try (Checkpoint checkpoint = Checkpoint.open(file)) {
                checkpoint.model(Tensors.cpu(), false).close();
              }
            })
        .isInstanceOf(MosException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining(part);
  }

  @Test
  void otherFormatVersionIsRefused() {
    rewrite(metadata -> metadata.put("format_version", 3));
    assertRefused("checkpoint format 3, this program reads formats 1 to 2");
  }

  @Test
  void incompleteDescriptionsAreRefused() {
    for (String part : new String[] {"description", "train_state"}) {
      rewrite(metadata -> metadata.remove(part));
      assertRefused("");
      rewrite(metadata -> metadata.putNull(part));
      assertRefused("");
      rewrite(metadata -> metadata.put(part, "x"));
      assertRefused("");
    }
    for (String part : new String[] {"model", "sourceDictionary", "settings"}) {
      rewrite(metadata -> ((ObjectNode) metadata.get("description")).putNull(part));
      assertRefused("");
    }
    rewrite(metadata -> ((ObjectNode) metadata.get("train_state")).put("epoch", -4));
    assertRefused("");
    rewrite(metadata -> ((ObjectNode) metadata.get("train_state")).put("update", -4));
    assertRefused("");
    rewrite(
        metadata ->
            ((ObjectNode) metadata.get("description").get("model"))
                .put("sourceVocabulary", Integer.MAX_VALUE)
                .put("targetVocabulary", Integer.MAX_VALUE));
    assertRefused("");
    rewrite(metadata -> ((ObjectNode) metadata.get("description").get("model")).put("qkvDim", -3));
    assertRefused("");
  }

  @Test
  void fileOfAnotherProgramIsRefused() {
    try (Scope scope = Scope.open()) {
      SafeTensors.write(file, Map.of("x", Tensors.of(new float[] {1}, Tensors.cpu(), 1)), Map.of());
    }
    assertRefused("not a checkpoint of this program");
  }

  @Test
  void otherModelIsRefused() {
    write();
    try (Checkpoint checkpoint = Checkpoint.open(file);
        SuperTransformer other = task.model(ReverseTask.experts(3, "archrouting_jack_2L"))) {
      assertThatThrownBy(() -> checkpoint.loadParameters(other))
          .isInstanceOf(MosException.class)
          .hasMessageContaining("the checkpoint is of another model");
    }
  }

  @Test
  void wrongDictionaryIsNamed() {
    Dictionary mine = task.train().sourceDictionary();
    Dictionary other = Dictionary.fromCounts(Map.of("a", 3L), 0, 1, 8);
    ModelDescription description = task.description(model, Map.of());
    description.checkDictionaries(mine, mine, "c");
    assertThatThrownBy(() -> description.checkDictionaries(mine, other, "c"))
        .isInstanceOf(MosException.class)
        .hasMessageContaining("the de dictionary of 8 symbols is not the one that c was trained")
        .hasMessageContaining(other.hash())
        .hasMessageContaining(mine.hash());
  }

  @Test
  void missingFileIsSaid() {
    assertThatThrownBy(() -> Checkpoint.open(folder.resolve("no.safetensors")))
        .isInstanceOf(MosException.class)
        .hasMessageContaining("no.safetensors: no such file");
  }
}
