package mos.hostile;

import static mos.hostile.Format.bytes;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import mos.command.settings.ImportSettings;
import mos.config.Settings;
import mos.data.Dictionary;
import mos.model.ExpertConfig;
import mos.model.Initialization;
import mos.model.ModelConfig;
import mos.model.StackSizes;
import mos.model.SuperTransformer;
import mos.port.DictionaryPair;
import mos.port.FairseqCheckpoint;
import mos.port.HatPredictor;
import mos.port.TorchFile;
import mos.port.TorchTensor;
import mos.port.TorchWriter;
import mos.port.TorchWriter.Namespace;
import mos.port.TorchWriter.View;
import mos.tensor.Scope;
import mos.tensor.Tensors;

/** PyTorch's pickles in both forms, with checkpoints and predictors in them. */
final class PickleFormats {
  private static final StackSizes SIDE = StackSizes.of(8, List.of(4));
  private static final ModelConfig CONFIG =
      new ModelConfig(12, 12, true, SIDE, SIDE, 4, ExpertConfig.NONE);
  private static final List<Double> NORM =
      List.of(1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0);
  private static final String PICKLE = "archive/data.pkl";

  private PickleFormats() {}

  static List<Format> all() {
    List<Object> roots = List.of(checkpoint(), predictor());
    List<byte[]> old = roots.stream().map(TorchWriter::old).toList();
    List<byte[]> zip = roots.stream().map(root -> TorchWriter.zip(root, false, "little")).toList();
    List<byte[]> deflated =
        roots.stream().map(root -> TorchWriter.zip(root, true, "little")).toList();
    List<byte[]> inner = zip.stream().map(PickleFormats::pickle).toList();
    byte[] around = zip.get(0);
    return List.of(
        format("pickle, old form", old),
        format("pickle, zip form", zip),
        format("pickle, zip form, deflated", deflated),
        format("pickle, inside the zip", inner).packedBy(bytes -> withPickle(around, bytes)));
  }

  private static Format format(String name, List<byte[]> files) {
    return Format.of(name, "m.pt", files, (file, folder) -> convert(file, folder))
        .withWords(
            "cos\nsystem\n", "c__builtin__\neval\n", "cposix\nsystem\n(S'x'\ntR", ".", "(", ")")
        .withWords(
            "t", "R", "b", "}", "]", "e", "a", "s", "u", "0", "1", "2", "N", "Q", "\205", "\206")
        .withWords("q\0", "h\0", "h\1", "r\377\377\377\177", "\225\377\377\377\377\377\377\377\177")
        .withWords(
            "X\377\377\377\377", "\215\0\0\0\0\0\0\0\200", "\212\377", "\201", "\223", "\217\220")
        .withWords("ctorch\nFloatStorage\n", "ccollections\nOrderedDict\n", "]q\0h\0a", "](h\0e2a")
        .withWords(
            "ctorch._utils\n_rebuild_tensor_v2\n", "PK\1\2", "PK\5\6", "G\177\377\0\0\0\0\0\0");
  }

  private static Map<String, Object> checkpoint() {
    Map<String, Object> state = new LinkedHashMap<>();
    try (SuperTransformer model = new SuperTransformer(CONFIG, Tensors.cpu(), false);
        Scope scope = Scope.open()) {
      Initialization.initialise(model, 5);
      for (String name : model.parameters().names()) {
        float[] values = Tensors.toFloats(model.parameters().value(name));
        state.put(name, View.of(values, model.parameters().shape(name)));
      }
    }
    Map<String, Object> args = new LinkedHashMap<>();
    args.put("share_all_embeddings", true);
    args.put("qkv_dim", 4L);
    for (String side : List.of("encoder", "decoder")) {
      args.put(side + "_embed_dim", 8L);
      args.put(side + "_ffn_embed_dim", 4L);
      args.put(side + "_layers", 1L);
      args.put(side + "_embed_choice", List.of(8L, 4L));
      args.put(side + "_ffn_embed_dim_choice", List.of(4L));
      args.put(side + "_layer_num_choice", List.of(1L));
      args.put(side + "_self_attention_heads_choice", List.of(2L));
    }
    args.put("decoder_ende_attention_heads_choice", List.of(2L));
    args.put("decoder_arbitrary_ende_attn_choice", List.of(-1L));
    Map<String, Object> root = new LinkedHashMap<>();
    root.put("args", new Namespace(args));
    root.put("model", state);
    return root;
  }

  private static Map<String, Object> predictor() {
    Map<String, Object> state = new LinkedHashMap<>();
    state.put("first_layer.weight", View.of(new float[20], 2, 10));
    state.put("first_layer.bias", View.of(new float[] {-2, 0}, 2));
    state.put("layers.0.weight", View.of(new float[] {5, 3}, 1, 2));
    state.put("layers.0.bias", View.of(new float[] {0.5f}, 1));
    state.put("predict.weight", View.of(new float[] {1}, 1, 1));
    state.put("predict.bias", View.of(new float[] {0.25f}, 1));
    return state;
  }

  /** Reads every tensor, and makes of the file what it says it is. */
  private static void convert(Path file, Path folder) throws IOException {
    Dictionary symbols =
        Dictionary.fromCounts(
            Map.of("a", 1L, "b", 1L, "c", 1L, "d", 1L, "e", 1L, "f", 1L, "g", 1L, "h", 1L),
            0,
            1,
            1);
    try (TorchFile torch = TorchFile.open(file)) {
      if (torch.root() instanceof Map<?, ?> map) {
        map.values().stream()
            .filter(TorchTensor.class::isInstance)
            .forEach(tensor -> ((TorchTensor) tensor).floats());
      }
      if (HatPredictor.isOne(torch)) {
        HatPredictor.read(torch, NORM, HatPredictor.LATENCY_NORM_MS);
      } else {
        Path out = Files.createDirectories(folder.resolve(Format.OUT)).resolve("c.safetensors");
        FairseqCheckpoint checkpoint = new FairseqCheckpoint(torch);
        checkpoint.convert(
            ImportSettings.of(
                checkpoint.arguments(), Settings.parse("", "none", ImportSettings.settings())),
            new DictionaryPair("en", "de", symbols, symbols),
            out);
      }
    }
  }

  private static byte[] pickle(byte[] archive) {
    try (ZipInputStream zip = new ZipInputStream(new java.io.ByteArrayInputStream(archive))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        if (entry.getName().equals(PICKLE)) {
          return zip.readAllBytes();
        }
      }
      throw new IllegalStateException("no " + PICKLE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] withPickle(byte[] archive, byte[] pickle) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipInputStream zip = new ZipInputStream(new java.io.ByteArrayInputStream(archive));
        ZipOutputStream copy = new ZipOutputStream(out)) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        copy.putNextEntry(new ZipEntry(entry.getName()));
        copy.write(entry.getName().equals(PICKLE) ? pickle : zip.readAllBytes());
        copy.closeEntry();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }
}
