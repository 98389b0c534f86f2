package mos.packed;

import java.util.Arrays;
import mos.data.PackedBatch;
import mos.kernel.SequenceOffsets;
import mos.tensor.Tensors;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * A packed batch on the device.
 *
 * @param source its source side
 * @param previous what the decoder reads
 * @param target (N') int32, negative where there is none
 * @param targets how many there are, the first ones; 0 where Java does not know them
 * @param all of the above in one int32 tensor
 */
public record PackedTensors(Side source, Side previous, Tensor target, long targets, Tensor all) {
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
    Tensor flat = Tensors.of(all, device, all.length);
    Offsets offsets =
        new Offsets() {
          @Override
          public SequenceOffsets source(Tensor begin, int times) {
            return offsets(begin, sourceStarts[times - 1]);
          }

          @Override
          public SequenceOffsets target(Tensor begin) {
            return offsets(begin, batch.targetStarts());
          }
        };
    Size size = new Size(sourceTokens, targetTokens, batch.size(), 0);
    long targets = Arrays.stream(batch.target()).filter(t -> t != PackedBatch.NONE).count();
    return views(flat, size, offsets, targets);
  }

  /**
   * How large a batch is.
   *
   * @param source tokens of the source side
   * @param target tokens of the target side
   * @param sentences pairs of sentences
   * @param longest tokens that no sentence exceeds
   */
  public record Size(int source, int target, int sentences, int longest) {}

  /** Room for batches of a size, of which {@link #all} is written later; in the open scope. */
  public static PackedTensors room(Size size, Device device) {
    int numbers =
        2 * size.source() + 3 * size.target() + (MOST_LAYERS + 1) * (size.sentences() + 1);
    Offsets offsets =
        new Offsets() {
          @Override
          public SequenceOffsets source(Tensor begin, int times) {
            return SequenceOffsets.open(begin, times * size.longest());
          }

          @Override
          public SequenceOffsets target(Tensor begin) {
            return SequenceOffsets.open(begin, size.longest());
          }
        };
    return views(Tensors.zeros(ScalarType.Int, device, numbers), size, offsets, 0);
  }

  /** What is known of where sentences begin. */
  private interface Offsets {
    SequenceOffsets source(Tensor begin, int times);

    SequenceOffsets target(Tensor begin);
  }

  private static PackedTensors views(Tensor all, Size size, Offsets offsets, long targets) {
    Reader reader = new Reader(all);
    Tensor source = reader.next(size.source());
    Tensor sourcePlaces = reader.next(size.source());
    Tensor previous = reader.next(size.target());
    Tensor targetPlaces = reader.next(size.target());
    Tensor target = reader.next(size.target());
    SequenceOffsets targetOffsets = offsets.target(reader.next(size.sentences() + 1));
    SequenceOffsets[] sourceOffsets = new SequenceOffsets[MOST_LAYERS];
    for (int c = 0; c < MOST_LAYERS; c++) {
      sourceOffsets[c] = offsets.source(reader.next(size.sentences() + 1), c + 1);
    }
    return new PackedTensors(
        new Side(source, sourcePlaces, sourceOffsets),
        new Side(previous, targetPlaces, new SequenceOffsets[] {targetOffsets}),
        target,
        targets,
        all);
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
