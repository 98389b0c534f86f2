package mos.parity;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import mos.base.AtomicFile;
import mos.base.Json;
import mos.base.MosException;
import mos.results.ParityFigures;
import mos.tensor.Devices;
import mos.tensor.Precision;
import org.bytedeco.pytorch.Device;

/** All golden files of a folder: every JSON file with a safetensors file of its name beside it. */
public final class GoldenFolder {
  private GoldenFolder() {}

  /**
   * Compares every file.
   *
   * @param device cpu, cuda or cuda:N
   * @param skipped names without ending that are left out
   * @throws MosException if there is no golden file or one cannot be read
   */
  public static ParityFigures check(
      Path folder, String device, Precision precision, Set<String> skipped) {
    List<Path> files = files(folder);
    if (files.isEmpty()) {
      throw new MosException(
          folder + ": no golden files, need NAME.json with NAME.safetensors beside it");
    }
    Device target = Devices.of(device);
    List<ParityFigures.GoldenFile> results = new ArrayList<>();
    for (Path file : files) {
      if (!skipped.contains(name(file))) {
        results.add(check(file, target, precision));
      }
    }
    return new ParityFigures(
        ModelParity.tolerance(precision),
        results.stream().allMatch(ParityFigures.GoldenFile::passed),
        results);
  }

  private static List<Path> files(Path folder) {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries
          .filter(file -> file.toString().endsWith(".json"))
          .filter(file -> Files.exists(file.resolveSibling(name(file) + ".safetensors")))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new MosException("cannot read " + folder + ": " + AtomicFile.describe(e), e);
    }
  }

  private static String name(Path file) {
    return file.getFileName().toString().replaceAll("\\.json$", "");
  }

  private static ParityFigures.GoldenFile check(Path file, Device device, Precision precision) {
    ParityFigures.Errors errors =
        BeamParity.concerns(Json.read(file))
            ? BeamParity.check(file, device, precision)
            : ModelParity.check(file, device, precision);
    return new ParityFigures.GoldenFile(
        name(file), errors, "", errors.passes(ModelParity.tolerance(precision)));
  }
}
