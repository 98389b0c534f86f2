package mos.experiment;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import mos.base.ConfigurationException;
import mos.distributed.Processes;
import mos.onnx.OnnxPrecision;
import mos.port.CTranslate2Model;
import mos.port.CTranslate2Quantization;
import mos.port.ExportedModel;
import mos.port.OnnxExport;
import mos.port.ReferenceBatch;
import mos.results.ExportFigures;
import mos.space.SubTransformer;
import mos.tensor.Tensors;
import mos.train.ModelDescription;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes one SubTransformer as a plain Transformer that needs neither supernet nor experts.
 *
 * @param model a checkpoint, or the folder of an exported model
 * @param architecture the SubTransformer to take, of a SuperTransformer's checkpoint; of any other
 *     model the one that it is, or empty
 * @param data whose dictionaries and codes the folder gets, for raw text; empty: the model's own,
 *     if it has some
 * @param out folder to write
 * @param format of the folder
 * @param reference whether to write a batch of inputs and logits too, to compare another
 *     implementation with
 */
public record Export(
    Path model,
    Optional<Models.Named> architecture,
    Optional<DataSource> data,
    Path out,
    Format format,
    boolean reference)
    implements Experiment<ExportFigures> {
  private static final Logger LOG = LoggerFactory.getLogger(Export.class);

  /** In which form a model is written. */
  public sealed interface Format {
    /** "mos", "ctranslate2" or "onnx". */
    String label();
  }

  /** This program's: {@code model.safetensors} and {@code config.json}. */
  public record Mos() implements Format {
    @Override
    public String label() {
      return "mos";
    }
  }

  /**
   * CTranslate2's, which needs the dictionaries.
   *
   * @param quantization how matrices are stored
   */
  public record CTranslate2(CTranslate2Quantization quantization) implements Format {
    @Override
    public String label() {
      return "ctranslate2";
    }
  }

  /**
   * ONNX graphs, for ONNX Runtime.
   *
   * @param precision of products with weights
   */
  public record Onnx(OnnxPrecision precision) implements Format {
    @Override
    public String label() {
      return "onnx";
    }
  }

  /**
   * One SubTransformer of a SuperTransformer, with all that raw text needs, in this program's form.
   *
   * @param supernet checkpoint
   * @param data folder with its dictionaries
   * @param out folder to write
   */
  public static Export of(Path supernet, SubTransformer architecture, Path data, Path out) {
    return new Export(
        supernet,
        Optional.of(new Models.Named(architecture, "given")),
        Optional.of(DataSource.of(data)),
        out,
        new Mos(),
        false);
  }

  /**
   * {@inheritDoc}
   *
   * @throws ConfigurationException for an architecture that the model is not, for data that it was
   *     not trained with, and for dictionaries that are missing
   */
  @Override
  public ExportFigures run(Processes processes) {
    try (Models.Plain plain = Models.plain(model, architecture, Tensors.cpu())) {
      SubTransformer written = plain.architecture();
      if (architecture.isPresent() && !architecture.get().architecture().equals(written)) {
        throw new ConfigurationException(
            model + " is one SubTransformer, and not the one of --sub-configs; leave that out");
      }
      Optional<Path> folder = dictionaries(plain.description());
      if (format instanceof CTranslate2 form) {
        CTranslate2Model.write(
            out,
            plain.description(),
            plain.model(),
            written,
            folder.orElseThrow(
                () ->
                    new ConfigurationException(
                        "--format ctranslate2 needs the dictionaries: name their folder with"
                            + " --data")),
            form.quantization());
      } else if (format instanceof Onnx form) {
        OnnxExport.write(
            out, plain.description(), plain.model(), written, folder, form.precision());
      } else {
        ExportedModel.write(out, plain.description(), plain.model(), written, folder);
      }
      if (reference) {
        ReferenceBatch.write(out.resolve(ExportedModel.REFERENCE), plain.model(), written);
      }
      return new ExportFigures(out.toString(), format.label(), plain.params(), written);
    }
  }

  /** The named folder, or a model's own that has its dictionaries. */
  private Optional<Path> dictionaries(ModelDescription description) {
    if (data.isPresent()) {
      DataFolder folder = DataFolder.open(data.get());
      folder.check(description, model.toString());
      return Optional.of(folder.folder());
    }
    if (Files.exists(model.resolve("dict." + description.sourceLanguage() + ".txt"))) {
      return Optional.of(model);
    }
    LOG.warn(
        "without --data the folder gets no dictionaries and no BPE codes: it cannot translate text");
    return Optional.empty();
  }
}
