package mos.port;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import mos.data.Dictionary;
import mos.model.SuperTransformer;
import mos.model.Transformer;
import mos.nn.DropoutRates;
import mos.space.SubTransformer;
import mos.tensor.Precision;
import mos.tensor.SafeTensors;
import mos.tensor.Scope;
import mos.tensor.Tensors;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * A small batch of random sentences and what a model makes of it, so that another implementation
 * can compare: {@code source} (B, S) and {@code previous} (B, T) int64, padded at the right, {@code
 * encoder_out} (B, S, D) and {@code logits} (B, T, V) float32. Outputs at padding mean nothing.
 */
public final class ReferenceBatch {
  private static final int[] SOURCE_LENGTHS = {9, 6, 1};
  private static final int[] TARGET_LENGTHS = {8, 4, 1};
  private static final long SEED = 1;

  private ReferenceBatch() {}

  /** Runs the model in fp32 and writes the batch. */
  public static void write(Path file, SuperTransformer plain, SubTransformer architecture) {
    try (Scope scope = Scope.open();
        AutoGradMode off = new AutoGradMode(false)) {
      SplittableRandom random = new SplittableRandom(SEED);
      Tensor source = sentences(SOURCE_LENGTHS, plain.config().sourceVocabulary(), false, random);
      Tensor previous = sentences(TARGET_LENGTHS, plain.config().targetVocabulary(), true, random);
      Transformer transformer =
          new Transformer(plain.derive(architecture, Precision.FP32), DropoutRates.NONE);
      Transformer.Encoded encoded =
          transformer.encode(source, source.ne(new Scalar(Dictionary.PAD)));
      Map<String, Tensor> tensors = new LinkedHashMap<>();
      tensors.put("source", source);
      tensors.put("previous", previous);
      tensors.put("encoder_out", encoded.last());
      tensors.put("logits", transformer.logits(transformer.decode(encoded, previous)));
      SafeTensors.write(file, tensors, Map.of("format", "pt"));
    }
  }

  /** Rows of random symbols with the end symbol at the end, or, shifted right, at the front. */
  private static Tensor sentences(
      int[] lengths, int vocabulary, boolean shifted, SplittableRandom random) {
    int longest = lengths[0];
    long[] ids = new long[lengths.length * longest];
    for (int b = 0; b < lengths.length; b++) {
      for (int t = 0; t < longest; t++) {
        int word = random.nextInt(Dictionary.UNK, vocabulary);
        boolean end = t == (shifted ? 0 : lengths[b] - 1);
        ids[b * longest + t] = t >= lengths[b] ? Dictionary.PAD : end ? Dictionary.EOS : word;
      }
    }
    return Tensors.of(ids, Tensors.cpu(), lengths.length, longest);
  }
}
