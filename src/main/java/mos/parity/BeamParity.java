package mos.parity;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiFunction;
import mos.base.Json;
import mos.base.MosException;
import mos.beam.BatchSearch;
import mos.beam.BeamOptions;
import mos.beam.Hypothesis;
import mos.model.SuperTransformer;
import mos.model.TransformerWeights;
import mos.onnx.OnnxBatchModel;
import mos.onnx.OnnxModel;
import mos.onnx.OnnxOptions;
import mos.onnx.OnnxPrecision;
import mos.port.OnnxExport;
import mos.results.ParityFigures;
import mos.space.ConfigurationDictionary;
import mos.space.SubTransformer;
import mos.tensor.Precision;
import mos.tensor.SafeTensors;
import mos.tensor.Scope;
import mos.tensor.Tensors;
import mos.translate.BeamSearch;
import mos.translate.TorchBatchModel;
import org.bytedeco.pytorch.Device;

/** Compares n-best lists of beam search with those of a golden file. */
public final class BeamParity {

  private final JsonNode golden;
  private int lists;
  private int differing;
  private double score;

  private BeamParity(JsonNode golden) {
    this.golden = golden;
  }

  /** Whether a golden file is of this kind. */
  public static boolean concerns(JsonNode golden) {
    return golden.path("cases").path(0).has("nbest");
  }

  /** Runs every case of {@code json} and the safetensors file beside it, as one batch. */
  public static ParityFigures.BeamErrors check(Path json, Device device, Precision precision) {
    JsonNode golden = Json.read(json);
    int[] batch = new int[golden.path("sources").size()];
    Arrays.setAll(batch, i -> i);
    return check(json, device, precision, List.of(batch));
  }

  /**
   * Runs every case in given batches.
   *
   * @param batches positions of the sentences, each sentence once
   */
  static ParityFigures.BeamErrors check(
      Path json, Device device, Precision precision, List<int[]> batches) {
    BeamParity parity = new BeamParity(Json.read(json));
    String name = json.getFileName().toString();
    Path data = json.resolveSibling(name.replaceAll("\\.json$", ".safetensors"));
    try (SafeTensors tensors = SafeTensors.open(data, false);
        SuperTransformer model = GoldenModel.load(parity.golden, tensors, device)) {
      List<int[]> sources = sources(parity.golden, tensors, device);
      for (JsonNode testCase : parity.golden.path("cases")) {
        try (Scope scope = Scope.open()) {
          SubTransformer arch =
              ConfigurationDictionary.fromJson(testCase.path("arch"), json.toString());
          BeamOptions options = options(testCase.path("options"));
          TransformerWeights weights = model.derive(arch, precision);
          TorchBatchModel batched = new TorchBatchModel(weights);
          try (BeamSearch search = new BeamSearch(weights, options);
              BatchSearch together = new BatchSearch(batched, options, 3, 64)) {
            batches.forEach(
                batch -> parity.compare(testCase, search::search, options, sources, batch));
            if (batched.obstacle(options) == null) {
              batches.forEach(
                  batch -> parity.compare(testCase, together::search, options, sources, batch));
            }
          }
          if (device.is_cpu() && precision == Precision.FP32 && !arch.tokenRouted()) {
            parity.compareOnnx(weights, testCase, options, sources, batches);
          }
        }
      }
      int cases = parity.golden.path("cases").size();
      return new ParityFigures.BeamErrors(cases, parity.lists, parity.differing, parity.score);
    }
  }

  private void compareOnnx(
      TransformerWeights weights,
      JsonNode testCase,
      BeamOptions options,
      List<int[]> sources,
      List<int[]> batches) {
    try (OnnxModel model = OnnxExport.open(weights, new OnnxOptions(OnnxPrecision.FP32, 1));
        BatchSearch search = new BatchSearch(new OnnxBatchModel(model, 1), options, 3, 64)) {
      batches.forEach(batch -> compare(testCase, search::search, options, sources, batch));
    }
  }

  private static List<int[]> sources(JsonNode golden, SafeTensors tensors, Device device) {
    try (Scope scope = Scope.open()) {
      GoldenBatch batch = GoldenBatch.read(golden, tensors, device);
      int length = (int) batch.source().size(1);
      long[] ids = Tensors.toLongs(batch.source());
      List<int[]> sources = new ArrayList<>();
      for (int b = 0; b < batch.shifts().length; b++) {
        int[] source = new int[length - batch.shifts()[b]];
        for (int i = 0; i < source.length; i++) {
          source[i] = (int) ids[b * length + i];
        }
        sources.add(source);
      }
      return sources;
    }
  }

  /** The recorded options; the defaults are those of the reference's generator. */
  private static BeamOptions options(JsonNode options) {
    return new BeamOptions(
        options.path("beam_size").asInt(1),
        options.path("len_penalty").asDouble(1),
        options.path("normalize_scores").asBoolean(true),
        options.path("max_len_a").asDouble(0),
        options.path("max_len_b").asInt(200),
        options.path("min_len").asInt(1),
        options.path("no_repeat_ngram_size").asInt(0),
        options.path("unk_penalty").asDouble(0));
  }

  private void compare(
      JsonNode testCase,
      BiFunction<List<int[]>, int[], List<List<Hypothesis>>> search,
      BeamOptions options,
      List<int[]> all,
      int[] batch) {
    List<int[]> sources = Arrays.stream(batch).mapToObj(all::get).toList();
    // The reference takes the longest length from the width of its batch.
    int width = all.stream().mapToInt(source -> source.length).max().orElse(0);
    int[] maxLengths = new int[batch.length];
    Arrays.fill(maxLengths, options.maxLength(width));
    List<List<Hypothesis>> got = search.apply(sources, maxLengths);
    for (int i = 0; i < batch.length; i++) {
      JsonNode expected = testCase.path("nbest").path(batch[i]);
      if (!expected.isArray()) {
        throw new MosException("golden file: no n-best list for sentence " + batch[i]);
      }
      compare(expected, got.get(i));
    }
  }

  private void compare(JsonNode expected, List<Hypothesis> got) {
    lists++;
    boolean same = expected.size() == got.size();
    double error = 0;
    for (int rank = 0; same && rank < got.size(); rank++) {
      JsonNode want = expected.get(rank);
      Hypothesis have = got.get(rank);
      int[] tokens = GoldenModel.integers(want.path("tokens")).stream().mapToInt(t -> t).toArray();
      same = Arrays.equals(tokens, have.tokens());
      error = Math.max(error, Math.abs(want.path("score").asDouble() - have.score()));
      for (int i = 0; same && i < tokens.length; i++) {
        double positional = want.path("positional_scores").path(i).asDouble();
        error = Math.max(error, Math.abs(positional - have.positionalScores()[i]));
      }
    }
    if (same) {
      score = Math.max(score, error);
    } else {
      differing++;
    }
  }
}
