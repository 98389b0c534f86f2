package mos.experiment;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import mos.base.Sha256;
import mos.base.Version;
import mos.onnx.OnnxFolder;
import mos.port.ExportedModel;
import mos.tensor.Native;
import mos.tensor.SafeTensors;

/** What results are made from and with: versions, hashes of data and parents. */
public final class Provenance {
  private Provenance() {}

  /** This program, Java and, where it is here, libtorch. */
  public static Map<String, String> versions() {
    Map<String, String> versions = new LinkedHashMap<>();
    versions.put("version", Version.current());
    versions.put("java", Runtime.version().toString());
    if (Native.isPresent()) {
      versions.put("libtorch", Native.version());
    }
    return versions;
  }

  /**
   * What something is made with and from.
   *
   * @param device as {@link mos.tensor.Devices#describe} names it
   * @param parent the model whose weights it uses, if any
   * @param splits of the data that it uses
   */
  public static Map<String, String> of(
      DataFolder data, String device, Optional<Path> parent, String... splits) {
    Map<String, String> made = versions();
    made.put("device", device);
    made.putAll(data.hashes(splits));
    parent.ifPresent(file -> made.put("parent", hash(file)));
    return made;
  }

  /** Of a checkpoint, or a folder with a model, the hash of its tensors: metadata tells times. */
  public static String hash(Path file) {
    if (OnnxFolder.concerns(file)) {
      return Sha256.of(file.resolve(OnnxFolder.WEIGHTS));
    }
    if (Files.isDirectory(file)) {
      return hash(file.resolve(ExportedModel.PARAMETERS));
    }
    if (!file.toString().endsWith(".safetensors")) {
      return Sha256.of(file);
    }
    try (SafeTensors tensors = SafeTensors.open(file, false)) {
      return tensors.dataHash();
    }
  }
}
