package mos.kernel;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Attention for the sentences that translation has: a block of the GPU takes a sentence and a head
 * as a whole, where kernels made for long texts leave most of their tiles empty. Nothing but the
 * output is kept for the backward half. Sentences of more than {@value #LONGEST} tokens, and other
 * head sizes than 32, 64 and 128, go to another one.
 *
 * <p>Passes come sorted by length, the longest sentence first, so each length class is a range.
 */
final class ShortAttention implements PackedAttention {
  static final int LONGEST = 128;

  /** Classes of sentences by tokens; each has kernels of its own. */
  private static final int[] CLASSES = {LONGEST, 64, 32};

  private static final int TILE = 16;
  private static final int MAX_SHARED_BYTES = 200 << 10;
  private static final Map<Kind, CudaKernel[]> KERNELS = new ConcurrentHashMap<>();

  /** What kernels are compiled for: compute type, head size, tiles of the longest sentence. */
  private record Kind(String type, int headSize, int tiles) {}

  private final PackedAttention forLong;
  private final String type;

  /**
   * @param forLong for the others; saves three tensors
   */
  ShortAttention(ScalarType type, PackedAttention forLong) {
    this.forLong = forLong;
    this.type = CudaModule.define(type);
  }

  /**
   * Sentences first … end − 1, of which those are taken whose longer side has more than {@code
   * above} tokens, and up to {@code longest}.
   */
  private record Range(int first, int end, int above, int longest) {}

  @Override
  public int longestOpen(long headSize) {
    if (headSize != 32 && headSize != 64 && headSize != 128) {
      return 0;
    }
    int longest = LONGEST;
    while (backwardBytes(longest, longest, (int) headSize) > MAX_SHARED_BYTES) {
      longest -= TILE;
    }
    return longest;
  }

  @Override
  public Attended forward(Tensor query, Tensor key, Tensor value, Shape shape) {
    int longCount = longCount(query, shape);
    if (longCount == shape.queries().count()) {
      return forLong.forward(query, key, value, shape);
    }
    Tensor output = torch.empty(new long[] {query.size(0), query.size(1)}, query.options(), null);
    Attended longOnes = null;
    if (longCount > 0) {
      Shape first = shape.first(longCount);
      longOnes =
          forLong.forward(
              rows(query, first.queries()),
              rows(key, first.keys()),
              rows(value, first.keys()),
              first);
      rows(output, first.queries()).copy_(longOnes.output());
    }
    int d = (int) (query.size(1) / shape.heads());
    for (Range range : ranges(shape, longCount)) {
      CudaKernel.Call call = kernels(d, range.longest)[0].call();
      call.with(query)
          .with(query.stride(0))
          .with(key)
          .with(key.stride(0))
          .with(value)
          .with(value.stride(0))
          .with(output)
          .with(output.stride(0));
      common(call, shape, range, d);
      int rows = padded(shape.queries(), range) + 2 * padded(shape.keys(), range);
      launch(call, shape, range, 2 * rows * (d + 8));
    }
    return longOnes == null
        ? new Attended(output)
        : new Attended(
            output,
            longOnes.output(),
            longOnes.saved()[0],
            longOnes.saved()[1],
            longOnes.saved()[2]);
  }

  @Override
  public Gradient backward(
      Tensor gradient, Tensor query, Tensor key, Tensor value, Attended attended, Shape shape) {
    int longCount = longCount(query, shape);
    if (longCount == shape.queries().count()) {
      return forLong.backward(gradient, query, key, value, attended, shape);
    }
    long width = query.size(1);
    Gradient result = room(query, key, width, shape.self());
    if (longCount > 0) {
      Shape first = shape.first(longCount);
      Tensor[] saved = attended.saved();
      Gradient longOnes =
          forLong.backward(
              rows(gradient, first.queries()),
              rows(query, first.queries()),
              rows(key, first.keys()),
              rows(value, first.keys()),
              new Attended(saved[0], saved[1], saved[2], saved[3]),
              first);
      rows(result.query(), first.queries()).copy_(longOnes.query());
      rows(result.key(), first.keys()).copy_(longOnes.key());
      rows(result.value(), first.keys()).copy_(longOnes.value());
    }
    int d = (int) (width / shape.heads());
    for (Range range : ranges(shape, longCount)) {
      CudaKernel.Call call = kernels(d, range.longest)[1].call();
      call.with(gradient)
          .with(gradient.stride(0))
          .with(query)
          .with(query.stride(0))
          .with(key)
          .with(key.stride(0))
          .with(value)
          .with(value.stride(0))
          .with(result.query())
          .with(result.query().stride(0))
          .with(result.key())
          .with(result.value())
          .with(result.key().stride(0));
      common(call, shape, range, d);
      launch(call, shape, range, backwardBytes(shape, range, d));
    }
    return result;
  }

  /** Self-attention's three and cross-attention's two gradients are columns of one matrix. */
  static Gradient room(Tensor query, Tensor key, long width, boolean self) {
    Tensor keyValue =
        torch.empty(new long[] {key.size(0), (self ? 3 : 2) * width}, key.options(), null);
    long skip = self ? width : 0;
    return new Gradient(
        self
            ? keyValue.narrow(1, 0, width)
            : torch.empty(new long[] {query.size(0), width}, query.options(), null),
        keyValue.narrow(1, skip, width),
        keyValue.narrow(1, skip + width, width));
  }

  private static void common(CudaKernel.Call call, Shape shape, Range range, int d) {
    call.with(shape.queries().starts())
        .with(shape.keys().starts())
        .with(range.first)
        .with(range.above)
        .with(shape.causal() ? 1 : 0)
        .with((float) (1 / Math.sqrt(d)))
        .with(shape.dropout());
  }

  private static void launch(CudaKernel.Call call, Shape shape, Range range, int bytes) {
    int warps = padded(shape.queries(), range) <= 2 * TILE ? 2 : 4;
    call.launch(range.end - range.first, shape.heads(), 32 * warps, bytes);
  }

  /** Rows of the longest sentence of a range, in whole tiles. */
  private static int padded(SequenceOffsets offsets, Range range) {
    if (offsets.isOpen()) {
      return rounded(Math.min(range.longest, offsets.longest()));
    }
    int longest = 1;
    for (int b = range.first; b < range.end; b++) {
      longest = Math.max(longest, offsets.hostStarts()[b + 1] - offsets.hostStarts()[b]);
    }
    return rounded(longest);
  }

  private static int rounded(int tokens) {
    return (tokens + TILE - 1) / TILE * TILE;
  }

  private static int backwardBytes(Shape shape, Range range, int d) {
    return backwardBytes(padded(shape.queries(), range), padded(shape.keys(), range), d);
  }

  private static int backwardBytes(int q, int k, int d) {
    return 2 * (2 * (q + k) * (d + 8) + 2 * q * (k + 8));
  }

  /** How many sentences, the first ones, are too long. */
  private int longCount(Tensor query, Shape shape) {
    long d = query.size(1) / shape.heads();
    if (shape.isOpen()) {
      int longest = Math.max(shape.queries().longest(), shape.keys().longest());
      if (longest > longestOpen(d)) {
        throw new IllegalArgumentException(
            "attention: " + longest + " tokens of unknown sentences");
      }
      return 0;
    }
    int count = shape.queries().count();
    if (d != 32 && d != 64 && d != 128) {
      return count;
    }
    int fits = firstWithin(shape, LONGEST);
    while (fits < count
        && backwardBytes(shape, new Range(fits, count, 0, LONGEST), (int) d) > MAX_SHARED_BYTES) {
      fits++;
    }
    return fits;
  }

  /** The first sentence from which on none is longer than {@code longest} on either side. */
  private static int firstWithin(Shape shape, int longest) {
    int[] q = shape.queries().hostStarts();
    int[] k = shape.keys().hostStarts();
    int b = q.length - 1;
    while (b > 0 && Math.max(q[b] - q[b - 1], k[b] - k[b - 1]) <= longest) {
      b--;
    }
    return b;
  }

  private static List<Range> ranges(Shape shape, int longCount) {
    List<Range> ranges = new ArrayList<>();
    int count = shape.queries().count();
    if (shape.isOpen()) {
      int longest = Math.max(shape.queries().longest(), shape.keys().longest());
      for (int i = 0; i < CLASSES.length; i++) {
        int above = i + 1 < CLASSES.length ? CLASSES[i + 1] : 0;
        if (longest > above) {
          ranges.add(new Range(0, count, above, CLASSES[i]));
        }
      }
      return ranges;
    }
    int first = longCount;
    for (int i = 0; i < CLASSES.length; i++) {
      int end = i + 1 < CLASSES.length ? firstWithin(shape, CLASSES[i + 1]) : count;
      if (end > first) {
        ranges.add(new Range(first, end, 0, CLASSES[i]));
        first = end;
      }
    }
    return ranges;
  }

  private CudaKernel[] kernels(int d, int longest) {
    int groups = longest / TILE;
    return KERNELS.computeIfAbsent(
        new Kind(type, d, groups),
        key -> {
          CudaModule module =
              CudaModule.compile(
                  "/mos/kernel/attention.cu", List.of(type, "D=" + d, "NT=" + groups));
          return new CudaKernel[] {
            new CudaKernel(module, "attention", 128).allowSharedBytes(MAX_SHARED_BYTES),
            new CudaKernel(module, "attentionBackward", 128).allowSharedBytes(MAX_SHARED_BYTES)
          };
        });
  }

  private static Tensor rows(Tensor x, SequenceOffsets offsets) {
    return x.narrow(0, 0, offsets.hostStarts()[offsets.count()]);
  }
}
