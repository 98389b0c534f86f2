package mos.onnx;

import ai.onnxruntime.OnnxTensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import mos.beam.SlotModel;
import mos.onnx.ModelSizes.Heads;
import mos.space.Dimension;

/**
 * Decodes sentences, each in a place of its own, one step at a time. Keys and values never move
 * when beams do: what a beam descends from is told at every step. Used by one thread at a time; the
 * model must outlive it.
 */
public final class OnnxDecoder implements SlotModel {
  private static final long PAD = 1;

  private final OnnxModel model;
  private final ModelSizes sizes;
  private final int beam;
  private final Caches self;
  private final Caches source;

  /** Tokens of the source in each place. */
  private final int[] lengths;

  private final LongBuffer tokens;
  private final LongBuffer steps;
  private final Map<Integer, LongBuffer> places = new HashMap<>();
  private LongBuffer symbols = longs(0);
  private FloatBuffer mask = Caches.direct(0);
  private FloatBuffer sourceMask = Caches.direct(0);
  private final FloatBuffer scores;
  private float[] unseen = new float[0];
  private final Map<String, FloatBuffer> encoded = new HashMap<>();

  /** Of the last step; bound again when n or the room changes. */
  private final Map<String, OnnxTensor> inputs = new LinkedHashMap<>();

  private final Map<String, OnnxTensor> outputs = new LinkedHashMap<>();
  private int bound;

  /**
   * Makes room.
   *
   * @param count places, at least 1
   * @param beam rows of each sentence, at least 1
   */
  public OnnxDecoder(OnnxModel model, int count, int beam) {
    if (count < 1 || beam < 1) {
      throw new IllegalArgumentException(count + " places, " + beam + " beams");
    }
    this.model = model;
    this.sizes = model.sizes();
    this.beam = beam;
    lengths = new int[count];
    int[] beams = sizes.decoderLayers().map(i -> beam).toArray();
    int[] attended =
        sizes.decoderLayers().map(sizes.architecture()::attendedEncoderLayers).toArray();
    self = new Caches(heads(Dimension.DECODER_HEADS), beams, count);
    source = new Caches(heads(Dimension.ENCODER_DECODER_HEADS), attended, count);
    tokens = longs(count * beam);
    steps = longs(count);
    for (int heads : sizes.headCounts()) {
      LongBuffer of = longs(3 * count * heads * beam);
      for (int i = 0; i < count * heads; i++) {
        for (int b = 0; b < beam; b++) {
          of.put(3 * (i * beam + b), i / heads).put(3 * (i * beam + b) + 1, i % heads);
        }
      }
      places.put(heads, of);
    }
    scores = Caches.direct((long) count * beam * sizes.targetVocabulary());
  }

  private List<Heads> heads(Dimension dimension) {
    return sizes.decoderLayers().mapToObj(i -> sizes.heads(dimension, i)).toList();
  }

  private static LongBuffer longs(int count) {
    return ByteBuffer.allocateDirect(Long.BYTES * count)
        .order(ByteOrder.nativeOrder())
        .asLongBuffer();
  }

  @Override
  public void encode(List<int[]> sources, int[] into) {
    int batch = sources.size();
    int longest = sources.stream().mapToInt(s -> s.length).max().orElseThrow();
    if (longest > sizes.maxPositions()) {
      throw new IllegalArgumentException(longest + " tokens");
    }
    if (symbols.capacity() < batch * longest) {
      symbols = longs(batch * longest);
    }
    symbols.clear();
    for (int[] sentence : sources) {
      for (int t = 0; t < longest; t++) {
        symbols.put(t < sentence.length ? sentence[t] : PAD);
      }
    }
    symbols.flip();
    for (int i = 0; i < batch; i++) {
      lengths[into[i]] = sources.get(i).length;
    }
    if (longest > source.tokens()) {
      source.fit(longest);
      unbind();
    }
    Map<String, OnnxTensor> made = new LinkedHashMap<>();
    try (OnnxTensor read = OnnxRuntime.tensor(symbols, batch, longest)) {
      sizes
          .decoderLayers()
          .forEach(
              i -> {
                made.put("keys." + i, output("keys." + i, i, batch, longest));
                made.put("values." + i, output("values." + i, i, batch, longest));
              });
      model.encoder().run(Map.of(EncoderGraph.SOURCE, read), made);
    } finally {
      made.values().forEach(OnnxTensor::close);
    }
    sizes.decoderLayers().forEach(i -> keep(i, into, longest));
  }

  private OnnxTensor output(String name, int layer, int batch, int length) {
    Heads heads = sizes.heads(Dimension.ENCODER_DECODER_HEADS, layer);
    int entries = length * sizes.architecture().attendedEncoderLayers(layer);
    int size = batch * heads.width() * entries;
    FloatBuffer buffer = encoded.get(name);
    if (buffer == null || buffer.capacity() < size) {
      buffer = Caches.direct(size);
      encoded.put(name, buffer);
    }
    return OnnxRuntime.tensor(buffer.slice(0, size), batch, heads.count(), entries, heads.size());
  }

  private void keep(int layer, int[] into, int padded) {
    Heads heads = sizes.heads(Dimension.ENCODER_DECODER_HEADS, layer);
    int each = heads.width() * padded * sizes.architecture().attendedEncoderLayers(layer);
    for (int i = 0; i < into.length; i++) {
      int length = lengths[into[i]];
      source.put(layer, false, into[i], encoded.get("keys." + layer), i * each, padded, length);
      source.put(layer, true, into[i], encoded.get("values." + layer), i * each, padded, length);
    }
  }

  @Override
  public FloatBuffer step(int n, int[] taken, int[] read, int[] ancestors, int stride) {
    int most = 0;
    int longest = 0;
    for (int i = 0; i < n; i++) {
      most = Math.max(most, taken[i]);
      longest = Math.max(longest, lengths[i]);
    }
    if (most >= sizes.maxPositions()) {
      throw new IllegalArgumentException("step " + most);
    }
    boolean changed = self.fit(most + 1);
    changed |= source.fit(longest);
    if (changed || bound != n) {
      bind(n);
    }
    for (int i = 0; i < n * beam; i++) {
      tokens.put(i, read[i]);
    }
    for (int i = 0; i < n; i++) {
      steps.put(i, taken[i]);
    }
    places.forEach((heads, of) -> putPlaces(of, heads, n, taken));
    putMask(n, taken, ancestors, stride);
    putSourceMask(n);
    model.decoder().run(inputs, outputs);
    return scores.slice(0, n * beam * sizes.targetVocabulary());
  }

  private void putPlaces(LongBuffer of, int heads, int n, int[] taken) {
    for (int i = 0; i < n * heads; i++) {
      int entry = taken[i / heads] * beam;
      for (int b = 0; b < beam; b++) {
        of.put(3 * (i * beam + b) + 2, entry + b);
      }
    }
  }

  private void putMask(int n, int[] taken, int[] ancestors, int stride) {
    int entries = self.tokens() * beam;
    for (int row = 0; row < n * beam; row++) {
      int at = row * entries;
      mask.put(at, unseen, 0, entries);
      int now = taken[row / beam];
      for (int u = 0; u < now; u++) {
        mask.put(at + u * beam + ancestors[row * stride + u], 0);
      }
      mask.put(at + now * beam + row % beam, 0);
    }
  }

  private void putSourceMask(int n) {
    int room = source.tokens();
    for (int i = 0; i < n; i++) {
      for (int t = 0; t < room; t++) {
        sourceMask.put(i * room + t, t < lengths[i] ? 0 : EncoderGraph.UNSEEN);
      }
    }
  }

  private void bind(int n) {
    unbind();
    int entries = self.tokens() * beam;
    if (mask.capacity() < n * beam * entries) {
      mask = Caches.direct((long) n * beam * entries);
    }
    if (sourceMask.capacity() < n * source.tokens()) {
      sourceMask = Caches.direct((long) n * source.tokens());
    }
    unseen = new float[entries];
    Arrays.fill(unseen, EncoderGraph.UNSEEN);
    inputs.put(DecoderGraph.TOKENS, OnnxRuntime.tensor(tokens.slice(0, n * beam), n, beam));
    inputs.put(DecoderGraph.STEPS, OnnxRuntime.tensor(steps.slice(0, n), n));
    inputs.put(
        DecoderGraph.SOURCE_MASK,
        OnnxRuntime.tensor(sourceMask.slice(0, n * source.tokens()), n, source.tokens()));
    inputs.put(
        DecoderGraph.MASK,
        OnnxRuntime.tensor(mask.slice(0, n * beam * entries), n, 1, beam, entries));
    places.forEach(
        (heads, of) ->
            inputs.put(
                DecoderGraph.places(heads),
                OnnxRuntime.tensor(of.slice(0, 3 * n * heads * beam), n, heads, beam, 3)));
    sizes.decoderLayers().forEach(i -> bindLayer(i, n));
    outputs.put(
        DecoderGraph.SCORES,
        OnnxRuntime.tensor(
            scores.slice(0, n * beam * sizes.targetVocabulary()),
            (long) n * beam,
            sizes.targetVocabulary()));
    bound = n;
  }

  private void bindLayer(int i, int n) {
    inputs.put("keys." + i, source.tensor(i, false, n));
    inputs.put("values." + i, source.tensor(i, true, n));
    for (boolean values : new boolean[] {false, true}) {
      String name = (values ? "values." : "keys.") + i;
      OnnxTensor cache = self.tensor(i, values, n);
      inputs.put("past_" + name, cache);
      outputs.put("present_" + name, cache);
    }
  }

  private void unbind() {
    inputs.values().forEach(OnnxTensor::close);
    inputs.clear();
    OnnxTensor last = outputs.remove(DecoderGraph.SCORES);
    if (last != null) {
      last.close();
    }
    outputs.clear();
    bound = 0;
  }

  @Override
  public void move(int from, int to) {
    self.move(from, to);
    source.move(from, to);
    lengths[to] = lengths[from];
  }

  /** Rows of each sentence. */
  public int beam() {
    return beam;
  }

  @Override
  public void close() {
    unbind();
  }
}
