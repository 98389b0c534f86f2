package mos.onnx;

import java.util.stream.IntStream;
import mos.beam.BatchModel;
import mos.beam.BatchSize;
import mos.beam.BeamOptions;
import mos.beam.HostBeams;
import mos.beam.SlotBeams;
import mos.space.Dimension;

/**
 * Sentences decoded together by ONNX Runtime.
 *
 * @param model must outlive what is opened
 * @param threads that look for the best continuations
 */
public record OnnxBatchModel(OnnxModel model, int threads) implements BatchModel {
  @Override
  public int sourceVocabulary() {
    return model.sizes().sourceVocabulary();
  }

  @Override
  public BatchSize size(
      BeamOptions options, int batchSize, int sentences, int sourceTokens, int steps) {
    long bytes = bytes(options.beam(), BatchSize.rounded(sourceTokens), BatchSize.rounded(steps));
    return BatchSize.inJava(batchSize, sentences, sourceTokens, steps, bytes);
  }

  /** Bytes for one sentence: caches, what the encoder gives, scores, and the mask of a step. */
  private long bytes(int beam, int sourceTokens, int steps) {
    ModelSizes sizes = model.sizes();
    long caches =
        IntStream.range(0, sizes.architecture().decoderLayers())
            .mapToLong(
                i ->
                    2L * sizes.heads(Dimension.DECODER_HEADS, i).width() * steps * beam
                        + 4L
                            * sizes.heads(Dimension.ENCODER_DECODER_HEADS, i).width()
                            * sourceTokens
                            * sizes.architecture().attendedEncoderLayers(i))
            .sum();
    long rows = (long) beam * (sizes.targetVocabulary() + (long) steps * beam);
    return Float.BYTES * (caches + rows);
  }

  @Override
  public SlotBeams open(BeamOptions options, BatchSize size) {
    return new HostBeams(
        new OnnxDecoder(model, size.slots(), options.beam()),
        options,
        size.slots(),
        size.steps(),
        threads);
  }
}
