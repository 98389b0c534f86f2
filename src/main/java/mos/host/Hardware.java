package mos.host;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.ArrayList;
import java.util.List;
import mos.base.Json;
import mos.base.MosException;

/**
 * What a latency was measured on; stored with every dataset and predictor.
 *
 * @param spec the user's name for it, e.g. cpu_xeon
 * @param cpuModel as the operating system names it
 * @param logicalCores cores that the program may use
 * @param threads threads of one tensor operation
 * @param precision compute type, fp32, bf16 or fp16; of ONNX Runtime fp32 or int8
 * @param device cpu, or the GPU's name
 * @param java version of the Java runtime
 * @param libtorch version of the libtorch presets; empty where it did not compute
 * @param onnxruntime version of ONNX Runtime; empty where it did not compute
 */
@JsonNaming(PropertyNamingStrategies.LowerCamelCaseStrategy.class)
public record Hardware(
    String spec,
    String cpuModel,
    int logicalCores,
    int threads,
    String precision,
    String device,
    String java,
    String libtorch,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) String onnxruntime) {
  private static final String RUNNER = "runner ";

  /** What may compute. */
  public static final String LIBTORCH = "libtorch";

  /** The other that may. */
  public static final String ONNX = "onnx";

  public Hardware {
    // Older files lack it.
    onnxruntime = onnxruntime == null ? "" : onnxruntime;
  }

  /** Of libtorch, or of a source that is not of this program. */
  public Hardware(
      String spec,
      String cpuModel,
      int logicalCores,
      int threads,
      String precision,
      String device,
      String java,
      String libtorch) {
    this(spec, cpuModel, logicalCores, threads, precision, device, java, libtorch, "");
  }

  /**
   * This machine now.
   *
   * @param threads of one tensor operation
   * @param libtorch version of the libtorch presets
   */
  public static Hardware here(
      String spec, String device, String precision, int threads, String libtorch) {
    String cpu = Host.cpuModel();
    return new Hardware(
        spec,
        cpu.isEmpty() ? System.getProperty("os.arch") : cpu,
        Runtime.getRuntime().availableProcessors(),
        threads,
        precision,
        device,
        Runtime.version().toString(),
        libtorch,
        "");
  }

  /**
   * This machine now, where ONNX Runtime computes on its CPU.
   *
   * @param precision fp32 or int8
   * @param version of ONNX Runtime
   */
  public static Hardware ofOnnx(String spec, String precision, int threads, String version) {
    Hardware here = here(spec, "cpu", precision, threads, "");
    return new Hardware(
        here.spec,
        here.cpuModel,
        here.logicalCores,
        threads,
        precision,
        here.device,
        here.java,
        "",
        version);
  }

  /** What computed, as settings name it: libtorch or onnx; also libtorch for a command. */
  public String runtime() {
    return onnxruntime.isEmpty() ? LIBTORCH : ONNX;
  }

  /**
   * What a command measures on: known by the user's name for it and by the command alone, whatever
   * this machine is.
   *
   * @param identity of the command, {@link CommandIdentity#of}
   */
  public static Hardware ofRunner(String spec, String identity) {
    return new Hardware(spec, "", 1, 1, "", RUNNER + identity, "", "");
  }

  /** Every difference that makes times incomparable, in words; empty when there is none. */
  public List<String> differences(Hardware other) {
    List<String> found = new ArrayList<>();
    compare(found, "hardware-spec", spec, other.spec);
    compare(found, "CPU", cpuModel, other.cpuModel);
    compare(found, "logical cores", logicalCores, other.logicalCores);
    compare(found, "threads", threads, other.threads);
    compare(found, "precision", precision, other.precision);
    if (!sameDevice(other)) {
      compare(found, "device", device, other.device);
    }
    compare(found, "Java", java, other.java);
    if (runtime().equals(other.runtime())) {
      compare(found, "libtorch", libtorch, other.libtorch);
      compare(found, "ONNX Runtime", onnxruntime, other.onnxruntime);
    } else {
      compare(found, "runtime", runtime(), other.runtime());
    }
    return found;
  }

  /** Whether no more than the versions of Java and of what computes differ. */
  public boolean sameMachine(Hardware other) {
    return runtime().equals(other.runtime())
        && new Hardware(
                spec,
                cpuModel,
                logicalCores,
                threads,
                precision,
                device,
                other.java,
                other.libtorch,
                other.onnxruntime)
            .equals(other);
  }

  /** Commands are told as {@link CommandIdentity#same} compares them. */
  public boolean sameDevice(Hardware other) {
    if (!device.startsWith(RUNNER) || !other.device.startsWith(RUNNER)) {
      return device.equals(other.device);
    }
    try {
      return CommandIdentity.same(
          device.substring(RUNNER.length()), other.device.substring(RUNNER.length()));
    } catch (IllegalArgumentException e) {
      // Saved by an earlier version, which did not quote.
      return device.equals(other.device);
    }
  }

  private static void compare(List<String> found, String what, Object mine, Object theirs) {
    if (!mine.equals(theirs)) {
      found.add(what + " " + mine + " against " + theirs);
    }
  }

  /**
   * Reads what {@link Json} wrote of a record.
   *
   * @throws MosException for a missing or mistyped part
   */
  public static Hardware fromJson(JsonNode json, String where) {
    return new Hardware(
        text(json, "spec", where),
        text(json, "cpuModel", where),
        whole(json, "logicalCores", where),
        whole(json, "threads", where),
        text(json, "precision", where),
        text(json, "device", where),
        text(json, "java", where),
        text(json, "libtorch", where),
        json.has("onnxruntime") ? text(json, "onnxruntime", where) : "");
  }

  private static String text(JsonNode json, String key, String where) {
    JsonNode node = json.path(key);
    if (!node.isTextual()) {
      throw new MosException(where + ": hardware." + key + ": got " + node + ", must be text");
    }
    return node.textValue();
  }

  private static int whole(JsonNode json, String key, String where) {
    JsonNode node = json.path(key);
    if (!node.isInt() || node.intValue() < 1) {
      throw new MosException(
          where + ": hardware." + key + ": got " + node + ", must be a whole number from 1");
    }
    return node.intValue();
  }
}
