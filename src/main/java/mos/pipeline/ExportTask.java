package mos.pipeline;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import mos.base.ConfigurationException;
import mos.base.Json;
import mos.config.Setting;
import mos.config.Settings;
import mos.model.SuperTransformer;
import mos.port.ExportedModel;
import mos.port.ReferenceBatch;
import mos.space.SubTransformer;
import mos.space.SubTransformerFile;
import mos.tensor.Tensors;
import mos.train.Checkpoint;
import mos.train.ModelDescription;

/** Writes one SubTransformer as a plain Transformer that needs neither supernet nor experts. */
public final class ExportTask implements Task {
  static final Setting<Boolean> REFERENCE =
      Setting.ofBoolean("reference")
          .defaultsTo(false)
          .doc("Also write a batch of inputs and logits to compare another implementation with");

  @Override
  public String name() {
    return "export";
  }

  @Override
  public String description() {
    return "Writes one SubTransformer as a folder: model.safetensors and config.json, and with"
        + " --data\nits dictionaries, BPE codes and text preprocessing. From a SuperTransformer's"
        + " checkpoint it is\nmaterialised for --sub-configs. docs/python.md reads it in PyTorch.";
  }

  @Override
  public String example() {
    return "export --path supernet/checkpoint_best.safetensors --sub-configs arch.yml --data data"
        + " --out model";
  }

  @Override
  public List<Setting<?>> settings() {
    List<Setting<?>> settings = new ArrayList<>(SubTransformerFile.settings());
    settings.addAll(DataFolder.settings());
    settings.addAll(List.of(PortFiles.PATH, PortFiles.OUT, REFERENCE));
    return settings;
  }

  @Override
  public ObjectNode run(Settings settings) {
    Path path = settings.get(PortFiles.PATH);
    Path out = settings.get(PortFiles.OUT);
    try (Checkpoint checkpoint = Checkpoint.open(path)) {
      ModelDescription description = checkpoint.description();
      SubTransformer architecture = architecture(settings, description, path);
      Optional<Path> data = data(settings, description, path);
      try (SuperTransformer model = checkpoint.model(Tensors.cpu(), false);
          SuperTransformer plain = model.materialise(architecture, false)) {
        ExportedModel.write(out, description, plain, architecture, data);
        if (settings.get(REFERENCE)) {
          ReferenceBatch.write(out.resolve(ExportedModel.REFERENCE), plain, architecture);
        }
        ObjectNode figures = Json.object();
        figures.put("out", out.toString());
        figures.put("parameters", plain.parameters().size());
        figures.set("architecture", SubTransformerFile.toJson(architecture));
        return figures;
      }
    }
  }

  private static SubTransformer architecture(
      Settings settings, ModelDescription description, Path path) {
    SubTransformer own = description.architecture();
    if (!SubTransformerFile.given(settings)) {
      if (own == null) {
        throw new ConfigurationException(
            path + " is a SuperTransformer: need --sub-configs, the SubTransformer to export");
      }
      return own;
    }
    SubTransformer given = SubTransformerFile.fromSettings(settings);
    if (own != null && !own.equals(given)) {
      throw new ConfigurationException(
          path + " is one SubTransformer, and not the one of --sub-configs; leave that out");
    }
    return given;
  }

  private static Optional<Path> data(Settings settings, ModelDescription description, Path path) {
    if (!settings.has(DataFolder.DATA)) {
      return Optional.empty();
    }
    DataFolder data = DataFolder.open(settings);
    description.checkDictionaries(
        data.sourceDictionary(), data.targetDictionary(), path.toString());
    return Optional.of(data.folder());
  }

  @Override
  public String describe(ObjectNode figures) {
    return figures.path("parameters").asLong()
        + " parameters written to "
        + figures.path("out").asText();
  }
}
