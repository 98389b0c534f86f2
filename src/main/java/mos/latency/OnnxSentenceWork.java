package mos.latency;

import java.util.List;
import mos.beam.BeamOptions;
import mos.beam.HostBeams;
import mos.beam.Start;
import mos.onnx.OnnxDecoder;
import mos.onnx.OnnxModel;

/**
 * ONNX Runtime's work for one sentence: what {@code generate} runs, beams on the host and all. The
 * graph of the encoder projects the decoder's keys and values too.
 */
final class OnnxSentenceWork implements SentenceWork {
  private static final int[] FIRST = {0};

  private final OnnxModel model;
  private final HostBeams beams;
  private final List<int[]> source;
  private final int steps;

  /**
   * @param model owned by this
   */
  OnnxSentenceWork(OnnxModel model, LatencyConfig settings, int threads) {
    this.model = model;
    steps = settings.targetSteps();
    source = List.of(settings.source(model.sizes().sourceVocabulary()));
    // No end before the last step, and then of all beams.
    BeamOptions options =
        new BeamOptions(settings.beam(), 1, true, 0, Math.max(1, steps - 1), steps - 1, 0, 0);
    beams =
        new HostBeams(
            new OnnxDecoder(model, 1, settings.beam()), options, 1, Math.max(2, steps), threads);
    encode();
  }

  @Override
  public void encode() {
    beams.encode(source, FIRST);
  }

  @Override
  public void decode() {
    List<Start> starts = List.of(new Start(0, 0, source.get(0).length, steps - 1));
    for (int step = 0; step < steps; step++) {
      beams.go(beams.done(), starts, FIRST);
      starts = List.of();
    }
  }

  @Override
  public void close() {
    beams.close();
    model.close();
  }
}
