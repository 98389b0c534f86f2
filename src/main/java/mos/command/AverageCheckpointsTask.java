package mos.command;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import mos.base.AtomicFile;
import mos.base.ConfigurationException;
import mos.base.Json;
import mos.base.MosException;
import mos.command.settings.FileSettings;
import mos.config.Setting;
import mos.config.Settings;
import mos.experiment.Provenance;
import mos.train.CheckpointAverage;

/** Averages the parameters of named checkpoints, or of a training's last epochs. */
public final class AverageCheckpointsTask implements Command<ObjectNode> {
  private static final Pattern EPOCH = Pattern.compile("checkpoint(\\d{1,9})\\.safetensors");

  @Override
  public String name() {
    return "average-checkpoints";
  }

  @Override
  public String description() {
    return "They are those named by --inputs, or the last --num-epoch-checkpoints of --save-dir.";
  }

  @Override
  public String example() {
    return "average-checkpoints --save-dir model --num-epoch-checkpoints 5"
        + " --out model/average.safetensors";
  }

  @Override
  public List<Setting<?>> settings() {
    return List.of(
        FileSettings.INPUTS,
        FileSettings.SAVE_DIR,
        FileSettings.NUM_EPOCH_CHECKPOINTS,
        FileSettings.OUT);
  }

  @Override
  public Class<ObjectNode> result() {
    return ObjectNode.class;
  }

  @Override
  public ObjectNode run(Settings settings) {
    Path out = settings.get(FileSettings.OUT);
    List<Path> inputs = inputs(settings);
    Map<String, String> made = Provenance.versions();
    made.put("averaged", inputs.stream().map(Provenance::hash).collect(Collectors.joining(",")));
    long update = CheckpointAverage.write(inputs, out, made).update();
    ObjectNode figures = Json.object();
    figures.set("inputs", Json.tree(inputs.stream().map(Path::toString).toList()));
    figures.put("update", update);
    figures.put("out", out.toString());
    return figures;
  }

  private static List<Path> inputs(Settings settings) {
    if (settings.has(FileSettings.INPUTS) == settings.has(FileSettings.NUM_EPOCH_CHECKPOINTS)) {
      throw new ConfigurationException(
          "average-checkpoints: need either --inputs or --num-epoch-checkpoints");
    }
    return settings.has(FileSettings.INPUTS)
        ? Arrays.stream(settings.get(FileSettings.INPUTS).split(","))
            .map(String::strip)
            .filter(name -> !name.isEmpty())
            .map(Path::of)
            .toList()
        : newest(
            settings.get(FileSettings.SAVE_DIR), settings.get(FileSettings.NUM_EPOCH_CHECKPOINTS));
  }

  private static List<Path> newest(Path folder, int count) {
    TreeMap<Integer, Path> epochs = new TreeMap<>(Comparator.reverseOrder());
    try (Stream<Path> files = Files.list(folder)) {
      files.forEach(
          file -> {
            Matcher epoch = EPOCH.matcher(file.getFileName().toString());
            if (epoch.matches()) {
              epochs.put(Integer.parseInt(epoch.group(1)), file);
            }
          });
    } catch (IOException e) {
      throw new MosException("cannot read " + folder + ": " + AtomicFile.describe(e), e);
    }
    if (epochs.size() < count) {
      throw new MosException(
          folder
              + ": got "
              + epochs.size()
              + " epoch checkpoints, need "
              + count
              + " (--num-epoch-checkpoints; training keeps --keep-last-epochs of them)");
    }
    return new ArrayList<>(epochs.values()).subList(0, count);
  }

  @Override
  public String describe(ObjectNode figures) {
    return "mean of "
        + figures.path("inputs").size()
        + " checkpoints written to "
        + figures.path("out").asText();
  }
}
