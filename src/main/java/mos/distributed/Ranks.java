package mos.distributed;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import mos.base.MosException;
import mos.tensor.ParameterArena;
import mos.tensor.Scope;
import mos.tensor.Tensors;
import org.bytedeco.javacpp.chrono.Milliseconds;
import org.bytedeco.pytorch.Backend;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.GlooDeviceVector;
import org.bytedeco.pytorch.ProcessGroupGloo;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.Work;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.bytedeco.pytorch.nccl.ProcessGroupNCCL;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The processes of one training: sums over all of them, each getting the same result bit for bit.
 * Gloo on CPUs, NCCL on GPUs. Every rank must call the same operations in the same order; one that
 * waits too long for the others fails, naming itself.
 */
public final class Ranks implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Ranks.class);

  /** Numbers of one reduction: large enough for the network, small enough to begin early. */
  private static final long BUCKET = 1L << 24;

  private static final Ranks SINGLE = new Ranks(0, 1, null, null, null);

  private final int rank;
  private final int size;
  private final RankStore store;
  private final Backend group;
  private final Device device;
  private final UnfinishedSums unfinished;
  private boolean sharded;

  private Ranks(int rank, int size, RankStore store, Backend group, Device device) {
    this.rank = rank;
    this.size = size;
    this.store = store;
    this.group = group;
    this.device = device;
    this.unfinished =
        onCpu()
            ? null
            : new UnfinishedSums(TimeUnit.SECONDS.toMillis(store.timeoutSeconds()), this::overdue);
  }

  /** This process alone: every sum is what it was. */
  public static Ranks single() {
    return SINGLE;
  }

  /**
   * Work that the processes of a launch do together, or this one alone.
   *
   * @param device of the tensors to be summed; GPUs need NCCL
   * @throws MosException when others do not come or end, or a library is missing
   */
  public static <T> T together(Processes processes, Device device, Function<Ranks, T> work) {
    if (processes.place().isEmpty()) {
      return work.apply(SINGLE);
    }
    try (Ranks ranks = connect(processes.place().get(), device, processes.timeoutSeconds())) {
      ranks.sharded = processes.sharded();
      T result = work.apply(ranks);
      ranks.leave();
      return result;
    }
  }

  /**
   * Meets the others.
   *
   * @param device of the tensors to be summed; GPUs need NCCL
   * @param timeoutSeconds that one operation may take, at least 1
   * @throws MosException when they do not come in time or a library is missing
   */
  static Ranks connect(Launch launch, Device device, int timeoutSeconds) {
    if (!device.is_cpu()) {
      InstalledLibtorch.requireForNccl();
    }
    RankStore store = new RankStore(launch, timeoutSeconds);
    try {
      Backend group = group(launch, store, device.is_cpu());
      Ranks ranks = new Ranks(launch.rank(), launch.size(), store, group, new Device(device));
      ranks.barrier();
      return ranks;
    } catch (LinkageError e) {
      store.close();
      throw new MosException(
          store.where()
              + ": this build has no NCCL for training on several GPUs: "
              + e.getMessage(),
          e);
    } catch (MosException e) {
      throw e;
    } catch (RuntimeException e) {
      throw store.notMet(e);
    }
  }

  private static Backend group(Launch launch, RankStore store, boolean cpu) {
    // NCCL's own guard aborts the process: it comes after ours, which says what happened.
    long ms = store.timeoutSeconds() * (cpu ? 1000L : 2000L);
    try (Milliseconds timeout = new Milliseconds(ms)) {
      if (!cpu) {
        ProcessGroupNCCL.Options options = ProcessGroupNCCL.Options.create();
        options.timeout(timeout);
        return new ProcessGroupNCCL(store.store(), launch.rank(), launch.size(), options);
      }
      ProcessGroupGloo.Options options = ProcessGroupGloo.Options.create(timeout);
      options.devices(
          new GlooDeviceVector(
              ProcessGroupGloo.createDeviceForHostname(RankStore.localAddress(launch))));
      return new ProcessGroupGloo(store.store(), launch.rank(), launch.size(), options);
    }
  }

  /** From 0; 0 writes files. */
  public int rank() {
    return rank;
  }

  /** The number of processes. */
  public int size() {
    return size;
  }

  /** Whether there is a group to sum over, be it of one process. */
  public boolean isDistributed() {
    return group != null;
  }

  /** Whether sums need no GPU to wait. */
  public boolean onCpu() {
    return device == null || device.is_cpu();
  }

  /** What sums: gloo, nccl, or none in one process without a group. */
  public String engine() {
    if (group == null) {
      return "none";
    }
    return device.is_cpu() ? "gloo" : "nccl";
  }

  public boolean first() {
    return rank == 0;
  }

  /**
   * Replaces each element of tensors by its sum over all ranks. On a GPU this is queued like any
   * other work.
   *
   * @param tensors contiguous, one-dimensional, on the device of {@link #connect}
   * @throws MosException when another rank ended or is not there in time
   */
  public void sum(Tensor... tensors) {
    if (group == null) {
      return;
    }
    together(
        (backend, works) -> {
          for (Tensor tensor : tensors) {
            long length = tensor.numel();
            for (long start = 0; start < length; start += BUCKET) {
              Tensor part = tensor.narrow(0, start, Math.min(BUCKET, length - start));
              works.add(backend.allreduce(new TensorVector(part)));
            }
          }
        });
  }

  /** Begins operations of all ranks. */
  @FunctionalInterface
  interface Together {
    void begin(Backend group, List<Work> works);
  }

  /**
   * What all ranks do together; where there is no GPU, it is waited for.
   *
   * @throws MosException when another rank ended or is not there in time
   */
  void together(Together operations) {
    if (unfinished != null) {
      unfinished.give();
    }
    try (Scope scope = Scope.open()) {
      List<Work> works = new ArrayList<>();
      operations.begin(group, works);
      works.forEach(Work::_wait);
    } catch (RuntimeException e) {
      throw lost(RankStore.firstLine(e), e);
    }
  }

  /**
   * How the parameters' optimiser is divided among the ranks: not at all, unless that was asked.
   */
  public Shards shards(ParameterArena arena) {
    long length = arena.values().numel();
    return sharded ? Shards.of(length, this) : Shards.whole(length);
  }

  /** How many sums of tensors a GPU was given so far; 0 on CPUs, which sum at once. */
  public long sumsGiven() {
    return unfinished == null ? 0 : unfinished.given();
  }

  /**
   * To be told once the host has waited for the GPU: when one takes longer than an operation may,
   * another rank is gone, and this process says so and ends.
   *
   * @param number of the first sums, as {@link #sumsGiven} counted when the work was given
   */
  public void sumsEnded(long number) {
    if (unfinished != null) {
      unfinished.ended(number);
    }
  }

  /** Tells it and ends the process, whose main thread may wait for the device without end. */
  private void overdue() {
    LOG.error(lost("no sum within " + store.timeoutSeconds() + " s", null).getMessage());
    Runtime.getRuntime().halt(LostProcess.exitCode());
  }

  private MosException lost(String why, RuntimeException cause) {
    return new LostProcess(
        store.where()
            + ": another process of this training ended or cannot be reached ("
            + why
            + "); see its messages. The last checkpoint is whole: start all again to continue.",
        cause);
  }

  /** Sums of numbers over all ranks. */
  public double[] sum(double... values) {
    if (group == null) {
      return values;
    }
    try (Scope scope = Scope.open()) {
      Tensor host = Tensors.zeros(ScalarType.Double, Tensors.cpu(), values.length);
      host.data_ptr_double().put(values);
      Tensor there = host.to(device, ScalarType.Double);
      sum(there);
      double[] sums = new double[values.length];
      there.cpu().data_ptr_double().get(sums);
      sumsEnded(sumsGiven());
      return sums;
    }
  }

  /** Waits until all are here. */
  public void barrier() {
    sum(1.0);
  }

  /** Ends NCCL's group, which all ranks must be there for; it complains when it is just dropped. */
  private void leave() {
    if (onCpu()) {
      return;
    }
    barrier();
    unfinished.give();
    group.shutdown();
    unfinished.ended(unfinished.given());
    store.leave(store.timeoutSeconds());
  }

  @Override
  public void close() {
    if (unfinished != null) {
      unfinished.close();
    }
    if (group != null) {
      group.close();
      store.close();
      device.close();
    }
  }
}
