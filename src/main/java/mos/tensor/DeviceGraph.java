package mos.tensor;

import mos.base.MosException;
import org.bytedeco.cuda.cudart.CUgraphExec_st;
import org.bytedeco.cuda.cudart.CUgraph_st;
import org.bytedeco.cuda.global.cudart;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.cuda.CUDAStream;
import org.bytedeco.pytorch.global.torch_cuda;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Work on tensors of fixed places and shapes that is recorded once and then given to the device in
 * one call (a CUDA graph): the device no longer waits for the host between small operations. On the
 * CPU, and where the device refuses to record, each {@link #launch} runs the work itself.
 *
 * <p>The work must read and write tensors that outlive the graph and were made outside of it; what
 * it makes itself may be overwritten by any other graph. It must neither read from the device nor
 * depend on values that the host knows when it is recorded. Graphs are recorded on one stream of
 * their own, whose part of the allocator's memory nothing else uses, and all run on the current
 * stream, one after another. {@link DeviceMemory#release} must not be called while a graph lives
 * that was recorded without a {@link GraphMemory}.
 */
public final class DeviceGraph implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(DeviceGraph.class);

  /** Runs before recording: libraries then have chosen their algorithms and taken their memory. */
  private static final int REHEARSALS = 2;

  private static final int RELAXED_CAPTURE = 2;

  private static CUDAStream recording;

  private final Runnable work;

  /** Null where each launch runs the work. */
  private final CUgraphExec_st graph;

  private DeviceGraph(Runnable work, CUgraphExec_st graph) {
    this.work = work;
    this.graph = graph;
  }

  /**
   * Records work; on a GPU it is run twice before.
   *
   * @param work the same in every run
   */
  public static DeviceGraph of(Device device, Runnable work) {
    return of(device, work, null);
  }

  /**
   * The same in memory of which one knows whether it is still there.
   *
   * @param memory of the same device; the graph must not be launched unless it is whole. Null: what
   *     the allocator has, see above
   */
  public static DeviceGraph of(Device device, Runnable work, GraphMemory memory) {
    if (device.is_cpu()) {
      return new DeviceGraph(work, null);
    }
    try {
      return new DeviceGraph(
          work, record(work, memory == null ? recordingStream() : memory.stream()));
    } catch (MosException e) {
      LOG.warn("{}; working without", e.getMessage());
      return new DeviceGraph(work, null);
    }
  }

  /** Whether the device replays the work; else each launch runs it. */
  public boolean recorded() {
    return graph != null;
  }

  private static synchronized CUDAStream recordingStream() {
    if (recording == null) {
      try (Scope scope = Scope.open()) {
        recording = Scope.own(torch_cuda.getStreamFromPool());
      }
    }
    return recording;
  }

  private static synchronized CUgraphExec_st record(Runnable work, CUDAStream stream) {
    try (Scope scope = Scope.open()) {
      CUDAStream before = torch_cuda.getCurrentCUDAStream();
      check(cudart.cudaDeviceSynchronize(), "waiting");
      torch_cuda.setCurrentCUDAStream(stream);
      try {
        for (int i = 0; i < REHEARSALS; i++) {
          run(work);
        }
        check(cudart.cudaDeviceSynchronize(), "waiting");
        return instantiate(capture(work, stream));
      } finally {
        torch_cuda.setCurrentCUDAStream(before);
      }
    }
  }

  private static CUgraph_st capture(Runnable work, CUDAStream stream) {
    CUgraph_st graph = new CUgraph_st();
    check(cudart.cudaStreamBeginCapture(stream.stream(), RELAXED_CAPTURE), "recording");
    try {
      run(work);
    } catch (RuntimeException e) {
      cudart.cudaStreamEndCapture(stream.stream(), graph);
      cudart.cudaGetLastError();
      throw e;
    }
    check(cudart.cudaStreamEndCapture(stream.stream(), graph), "recording");
    return graph;
  }

  private static CUgraphExec_st instantiate(CUgraph_st graph) {
    CUgraphExec_st executable = Scope.own(new CUgraphExec_st());
    try {
      check(cudart.cudaGraphInstantiate(executable, graph, 0), "making a graph");
      return executable;
    } finally {
      cudart.cudaGraphDestroy(graph);
    }
  }

  private static void run(Runnable work) {
    try (Scope scope = Scope.open()) {
      work.run();
    }
  }

  /** Gives the work to the device. */
  public void launch() {
    if (graph == null) {
      run(work);
      return;
    }
    try (Scope scope = Scope.open()) {
      check(cudart.cudaGraphLaunch(graph, torch_cuda.getCurrentCUDAStream().stream()), "launching");
    }
  }

  private static void check(int code, String what) {
    if (code != cudart.cudaSuccess) {
      throw new MosException(
          "CUDA graph, "
              + what
              + ": "
              + cudart.cudaGetErrorString(code).getString()
              + " ("
              + code
              + ")");
    }
  }

  @Override
  public void close() {
    if (graph != null) {
      cudart.cudaGraphExecDestroy(graph);
      graph.deallocate();
    }
  }
}
