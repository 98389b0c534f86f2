package mos.parity;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import mos.base.AtomicFile;
import mos.base.Json;
import mos.base.MosException;
import mos.tensor.Devices;
import mos.tensor.Precision;
import org.bytedeco.pytorch.Device;

/** All golden files of a folder: every JSON file with a safetensors file of its name beside it. */
public final class GoldenFolder {
  /**
   * What the comparison of one file gave.
   *
   * @param name without ending
   * @param figures errors by name; empty if the file was not compared
   * @param message why it was not compared, or an empty text
   * @param passed whether it agrees
   */
  public record Result(String name, Map<String, Object> figures, String message, boolean passed) {
    public Result {
      figures = new LinkedHashMap<>(figures);
    }
  }

  private GoldenFolder() {}

  /**
   * Compares every file.
   *
   * @param device cpu, cuda or cuda:N
   * @param skipped names without ending that are left out
   * @throws MosException if there is no golden file or one cannot be read
   */
  public static List<Result> check(
      Path folder, String device, Precision precision, Set<String> skipped) {
    List<Path> files = files(folder);
    if (files.isEmpty()) {
      throw new MosException(
          folder + ": no golden files, need NAME.json with NAME.safetensors beside it");
    }
    Device target = Devices.of(device);
    List<Result> results = new ArrayList<>();
    for (Path file : files) {
      if (!skipped.contains(name(file))) {
        results.add(check(file, target, precision));
      }
    }
    return results;
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

  private static Result check(Path file, Device device, Precision precision) {
    JsonNode golden = Json.read(file);
    Map<String, Object> figures = new LinkedHashMap<>();
    boolean passed;
    if (BeamParity.concerns(golden)) {
      BeamParity.Errors errors = BeamParity.check(file, device, precision);
      figures.put("cases", errors.cases());
      figures.put("n_best_lists", errors.lists());
      figures.put("differing_lists", errors.differing());
      figures.put("score", errors.score());
      passed = errors.passes(ModelParity.tolerance(precision));
    } else {
      ModelParity.Errors errors = ModelParity.check(file, device, precision);
      figures.put("cases", errors.cases());
      figures.put("encoder", errors.encoder());
      figures.put("logits", errors.logits());
      figures.put("loss", errors.loss());
      figures.put("gradient_norms", errors.gradientNorms());
      figures.put("gradient_sums", errors.gradientSums());
      figures.put("materialised", errors.materialised());
      figures.put("packed", errors.packed());
      figures.put("differing_counts", errors.counts());
      passed = errors.passes(ModelParity.tolerance(precision));
    }
    return new Result(name(file), figures, "", passed);
  }
}
