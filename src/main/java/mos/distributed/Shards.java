package mos.distributed;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import mos.tensor.ParameterArena;
import mos.tensor.Scope;
import mos.tensor.TensorBytes;
import mos.tensor.Tensors;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Backend;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.Work;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * How flat tensors of one length are divided among ranks. They are cut into buckets, of each of
 * which every rank has an equal part, so that one bucket is what an operation needs of memory
 * beside the tensor. Fewer numbers than make equal parts are left at the end; every rank has those.
 */
public final class Shards {
  /** Numbers of a bucket at most. */
  private static final long BUCKET = 1L << 24;

  private final Ranks ranks;
  private final long length;
  private final List<Bucket> buckets = new ArrayList<>();
  private final List<Piece> own = new ArrayList<>();
  private final long size;

  /**
   * A part of the tensor that this rank has.
   *
   * @param start in the tensor
   * @param count of numbers
   * @param place in what holds this rank's parts one behind the other
   */
  public record Piece(long start, long count, long place) {}

  /**
   * @param part numbers of one rank
   */
  private record Bucket(long start, long part) {}

  private Shards(long length, Ranks ranks, boolean divided, long bucketSize) {
    this.ranks = ranks;
    this.length = length;
    int n = divided ? ranks.size() : 1;
    long unit = ParameterArena.aligned(1);
    long each = length / n / unit * unit;
    long most = bucketSize / n / unit * unit;
    long place = 0;
    if (divided) {
      for (long done = 0; done < each; done += most) {
        Bucket bucket = new Bucket(done * n, Math.min(most, each - done));
        buckets.add(bucket);
        own.add(new Piece(bucket.start + ranks.rank() * bucket.part, bucket.part, place));
        place += bucket.part;
      }
    }
    long shared = divided ? each * n : 0;
    if (shared < length) {
      own.add(new Piece(shared, length - shared, place));
      place += length - shared;
    }
    this.size = place;
  }

  /** One process has all. */
  public static Shards whole(long length) {
    return new Shards(length, Ranks.single(), false, BUCKET);
  }

  /** Each of several ranks has a part. */
  static Shards of(long length, Ranks ranks) {
    return of(length, ranks, BUCKET);
  }

  /**
   * @param bucketSize numbers of a bucket at most
   */
  static Shards of(long length, Ranks ranks, long bucketSize) {
    return new Shards(length, ranks, ranks.isDistributed(), bucketSize);
  }

  /** Whether this process has all. */
  public boolean isWhole() {
    return size == length;
  }

  /** How many numbers this rank has. */
  public long size() {
    return size;
  }

  /** What this rank has, in ascending order. */
  public List<Piece> own() {
    return List.copyOf(own);
  }

  /**
   * Sums over all ranks.
   *
   * @param flat (N) float32: this rank's parts become sums; what the others are is not said
   */
  public void sum(Tensor flat) {
    each((group, bucket) -> group._reduce_scatter_base(mine(flat, bucket), all(flat, bucket)));
    ranks.sum(rest(flat));
  }

  /**
   * Gives every rank all parts.
   *
   * @param flat (N) of any type, in which this rank's parts are right
   */
  public void gather(Tensor flat) {
    try (AutoGradMode off = new AutoGradMode(false)) {
      each((group, bucket) -> group._allgather_base(all(flat, bucket), mine(flat, bucket)));
    }
  }

  /** A GPU is given all at once; Gloo copies what it is given, so it gets one after the other. */
  private void each(BiFunction<Backend, Bucket, Work> operation) {
    int batch = ranks.onCpu() ? 1 : Math.max(1, buckets.size());
    for (int b = 0; b < buckets.size(); b += batch) {
      List<Bucket> some = buckets.subList(b, b + batch);
      ranks.together((group, works) -> some.forEach(one -> works.add(operation.apply(group, one))));
    }
  }

  /**
   * Brings together what the ranks hold of a tensor that none has all of, one bucket after the
   * other.
   *
   * @param shard this rank's parts, one behind the other
   * @param into (N) of the host, which receives all; null where it is not wanted
   */
  public void collect(Tensor shard, Tensor into) {
    try (Scope scope = Scope.open();
        AutoGradMode off = new AutoGradMode(false)) {
      Device device = shard.device();
      int b = 0;
      for (Piece piece : own) {
        try (Scope inner = Scope.open()) {
          Tensor part = shard.narrow(0, piece.place, piece.count);
          if (b < buckets.size()) {
            Bucket bucket = buckets.get(b++);
            Tensor all = Tensors.empty(shard.scalar_type(), device, bucket.part * ranks.size());
            ranks.together((group, works) -> works.add(group._allgather_base(all, part)));
            copy(all, into, bucket.start);
          } else {
            copy(part, into, piece.start);
          }
        }
      }
    }
    if (!isWhole()) {
      ranks.barrier();
    }
  }

  private static void copy(Tensor part, Tensor into, long start) {
    if (into != null) {
      TensorBytes.copy(part, into.narrow(0, start, part.numel()));
    }
  }

  /**
   * Of the sum of squares over all ranks this one's share, such that each number counts once.
   *
   * @return (1) float64 on the tensor's device
   */
  public Tensor squares(Tensor flat) {
    Tensor sum = Tensors.zeros(ScalarType.Double, flat.device(), 1);
    for (int i = 0; i < own.size(); i++) {
      if (i < buckets.size() || ranks.first()) {
        Piece piece = own.get(i);
        sum.add_(flat.narrow(0, piece.start, piece.count).norm().to(ScalarType.Double).square());
      }
    }
    return sum;
  }

  private Tensor all(Tensor flat, Bucket bucket) {
    return flat.narrow(0, bucket.start, bucket.part * ranks.size());
  }

  private Tensor mine(Tensor flat, Bucket bucket) {
    return flat.narrow(0, bucket.start + ranks.rank() * bucket.part, bucket.part);
  }

  /** What every rank has. */
  private Tensor[] rest(Tensor flat) {
    return own.subList(buckets.size(), own.size()).stream()
        .map(piece -> flat.narrow(0, piece.start, piece.count))
        .toArray(Tensor[]::new);
  }
}
