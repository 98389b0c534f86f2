package mos.onnx;

import ai.onnxruntime.OnnxTensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import mos.base.MosException;
import mos.onnx.ModelSizes.Heads;

/**
 * Keys and values of all layers, (places, H, entries, K) each, where entries are as many for each
 * of a number of tokens. The first n places are the memory of tensors (n, H, entries, K).
 */
final class Caches {
  private final List<Heads> heads;
  private final int[] perToken;
  private final int places;

  /** For each layer the keys, then the values. */
  private final List<FloatBuffer> buffers = new ArrayList<>();

  private int tokens;

  /**
   * @param heads of each layer
   * @param perToken entries for one token, of each layer
   */
  Caches(List<Heads> heads, int[] perToken, int places) {
    this.heads = heads;
    this.perToken = perToken;
    this.places = places;
    resize(8);
  }

  /** Tokens that there is room for. */
  int tokens() {
    return tokens;
  }

  /** Room is made in steps of about a quarter, so that shapes are few. */
  static int rounded(int tokens) {
    int step = Math.max(8, Integer.highestOneBit(Math.max(1, tokens - 1)) / 4);
    return (tokens + step - 1) / step * step;
  }

  /**
   * Makes room for a number of tokens, and less when it is far too much: what is computed depends
   * on it. Memory is taken for twice as many and kept.
   *
   * @return whether sizes changed
   */
  boolean fit(int needed) {
    int wanted = rounded(needed);
    if (wanted > tokens || 2 * wanted <= tokens) {
      resize(wanted);
      return true;
    }
    return false;
  }

  static FloatBuffer direct(long floats) {
    if (floats > Integer.MAX_VALUE / Float.BYTES) {
      throw new MosException(
          "keys and values of one layer need "
              + floats * Float.BYTES
              + " bytes, at most 2^31 can be had; decode fewer sentences together");
    }
    return ByteBuffer.allocateDirect((int) floats * Float.BYTES)
        .order(ByteOrder.nativeOrder())
        .asFloatBuffer();
  }

  private void resize(int wanted) {
    for (int i = 0; i < 2 * heads.size(); i++) {
      Heads of = heads.get(i / 2);
      int rows = places * of.count();
      int row = perToken[i / 2] * of.size();
      if (buffers.size() <= i) {
        buffers.add(direct((long) rows * wanted * row));
      }
      FloatBuffer from = buffers.get(i);
      if (from.capacity() < (long) rows * wanted * row) {
        buffers.set(i, direct((long) rows * Math.max(wanted, 2 * tokens) * row));
      }
      moveRows(from, buffers.get(i), rows, tokens * row, wanted * row);
    }
    tokens = wanted;
  }

  /** Rows that grow are moved from the last on, so that none is overwritten before it is moved. */
  private static void moveRows(FloatBuffer from, FloatBuffer to, int rows, int old, int wanted) {
    int kept = Math.min(old, wanted);
    for (int i = 0; kept > 0 && i < rows; i++) {
      int row = wanted > old ? rows - 1 - i : i;
      to.put(row * wanted, from, row * old, kept);
    }
  }

  private int placeSize(int buffer) {
    Heads of = heads.get(buffer / 2);
    return of.width() * tokens * perToken[buffer / 2];
  }

  /** The first n places of a layer's keys or values. */
  OnnxTensor tensor(int layer, boolean values, int n) {
    int index = 2 * layer + (values ? 1 : 0);
    Heads of = heads.get(layer);
    return OnnxRuntime.tensor(
        buffers.get(index).slice(0, n * placeSize(index)),
        n,
        of.count(),
        (long) tokens * perToken[layer],
        of.size());
  }

  /** Copies the keys or values of one sentence. */
  void put(int layer, boolean values, int place, FloatBuffer from, int at, int padded, int length) {
    int index = 2 * layer + (values ? 1 : 0);
    int row = perToken[layer] * heads.get(layer).size();
    for (int h = 0; h < heads.get(layer).count(); h++) {
      buffers
          .get(index)
          .put(
              place * placeSize(index) + h * tokens * row,
              from,
              at + h * padded * row,
              length * row);
    }
  }

  void move(int from, int to) {
    for (int i = 0; i < buffers.size(); i++) {
      int size = placeSize(i);
      buffers.get(i).put(to * size, buffers.get(i), from * size, size);
    }
  }
}
