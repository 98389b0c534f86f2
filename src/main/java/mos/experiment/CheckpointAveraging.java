package mos.experiment;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import mos.base.AtomicFile;
import mos.base.MosException;
import mos.distributed.Processes;
import mos.results.AverageFigures;
import mos.train.CheckpointAverage;

/**
 * Averages the parameters of checkpoints of one training.
 *
 * @param inputs which checkpoints
 * @param out the checkpoint to write
 */
public record CheckpointAveraging(Inputs inputs, Path out) implements Experiment<AverageFigures> {
  private static final Pattern EPOCH = Pattern.compile("checkpoint(\\d{1,9})\\.safetensors");

  /** Which checkpoints are averaged. */
  public sealed interface Inputs {
    /**
     * These.
     *
     * @param files at least one
     */
    record Named(List<Path> files) implements Inputs {
      public Named {
        files = List.copyOf(files);
      }
    }

    /**
     * The newest of a training's epochs.
     *
     * @param folder of the training
     * @param count how many, at least 1
     */
    record LastEpochs(Path folder, int count) implements Inputs {}
  }

  @Override
  public AverageFigures run(Processes processes) {
    List<Path> files =
        inputs instanceof Inputs.LastEpochs last ? newest(last) : ((Inputs.Named) inputs).files();
    Map<String, String> made = Provenance.versions();
    made.put("averaged", files.stream().map(Provenance::hash).collect(Collectors.joining(",")));
    long update = CheckpointAverage.write(files, out, made).update();
    return new AverageFigures(files.stream().map(Path::toString).toList(), update, out.toString());
  }

  private static List<Path> newest(Inputs.LastEpochs last) {
    TreeMap<Integer, Path> epochs = new TreeMap<>(Comparator.reverseOrder());
    try (Stream<Path> files = Files.list(last.folder())) {
      files.forEach(
          file -> {
            Matcher epoch = EPOCH.matcher(file.getFileName().toString());
            if (epoch.matches()) {
              epochs.put(Integer.parseInt(epoch.group(1)), file);
            }
          });
    } catch (IOException e) {
      throw new MosException("cannot read " + last.folder() + ": " + AtomicFile.describe(e), e);
    }
    if (epochs.size() < last.count()) {
      throw new MosException(
          last.folder()
              + ": got "
              + epochs.size()
              + " epoch checkpoints, need "
              + last.count()
              + " (--num-epoch-checkpoints; training keeps --keep-last-epochs of them)");
    }
    return new ArrayList<>(epochs.values()).subList(0, last.count());
  }
}
