package mos.command;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import mos.base.ConfigurationException;
import mos.base.Json;
import mos.command.settings.DataSettings;
import mos.command.settings.ExportSettings;
import mos.command.settings.FileSettings;
import mos.config.Setting;
import mos.config.Settings;
import mos.experiment.DataFolder;
import mos.experiment.Models;
import mos.model.ModelConfig;
import mos.port.CTranslate2Model;
import mos.port.CTranslate2Quantization;
import mos.port.ExportedModel;
import mos.port.ReferenceBatch;
import mos.space.ConfigurationDictionary;
import mos.space.ModelCost;
import mos.space.SubTransformer;
import mos.space.SubTransformerFile;
import mos.tensor.Tensors;
import mos.train.ModelDescription;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes one SubTransformer as a plain Transformer that needs neither supernet nor experts. */
public final class ExportTask implements Command<ObjectNode> {
  private static final Logger LOG = LoggerFactory.getLogger(ExportTask.class);

  @Override
  public String name() {
    return "export";
  }

  @Override
  public String description() {
    return "The folder has model.safetensors and config.json, and with --data all that raw text"
        + " needs: dictionaries, BPE codes, the tokeniser's lists. From a SuperTransformer's checkpoint it is materialised"
        + " for --sub-configs. docs/python.md reads it in PyTorch.";
  }

  @Override
  public String example() {
    return "export --path supernet/checkpoint_best.safetensors --sub-configs arch.yml --data data"
        + " --out model";
  }

  @Override
  public List<Setting<?>> settings() {
    List<Setting<?>> settings = new ArrayList<>(SubTransformerFile.settings());
    settings.addAll(DataSettings.ofFolder());
    settings.addAll(
        List.of(
            FileSettings.PATH,
            FileSettings.OUT,
            ExportSettings.FORMAT,
            ExportSettings.QUANTIZATION,
            ExportSettings.REFERENCE));
    return settings;
  }

  @Override
  public Class<ObjectNode> result() {
    return ObjectNode.class;
  }

  @Override
  public ObjectNode run(Settings settings) {
    Path path = settings.get(FileSettings.PATH);
    Path out = settings.get(FileSettings.OUT);
    try (Models.Plain plain =
        Models.plain(path, FileSettings.architecture(settings), Tensors.cpu())) {
      SubTransformer architecture = plain.architecture();
      if (SubTransformerFile.given(settings)
          && !SubTransformerFile.fromSettings(settings).equals(architecture)) {
        throw new ConfigurationException(
            path + " is one SubTransformer, and not the one of --sub-configs; leave that out");
      }
      Optional<Path> data = data(settings, plain.description(), path);
      if (settings.get(ExportSettings.FORMAT).equals(ExportSettings.CTRANSLATE2)) {
        writeCTranslate2(settings, plain, data);
      } else {
        ExportedModel.write(out, plain.description(), plain.model(), architecture, data);
      }
      if (settings.get(ExportSettings.REFERENCE)) {
        ReferenceBatch.write(out.resolve(ExportedModel.REFERENCE), plain.model(), architecture);
      }
      ObjectNode figures = Json.object();
      figures.put("out", out.toString()).put("format", settings.get(ExportSettings.FORMAT));
      figures.put("parameters", cost(plain).parameters(plain.architecture()));
      figures.set("architecture", ConfigurationDictionary.toJson(architecture));
      return figures;
    }
  }

  private static void writeCTranslate2(Settings settings, Models.Plain plain, Optional<Path> data) {
    CTranslate2Model.write(
        settings.get(FileSettings.OUT),
        plain.description(),
        plain.model(),
        plain.architecture(),
        data.orElseThrow(
            () ->
                new ConfigurationException(
                    "--format ctranslate2 needs the dictionaries: name their folder with --data")),
        CTranslate2Quantization.of(settings.get(ExportSettings.QUANTIZATION)));
  }

  /** The named folder, or a model's own that has its dictionaries. */
  private static Optional<Path> data(Settings settings, ModelDescription description, Path path) {
    if (!settings.has(DataSettings.DATA)) {
      String dictionary = "dict." + description.sourceLanguage() + ".txt";
      if (Files.exists(path.resolve(dictionary))) {
        return Optional.of(path);
      }
      LOG.warn(
          "without --data the folder gets no dictionaries and no BPE codes: it cannot translate text");
      return Optional.empty();
    }
    DataFolder data = DataFolder.open(DataSettings.source(settings));
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
  private static ModelCost cost(Models.Plain plain) {
    ModelConfig config = plain.model().config();
    return new ModelCost(
        config.qkvDim(),
        config.sourceVocabulary(),
        config.targetVocabulary(),
        config.shareAllEmbeddings(),
        Math.max(1, config.tokenTopK()));
  }
}
