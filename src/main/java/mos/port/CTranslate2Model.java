package mos.port;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.Map;
import mos.base.AtomicFile;
import mos.base.Json;
import mos.base.MosException;
import mos.data.Dictionary;
import mos.data.ParallelCorpus;
import mos.model.SuperTransformer;
import mos.space.SubTransformer;
import mos.tensor.Precision;
import mos.tensor.Scope;
import mos.train.ModelDescription;

/**
 * A folder that CTranslate2 translates with: {@value #MODEL} in its binary version {@value
 * #BINARY_VERSION}, {@value #CONFIG} and the vocabularies.
 *
 * <p>Source: CTranslate2's documentation and model files, versions 3 and 4.
 */
public final class CTranslate2Model {
  /** The weights. */
  public static final String MODEL = "model.bin";

  /** Special tokens. */
  public static final String CONFIG = "config.json";

  static final int BINARY_VERSION = 6;

  private static final double LAYER_NORM_EPSILON = 1e-5;

  private CTranslate2Model() {}

  /**
   * Writes the folder; what it held under the same names is replaced, the configuration last. BPE
   * codes and the description of preprocessing stand beside: the engine takes tokens.
   *
   * @param description of the model as it was trained
   * @param plain the materialised SubTransformer, on the CPU
   * @param data a folder with the model's dictionaries
   * @throws mos.base.ConfigurationException naming what CTranslate2 cannot compute
   * @throws MosException for a dictionary of another size than the model's vocabulary, or when a
   *     file cannot be written
   */
  public static void write(
      Path folder,
      ModelDescription description,
      SuperTransformer plain,
      SubTransformer architecture,
      Path data,
      CTranslate2Quantization quantization) {
    Dictionary source = ParallelCorpus.dictionary(data, description.sourceLanguage());
    Dictionary target = ParallelCorpus.dictionary(data, description.targetLanguage());
    checkSize("source", source, plain.config().sourceVocabulary());
    checkSize("target", target, plain.config().targetVocabulary());
    try (Scope scope = Scope.open()) {
      CTranslate2Variables variables =
          new CTranslate2Variables(plain.derive(architecture, Precision.FP32), quantization);
      AtomicFile.write(
          folder.resolve(MODEL), out -> writeVariables(Channels.newChannel(out), variables));
    }
    ExportedModel.copyTextFiles(data, folder, description, Json.object());
    vocabulary(folder.resolve("source_vocabulary.json"), source);
    vocabulary(folder.resolve("target_vocabulary.json"), target);
    AtomicFile.writeString(folder.resolve(CONFIG), Json.pretty(config()) + "\n");
  }

  private static void checkSize(String side, Dictionary dictionary, int size) {
    if (dictionary.size() != size) {
      throw new MosException(
          "the "
              + side
              + " dictionary has "
              + dictionary.size()
              + " symbols, the model's vocabulary "
              + size);
    }
  }

  private static void writeVariables(WritableByteChannel out, CTranslate2Variables variables)
      throws IOException {
    write(out, number(BINARY_VERSION));
    write(out, CTranslate2Variable.text(CTranslate2Variables.SPECIFICATION, 0).flip());
    write(out, number(CTranslate2Variables.REVISION));
    write(out, number(variables.variables().size()));
    for (CTranslate2Variable variable : variables.variables().values()) {
      variable.<IOException>write(chunk -> write(out, chunk));
    }
    write(out, number(variables.aliases().size()));
    for (Map.Entry<String, String> alias : variables.aliases().entrySet()) {
      write(out, CTranslate2Variable.text(alias.getKey(), 0).flip());
      write(out, CTranslate2Variable.text(alias.getValue(), 0).flip());
    }
  }

  private static void write(WritableByteChannel out, ByteBuffer buffer) throws IOException {
    while (buffer.hasRemaining()) {
      out.write(buffer);
    }
  }

  private static ByteBuffer number(int value) {
    return ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).flip();
  }

  /** All symbols by number. CTranslate2 calls padding "blank". */
  private static void vocabulary(Path file, Dictionary dictionary) {
    ArrayNode symbols = Json.object().putArray("symbols");
    for (int id = 0; id < dictionary.size(); id++) {
      symbols.add(id == Dictionary.PAD ? "<blank>" : dictionary.symbol(id));
    }
    AtomicFile.writeString(file, Json.line(symbols) + "\n");
  }

  /** As in fairseq, the end of a sentence also begins the target. */
  private static ObjectNode config() {
    ObjectNode json = Json.object();
    json.put("add_source_bos", false).put("add_source_eos", true);
    json.put("bos_token", "<s>").put("eos_token", "</s>").put("unk_token", "<unk>");
    json.put("decoder_start_token", "</s>");
    json.put("layer_norm_epsilon", LAYER_NORM_EPSILON);
    return json;
  }
}
