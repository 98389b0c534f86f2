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
import mos.model.ModelConfig;
import mos.port.ExportedModel;
import mos.port.ReferenceBatch;
import mos.space.ConfigurationDictionary;
import mos.space.ModelCost;
import mos.space.SubTransformer;
import mos.space.SubTransformerFile;
import mos.tensor.Tensors;
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
    settings.addAll(List.of(Checkpoints.PATH, PortFiles.OUT, REFERENCE));
    return settings;
  }

  @Override
  public ObjectNode run(Settings settings) {
    Path path = settings.get(Checkpoints.PATH);
    Path out = settings.get(PortFiles.OUT);
    try (Checkpoints.Plain plain = Checkpoints.plain(path, settings, Tensors.cpu())) {
      SubTransformer architecture = plain.architecture();
      if (SubTransformerFile.given(settings)
          && !SubTransformerFile.fromSettings(settings).equals(architecture)) {
        throw new ConfigurationException(
            path + " is one SubTransformer, and not the one of --sub-configs; leave that out");
      }
      Optional<Path> data = data(settings, plain.description(), path);
      ExportedModel.write(out, plain.description(), plain.model(), architecture, data);
      if (settings.get(REFERENCE)) {
        ReferenceBatch.write(out.resolve(ExportedModel.REFERENCE), plain.model(), architecture);
      }
      ObjectNode figures = Json.object();
      figures.put("out", out.toString());
      figures.put("parameters", cost(plain).parameters(plain.architecture()));
      figures.set("architecture", ConfigurationDictionary.toJson(architecture));
      return figures;
    }
  }

  private static Optional<Path> data(Settings settings, ModelDescription description, Path path) {
    if (!settings.has(DataFolder.DATA)) {
      return Optional.empty();
    }
    DataFolder data = DataFolder.open(settings);
    data.check(description, path.toString());
    return Optional.of(data.folder());
  }

  @Override
  public String describe(ObjectNode figures) {
    return figures.path("parameters").asLong()
        + " parameters written to "
        + figures.path("out").asText();
  }

  /** The file holds no unused columns, so its size is what the architecture needs. */
  private static ModelCost cost(Checkpoints.Plain plain) {
    ModelConfig config = plain.model().config();
    return new ModelCost(
        config.qkvDim(),
        config.sourceVocabulary(),
        config.targetVocabulary(),
        config.shareAllEmbeddings(),
        Math.max(1, config.tokenTopK()));
  }
}
