package mos.packed;

import java.util.Arrays;
import mos.data.PackedBatch;
import mos.kernel.SequenceOffsets;
import mos.tensor.Tensors;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Tensor;

/**
 * A packed batch on the device.
 *
 * @param source its source side
 * @param previous what the decoder reads
 * @param target (N') int32, negative where there is none
 * @param targets how many there are, the first ones
 */
public record PackedTensors(Side source, Side previous, Tensor target, long targets) {
  /** Encoder layers that a decoder layer attends to at most. */
  private static final int MOST_LAYERS = 3;

  /**
   * Tokens of one side.
   *
   * @param tokens (N) int32
   * @param places (N) int32, each token's place in its sentence, from 0
   * @param offsets where sentences begin; element c is for c + 1 rows a token
   */
  public record Side(Tensor tokens, Tensor places, SequenceOffsets[] offsets) {
    /** N. */
    public long size() {
      return tokens.size(0);
    }
  }

  /** Copies a batch to the device, into the innermost scope, in one transfer. */
  public static PackedTensors of(PackedBatch batch, Device device) {
    int sourceTokens = batch.source().length;
    int targetTokens = batch.target().length;
    int starts = batch.size() + 1;
    int[] all = new int[2 * sourceTokens + 3 * targetTokens + (MOST_LAYERS + 1) * starts];
    Packer packer = new Packer(all);
    packer.add(batch.source());
    packer.add(PackedBatch.places(batch.sourceStarts()));
    packer.add(batch.previousOutput());
    packer.add(PackedBatch.places(batch.targetStarts()));
    packer.add(batch.target());
    packer.add(batch.targetStarts());
    int[][] sourceStarts = new int[MOST_LAYERS][];
    for (int c = 0; c < MOST_LAYERS; c++) {
      sourceStarts[c] = batch.sourceStarts().clone();
      for (int b = 0; b < starts; b++) {
        sourceStarts[c][b] *= c + 1;
      }
      packer.add(sourceStarts[c]);
    }
    Reader reader = new Reader(Tensors.of(all, device, all.length));
    Tensor source = reader.next(sourceTokens);
    Tensor sourcePlaces = reader.next(sourceTokens);
    Tensor previous = reader.next(targetTokens);
    Tensor targetPlaces = reader.next(targetTokens);
    Tensor target = reader.next(targetTokens);
    SequenceOffsets targetOffsets = offsets(reader.next(starts), batch.targetStarts());
    SequenceOffsets[] sourceOffsets = new SequenceOffsets[MOST_LAYERS];
    for (int c = 0; c < MOST_LAYERS; c++) {
      sourceOffsets[c] = offsets(reader.next(starts), sourceStarts[c]);
    }
    return new PackedTensors(
        new Side(source, sourcePlaces, sourceOffsets),
        new Side(previous, targetPlaces, new SequenceOffsets[] {targetOffsets}),
        target,
        Arrays.stream(batch.target()).filter(token -> token != PackedBatch.NONE).count());
  }

  private static SequenceOffsets offsets(Tensor starts, int[] hostStarts) {
    return new SequenceOffsets(starts, hostStarts, PackedBatch.longest(hostStarts));
  }

  private static final class Packer {
    private final int[] into;
    private int used;

    Packer(int[] into) {
      this.into = into;
    }

    void add(int[] values) {
      System.arraycopy(values, 0, into, used, values.length);
      used += values.length;
    }
  }

  private static final class Reader {
    private final Tensor from;
    private long used;

    Reader(Tensor from) {
      this.from = from;
    }

    Tensor next(long count) {
      Tensor part = from.narrow(0, used, count);
      used += count;
      return part;
    }
  }
}
