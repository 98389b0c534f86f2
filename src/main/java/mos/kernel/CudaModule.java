package mos.kernel;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import mos.base.MosException;
import mos.tensor.Native;
import mos.tensor.Scope;
import org.bytedeco.cuda.cudart.CUfunc_st;
import org.bytedeco.cuda.cudart.CUmod_st;
import org.bytedeco.cuda.global.cudart;
import org.bytedeco.cuda.global.nvrtc;
import org.bytedeco.cuda.nvrtc._nvrtcProgram;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerPointer;
import org.bytedeco.javacpp.SizeTPointer;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** CUDA source, compiled for the current GPU when it is loaded (about a second). */
final class CudaModule {
  /** What comes before every source. */
  private static final String COMMON = "/mos/kernel/common.cuh";

  private static final int MAJOR = cudart.cudaDevAttrComputeCapabilityMajor;
  private static final int MINOR = cudart.cudaDevAttrComputeCapabilityMinor;

  private final CUmod_st module;

  private CudaModule(CUmod_st module) {
    this.module = module;
  }

  /**
   * Compiles a resource of this package.
   *
   * @param defines name=value of preprocessor symbols
   * @throws MosException with the compiler's messages
   */
  static CudaModule compile(String resource, List<String> defines) {
    Native.load();
    try (Scope scope = Scope.open()) {
      String architecture = "sm_" + attribute(MAJOR) + attribute(MINOR);
      BytePointer code = compile(resource, read(COMMON) + read(resource), architecture, defines);
      CUmod_st module = Scope.own(new CUmod_st());
      check(cudart.cuModuleLoadData(module, code), "loading " + resource);
      return new CudaModule(module);
    }
  }

  /** The symbol that says the compute type. */
  static String define(ScalarType type) {
    ScalarType known = type.intern();
    return "TYPE=" + (known == ScalarType.Float ? 0 : known == ScalarType.BFloat16 ? 1 : 2);
  }

  /** A number that describes the GPU, {@code cudart.cudaDevAttr…}. */
  static int attribute(int which) {
    int[] value = new int[1];
    check(cudart.cudaDeviceGetAttribute(value, which, 0), "device attribute " + which);
    return value[0];
  }

  private static BytePointer compile(
      String name, String source, String architecture, List<String> defines) {
    _nvrtcProgram program = new _nvrtcProgram();
    checkCompiler(
        nvrtc.nvrtcCreateProgram(
            program,
            new BytePointer(source),
            new BytePointer(name),
            0,
            (PointerPointer<?>) null,
            (PointerPointer<?>) null),
        name,
        null);
    PointerPointer<BytePointer> options = new PointerPointer<>(defines.size() + 1L);
    options.put(0, new BytePointer("--gpu-architecture=" + architecture));
    for (int i = 0; i < defines.size(); i++) {
      options.put(i + 1L, new BytePointer("-D" + defines.get(i)));
    }
    checkCompiler(nvrtc.nvrtcCompileProgram(program, defines.size() + 1, options), name, program);
    SizeTPointer size = new SizeTPointer(1);
    checkCompiler(nvrtc.nvrtcGetCUBINSize(program, size), name, null);
    BytePointer code = new BytePointer(size.get());
    checkCompiler(nvrtc.nvrtcGetCUBIN(program, code), name, null);
    nvrtc.nvrtcDestroyProgram(program);
    return code;
  }

  private static void checkCompiler(int code, String name, _nvrtcProgram program) {
    if (code == nvrtc.NVRTC_SUCCESS) {
      return;
    }
    String log = "";
    if (program != null) {
      SizeTPointer size = new SizeTPointer(1);
      nvrtc.nvrtcGetProgramLogSize(program, size);
      BytePointer text = new BytePointer(size.get());
      nvrtc.nvrtcGetProgramLog(program, text);
      log = ":\n" + text.getString();
    }
    throw new MosException(
        "the CUDA compiler cannot compile "
            + name
            + ": "
            + nvrtc.nvrtcGetErrorString(code).getString()
            + log);
  }

  /** A kernel, alive as long as the program. */
  CUfunc_st function(String name) {
    try (Scope scope = Scope.open()) {
      CUfunc_st function = Scope.own(new CUfunc_st());
      check(cudart.cuModuleGetFunction(function, module, name), "kernel " + name);
      return function;
    }
  }

  static void check(int code, String what) {
    if (code != 0) {
      throw new MosException("CUDA failed at " + what + " with error " + code);
    }
  }

  private static String read(String resource) {
    try (InputStream in = CudaModule.class.getResourceAsStream(resource)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new MosException("cannot read " + resource, e);
    }
  }
}
