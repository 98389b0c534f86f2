// Kernels of a training pass. Compiled at run time for the GPU at hand, once per compute type.
// What each computes is said in TrainingKernels.java.

// Four neighbours at a time: addresses are multiples of four numbers (Java checks widths).
#if TYPE == 0
__device__ __forceinline__ void load4(const T* p, float* v) {
  float4 a = *reinterpret_cast<const float4*>(p);
  v[0] = a.x; v[1] = a.y; v[2] = a.z; v[3] = a.w;
}
__device__ __forceinline__ void store4(T* p, const float* v) {
  *reinterpret_cast<float4*>(p) = make_float4(v[0], v[1], v[2], v[3]);
}
#else
__device__ __forceinline__ void unpack4(uint2 a, float* v) {
  v[0] = toFloat((T)(a.x & 0xffff)); v[1] = toFloat((T)(a.x >> 16));
  v[2] = toFloat((T)(a.y & 0xffff)); v[3] = toFloat((T)(a.y >> 16));
}
__device__ __forceinline__ void load4(const T* p, float* v) {
  unpack4(*reinterpret_cast<const uint2*>(p), v);
}
__device__ __forceinline__ void store4(T* p, const float* v) {
  *reinterpret_cast<uint2*>(p) = make_uint2(pack(v[0], v[1]), pack(v[2], v[3]));
}
#endif

__device__ __forceinline__ void loadFloat4(const float* p, float* v) {
  float4 a = *reinterpret_cast<const float4*>(p);
  v[0] = a.x; v[1] = a.y; v[2] = a.z; v[3] = a.w;
}

__device__ __forceinline__ void add4(float* p, const float* v) {
#if __CUDA_ARCH__ >= 900
  asm volatile("red.global.add.v4.f32 [%0], {%1, %2, %3, %4};"
               :: "l"(p), "f"(v[0]), "f"(v[1]), "f"(v[2]), "f"(v[3]) : "memory");
#else
  for (int i = 0; i < 4; i++) atomicAdd(p + i, v[i]);
#endif
}

// The seed of a mask: of what is recorded, the part that changes is in memory.
__device__ __forceinline__ u64 seedOf(u64 seed, const u64* base) {
  return base == 0 ? seed : seed + *base;
}

// Zeroes with probability threshold / 2^32 and scales the rest. index: of the group of four.
__device__ __forceinline__ void drop4(float* v, unsigned threshold, float keep, u64 seed, u64 index) {
  if (threshold == 0) return;
  uint4 r = philox(seed, index, 0);
  v[0] = r.x >= threshold ? v[0] * keep : 0.f;
  v[1] = r.y >= threshold ? v[1] * keep : 0.f;
  v[2] = r.z >= threshold ? v[2] * keep : 0.f;
  v[3] = r.w >= threshold ? v[3] * keep : 0.f;
}

// Dropout in a row that a warp has: eight decisions of 16 bits for each number drawn, so that two
// groups of four share it. k: which group of this lane; the groups come in order.
__device__ __forceinline__ void dropRow4(
    float* v, uint4& r, int k, unsigned threshold, float keep, u64 seed, u64 row, int lane) {
  if (threshold == 0) return;
  if (k % 2 == 0) r = philox(seed, (row * 32 + lane) * 4 + k / 2, 0);
  unsigned a = k % 2 == 0 ? r.x : r.z, b = k % 2 == 0 ? r.y : r.w, least = threshold >> 16;
  v[0] = (a & 0xffff) >= least ? v[0] * keep : 0.f;
  v[1] = (a >> 16) >= least ? v[1] * keep : 0.f;
  v[2] = (b & 0xffff) >= least ? v[2] * keep : 0.f;
  v[3] = (b >> 16) >= least ? v[3] * keep : 0.f;
}

// ---- Embedding: a warp per token, 8 warps a block.

extern "C" __global__ void __launch_bounds__(256) embed(
    const int* tokens, const int* places, const T* table, u64 tableStride, const float* positions,
    u64 positionStride, T* out, int n, int d, float scale, unsigned threshold, float keep, u64 seed,
    const u64* base) {
  int row = blockIdx.x * 8 + threadIdx.x / 32, lane = threadIdx.x % 32;
  if (row >= n) return;
  seed = seedOf(seed, base);
  const T* from = table + (u64)tokens[row] * tableStride;
  const float* place = positions + (u64)places[row] * positionStride;
  for (int c = lane * 4; c < d; c += 128) {
    float v[4], p[4];
    load4(from + c, v);
    loadFloat4(place + c, p);
    for (int i = 0; i < 4; i++) v[i] = v[i] * scale + p[i];
    drop4(v, threshold, keep, seed, ((u64)row * d + c) / 4);
    store4(out + (u64)row * d + c, v);
  }
}

extern "C" __global__ void __launch_bounds__(256) embedBackward(
    const int* tokens, const T* gradient, float* table, u64 tableStride, int n, int d, float scale,
    unsigned threshold, float keep, u64 seed, const u64* base) {
  int row = blockIdx.x * 8 + threadIdx.x / 32, lane = threadIdx.x % 32;
  if (row >= n) return;
  seed = seedOf(seed, base);
  float* to = table + (u64)tokens[row] * tableStride;
  for (int c = lane * 4; c < d; c += 128) {
    float v[4];
    load4(gradient + (u64)row * d + c, v);
    drop4(v, threshold, keep, seed, ((u64)row * d + c) / 4);
    for (int i = 0; i < 4; i++) v[i] *= scale;
    add4(to + c, v);
  }
}

// ---- Dropout, residual, layer norm: a warp per row; NV groups of 128 columns.

template <int NV>
__device__ __forceinline__ void addNormRow(
    const T* x, T* y, const float* w, const float* b, T* out, float* mean, float* deviation, int n,
    int d, unsigned threshold, float keep, u64 seed) {
  int row = blockIdx.x * 4 + threadIdx.x / 32, lane = threadIdx.x % 32;
  if (row >= n) return;
  u64 base = (u64)row * d;
  float v[NV][4];
  float sum = 0.f;
  uint4 random;
#pragma unroll
  for (int k = 0; k < NV; k++) {
    int c = (k * 32 + lane) * 4;
    if (c < d) {
      float s[4];
      load4(y + base + c, s);
      load4(x + base + c, v[k]);
      dropRow4(s, random, k, threshold, keep, seed, row, lane);
      for (int i = 0; i < 4; i++) { v[k][i] = rounded(v[k][i] + s[i]); sum += v[k][i]; }
      store4(y + base + c, v[k]);
    }
  }
  float m = warpSum(sum) / d;
  float squares = 0.f;
#pragma unroll
  for (int k = 0; k < NV; k++) {
    if ((k * 32 + lane) * 4 < d)
      for (int i = 0; i < 4; i++) { float t = v[k][i] - m; squares += t * t; }
  }
  float r = rsqrtf(warpSum(squares) / d + 1e-5f);
  if (lane == 0) { mean[row] = m; deviation[row] = r; }
#pragma unroll
  for (int k = 0; k < NV; k++) {
    int c = (k * 32 + lane) * 4;
    if (c < d) {
      float wv[4], bv[4];
      loadFloat4(w + c, wv);
      loadFloat4(b + c, bv);
      for (int i = 0; i < 4; i++) v[k][i] = (v[k][i] - m) * r * wv[i] + bv[i];
      store4(out + base + c, v[k]);
    }
  }
}

template <int NV>
__device__ __forceinline__ void addNormBackwardRows(
    const T* gradient, const T* z, const float* mean, const float* deviation, const float* w,
    T* residual, T* sublayer, float* gw, float* gb, float* gl, int n, int d, unsigned threshold,
    float keep, u64 seed) {
  __shared__ float sums[3][NV * 128];
  for (int c = threadIdx.x; c < 3 * NV * 128; c += blockDim.x) (&sums[0][0])[c] = 0.f;
  __syncthreads();
  int lane = threadIdx.x % 32;
  float sw[NV][4], sb[NV][4], sl[NV][4];
#pragma unroll
  for (int k = 0; k < NV; k++) {
    for (int i = 0; i < 4; i++) { sw[k][i] = 0.f; sb[k][i] = 0.f; sl[k][i] = 0.f; }
  }
  int warps = blockDim.x / 32;
  for (int row = blockIdx.x * warps + threadIdx.x / 32; row < n; row += gridDim.x * warps) {
    u64 base = (u64)row * d;
    float m = mean[row], r = deviation[row];
    float g[NV][4], h[NV][4];
    float s1 = 0.f, s2 = 0.f;
#pragma unroll
    for (int k = 0; k < NV; k++) {
      int c = (k * 32 + lane) * 4;
      if (c < d) {
        load4(gradient + base + c, g[k]);
        load4(z + base + c, h[k]);
        float wv[4];
        loadFloat4(w + c, wv);
        for (int i = 0; i < 4; i++) {
          h[k][i] = (h[k][i] - m) * r;
          sw[k][i] += g[k][i] * h[k][i];
          sb[k][i] += g[k][i];
          g[k][i] *= wv[i];
          s1 += g[k][i];
          s2 += g[k][i] * h[k][i];
        }
      }
    }
    s1 = warpSum(s1) / d;
    s2 = warpSum(s2) / d;
    uint4 random;
#pragma unroll
    for (int k = 0; k < NV; k++) {
      int c = (k * 32 + lane) * 4;
      if (c < d) {
        float v[4];
        for (int i = 0; i < 4; i++) v[i] = r * (g[k][i] - s1 - h[k][i] * s2);
        store4(residual + base + c, v);
        dropRow4(v, random, k, threshold, keep, seed, row, lane);
        store4(sublayer + base + c, v);
        for (int i = 0; i < 4; i++) sl[k][i] += v[i];
      }
    }
  }
#pragma unroll
  for (int k = 0; k < NV; k++) {
    int c = (k * 32 + lane) * 4;
    if (c < d)
      for (int i = 0; i < 4; i++) {
        atomicAdd(&sums[0][c + i], sw[k][i]);
        atomicAdd(&sums[1][c + i], sb[k][i]);
        atomicAdd(&sums[2][c + i], sl[k][i]);
      }
  }
  __syncthreads();
  for (int c = threadIdx.x; c < d; c += blockDim.x) {
    atomicAdd(gw + c, sums[0][c]);
    atomicAdd(gb + c, sums[1][c]);
    atomicAdd(gl + c, sums[2][c]);
  }
}

#define NORM(NV)                                                                                   \
  extern "C" __global__ void __launch_bounds__(128) addNorm##NV(                                   \
      const T* x, T* y, const float* w, const float* b, T* out, float* mean, float* deviation,     \
      int n, int d, unsigned threshold, float keep, u64 seed, const u64* base) {                   \
    seed = seedOf(seed, base);                                                                     \
    addNormRow<NV>(x, y, w, b, out, mean, deviation, n, d, threshold, keep, seed);                 \
  }                                                                                                \
  extern "C" __global__ void __launch_bounds__(512) addNormBackward##NV(                           \
      const T* gradient, const T* z, const float* mean, const float* deviation, const float* w,    \
      T* residual, T* sublayer, float* gw, float* gb, float* gl, int n, int d,                     \
      unsigned threshold, float keep, u64 seed, const u64* base) {                                 \
    seed = seedOf(seed, base);                                                                     \
    addNormBackwardRows<NV>(gradient, z, mean, deviation, w, residual, sublayer, gw, gb, gl, n, d, \
                            threshold, keep, seed);                                                \
  }
NORM(1) NORM(2) NORM(3) NORM(4) NORM(5) NORM(6) NORM(7) NORM(8)

// ---- Elementwise in place: four columns a thread.

extern "C" __global__ void __launch_bounds__(256) dropout(
    T* x, u64 groups, unsigned threshold, float keep, u64 seed, const u64* base) {
  u64 i = (u64)blockIdx.x * 256 + threadIdx.x;
  if (i >= groups) return;
  seed = seedOf(seed, base);
  float v[4];
  load4(x + i * 4, v);
  drop4(v, threshold, keep, seed, i);
  store4(x + i * 4, v);
}

// A thread has four columns of every gridDim.y-th row.
extern "C" __global__ void __launch_bounds__(128) reluBackward(
    T* gradient, const T* output, float* bias, int n, int f, float keep) {
  int c = (blockIdx.x * 128 + threadIdx.x) * 4;
  if (c >= f) return;
  float s[4] = {0.f, 0.f, 0.f, 0.f};
#pragma unroll 4
  for (int row = blockIdx.y; row < n; row += gridDim.y) {
    u64 at = (u64)row * f + c;
    float g[4], h[4];
    load4(gradient + at, g);
    load4(output + at, h);
    for (int i = 0; i < 4; i++) { g[i] = h[i] > 0.f ? g[i] * keep : 0.f; s[i] += g[i]; }
    store4(gradient + at, g);
  }
  add4(bias + c, s);
}

// Up to three parts of q columns each, side by side.
extern "C" __global__ void __launch_bounds__(128) join(
    const T* a, const T* b, const T* e, T* out, float* bias, int n, int q, int width) {
  int c = (blockIdx.x * 128 + threadIdx.x) * 4;
  if (c >= width) return;
  const T* part = c < q ? a : c < 2 * q ? b : e;
  int column = c % q;
  float s[4] = {0.f, 0.f, 0.f, 0.f};
#pragma unroll 4
  for (int row = blockIdx.y; row < n; row += gridDim.y) {
    float v[4];
    load4(part + (u64)row * q + column, v);
    store4(out + (u64)row * width + c, v);
    for (int i = 0; i < 4; i++) s[i] += v[i];
  }
  add4(bias + c, s);
}

extern "C" __global__ void __launch_bounds__(128) columnSums(
    const T* x, float* sums, int n, int width) {
  int c = (blockIdx.x * 128 + threadIdx.x) * 4;
  if (c >= width) return;
  float s[4] = {0.f, 0.f, 0.f, 0.f};
#pragma unroll 8
  for (int row = blockIdx.y; row < n; row += gridDim.y) {
    float v[4];
    load4(x + (u64)row * width + c, v);
    for (int i = 0; i < 4; i++) s[i] += v[i];
  }
  add4(sums + c, s);
}

// ---- Label-smoothed cross-entropy: a block per token. stride: of sums, 0 when there is one for all.

__device__ __forceinline__ void merge(float& m, float& s, float om, float os) {
  float top = fmaxf(m, om);
  // Both empty: top is -inf and exp(nan) must not arise.
  s = (m == top ? s : s * __expf(m - top)) + (om == top ? os : os * __expf(om - top));
  m = top;
}

template <bool WIDE>
__device__ __forceinline__ void entropy(
    T* row, int target, double* sums, int v, float smoothing, float scale) {
  __shared__ float sm[16], ss[16], st[16];
  __shared__ float shared[1];
  float m = -1e30f, s = 0.f, t = 0.f;
  if (WIDE) {
#pragma unroll 4
    for (int c = threadIdx.x * 4; c < v; c += 2048) {
      float x[4];
      load4(row + c, x);
      float top = fmaxf(fmaxf(x[0], x[1]), fmaxf(x[2], x[3]));
      if (top > m) { s *= __expf(m - top); m = top; }
      for (int i = 0; i < 4; i++) { s += __expf(x[i] - m); t += x[i]; }
    }
  } else {
    for (int c = threadIdx.x; c < v; c += 512) {
      float x = toFloat(row[c]);
      if (x > m) { s *= __expf(m - x); m = x; }
      s += __expf(x - m);
      t += x;
    }
  }
#pragma unroll
  for (int o = 16; o > 0; o >>= 1) {
    float om = __shfl_xor_sync(0xffffffffu, m, o), os = __shfl_xor_sync(0xffffffffu, s, o);
    merge(m, s, om, os);
    t += __shfl_xor_sync(0xffffffffu, t, o);
  }
  int warp = threadIdx.x / 32, lane = threadIdx.x % 32;
  if (lane == 0) { sm[warp] = m; ss[warp] = s; st[warp] = t; }
  __syncthreads();
  if (threadIdx.x == 0) {
    for (int k = 1; k < 16; k++) { merge(m, s, sm[k], ss[k]); t += st[k]; }
    float lse = m + logf(s);
    float own = toFloat(row[target]);
    float mean = t / v;
    atomicAdd(sums, (double)((1.f - smoothing) * (lse - own) + smoothing * (lse - mean)));
    atomicAdd(sums + 1, (double)(lse - own));
    shared[0] = lse;
  }
  __syncthreads();
  float lse = shared[0], uniform = smoothing / v, hit = 1.f - smoothing;
  if (WIDE) {
#pragma unroll 4
    for (int c = threadIdx.x * 4; c < v; c += 2048) {
      float x[4];
      load4(row + c, x);
      for (int i = 0; i < 4; i++)
        x[i] = scale * (__expf(x[i] - lse) - uniform - (c + i == target ? hit : 0.f));
      store4(row + c, x);
    }
  } else {
    for (int c = threadIdx.x; c < v; c += 512)
      row[c] = fromFloat(
          scale * (__expf(toFloat(row[c]) - lse) - uniform - (c == target ? hit : 0.f)));
  }
}

extern "C" __global__ void __launch_bounds__(512) crossEntropy(
    T* logits, const int* targets, double* sums, u64 stride, int v, float smoothing, float scale) {
  T* row = logits + (u64)blockIdx.x * v;
  if (targets[blockIdx.x] < 0) {
    for (int c = threadIdx.x; c < v; c += 512) row[c] = fromFloat(0.f);
    return;
  }
  sums += blockIdx.x * stride;
  if (v % 4 == 0) entropy<true>(row, targets[blockIdx.x], sums, v, smoothing, scale);
  else entropy<false>(row, targets[blockIdx.x], sums, v, smoothing, scale);
}

#if TYPE != 0
// The same for rows of at most K * 2048 numbers, a multiple of four: they are read once, and kept in
// registers until their gradient is written.
template <int K>
__device__ __forceinline__ void entropyKept(
    T* logits, const int* targets, double* sums, u64 stride, int v, float smoothing, float scale) {
  __shared__ float sm[16], ss[16], st[16];
  __shared__ float shared[1];
  T* row = logits + (u64)blockIdx.x * v;
  int target = targets[blockIdx.x];
  if (target < 0) {
    for (int c = threadIdx.x * 4; c < v; c += 2048)
      *reinterpret_cast<uint2*>(row + c) = make_uint2(0, 0);
    return;
  }
  sums += blockIdx.x * stride;
  uint2 kept[K];
#pragma unroll
  for (int k = 0; k < K; k++) {
    int c = (k * 512 + threadIdx.x) * 4;
    if (c < v) kept[k] = *reinterpret_cast<const uint2*>(row + c);
  }
  float m = -1e30f, s = 0.f, t = 0.f;
#pragma unroll
  for (int k = 0; k < K; k++)
    if ((k * 512 + threadIdx.x) * 4 < v) {
      float x[4];
      unpack4(kept[k], x);
      m = fmaxf(m, fmaxf(fmaxf(x[0], x[1]), fmaxf(x[2], x[3])));
    }
#pragma unroll
  for (int k = 0; k < K; k++)
    if ((k * 512 + threadIdx.x) * 4 < v) {
      float x[4];
      unpack4(kept[k], x);
      for (int i = 0; i < 4; i++) { s += __expf(x[i] - m); t += x[i]; }
    }
#pragma unroll
  for (int o = 16; o > 0; o >>= 1) {
    float om = __shfl_xor_sync(0xffffffffu, m, o), os = __shfl_xor_sync(0xffffffffu, s, o);
    merge(m, s, om, os);
    t += __shfl_xor_sync(0xffffffffu, t, o);
  }
  int warp = threadIdx.x / 32;
  if (threadIdx.x % 32 == 0) { sm[warp] = m; ss[warp] = s; st[warp] = t; }
  __syncthreads();
  if (threadIdx.x == 0) {
    for (int k = 1; k < 16; k++) { merge(m, s, sm[k], ss[k]); t += st[k]; }
    float lse = m + logf(s), own = toFloat(row[target]), mean = t / v;
    atomicAdd(sums, (double)((1.f - smoothing) * (lse - own) + smoothing * (lse - mean)));
    atomicAdd(sums + 1, (double)(lse - own));
    shared[0] = lse;
  }
  __syncthreads();
  float lse = shared[0], uniform = smoothing / v, hit = 1.f - smoothing;
#pragma unroll
  for (int k = 0; k < K; k++) {
    int c = (k * 512 + threadIdx.x) * 4;
    if (c < v) {
      float x[4];
      unpack4(kept[k], x);
      for (int i = 0; i < 4; i++)
        x[i] = scale * (__expf(x[i] - lse) - uniform - (c + i == target ? hit : 0.f));
      store4(row + c, x);
    }
  }
}

extern "C" __global__ void __launch_bounds__(512) crossEntropy8(
    T* logits, const int* targets, double* sums, u64 stride, int v, float smoothing, float scale) {
  entropyKept<8>(logits, targets, sums, stride, v, smoothing, scale);
}

extern "C" __global__ void __launch_bounds__(512) crossEntropy16(
    T* logits, const int* targets, double* sums, u64 stride, int v, float smoothing, float scale) {
  entropyKept<16>(logits, targets, sums, stride, v, smoothing, scale);
}
#endif

// ---- Experts: a block per output row of a matrix. Each matrix has a row of 16 numbers in a table,
// written by CudaMixer.java.

struct Matrix {
  u64 group, offset, rowStride;  // of its shares r; rowStride 0 when layer-wise
  const float* w;
  u64 expertStride, columns;
  const float* b;
  u64 biasStride;
  T* weight;
  T* bias;
  const float* gradient;
  const float* biasGradient;
  float* gw;
  float* gb;
  u64 rows, in;
};

template <typename P>
__device__ __forceinline__ P choose(u64 group, P a, P b, P c, P d) {
  return group == 0 ? a : group == 1 ? b : group == 2 ? c : d;
}

extern "C" __global__ void __launch_bounds__(128) mix(
    const Matrix* table, const float* r0, const float* r1, const float* r2, const float* r3, int m) {
  Matrix a = table[blockIdx.y];
  u64 row = blockIdx.x;
  if (row >= a.rows) return;
  const float* share = choose(a.group, r0, r1, r2, r3) + a.offset + row * a.rowStride;
  for (u64 c = threadIdx.x * 4; c < a.in; c += 512) {
    float v[4] = {0.f, 0.f, 0.f, 0.f};
#pragma unroll 2
    for (int e = 0; e < m; e++) {
      float x[4];
      loadFloat4(a.w + e * a.expertStride + row * a.columns + c, x);
      for (int i = 0; i < 4; i++) v[i] += share[e] * x[i];
    }
    store4(a.weight + row * a.in + c, v);
  }
  if (threadIdx.x == 0) {
    float v = 0.f;
    for (int e = 0; e < m; e++) v += share[e] * a.b[e * a.biasStride + row];
    a.bias[row] = fromFloat(v);
  }
}

extern "C" __global__ void __launch_bounds__(128) mixBackward(
    const Matrix* table, const float* r0, const float* r1, const float* r2, const float* r3,
    float* g0, float* g1, float* g2, float* g3, int m, int overwrite) {
  __shared__ float parts[4];
  Matrix a = table[blockIdx.y];
  u64 row = blockIdx.x;
  if (row >= a.rows) return;
  const float* share = choose(a.group, r0, r1, r2, r3) + a.offset + row * a.rowStride;
  float* gr = choose(a.group, g0, g1, g2, g3) + a.offset + row * a.rowStride;
  for (int e = 0; e < m; e++) {
    float dot = 0.f;
    for (u64 c = threadIdx.x * 4; c < a.in; c += 512) {
      u64 at = e * a.expertStride + row * a.columns + c;
      float g[4], x[4], y[4] = {0.f, 0.f, 0.f, 0.f};
      loadFloat4(a.gradient + row * a.in + c, g);
      loadFloat4(a.w + at, x);
      if (!overwrite) loadFloat4(a.gw + at, y);
      for (int i = 0; i < 4; i++) { dot += g[i] * x[i]; y[i] += share[e] * g[i]; }
      *reinterpret_cast<float4*>(a.gw + at) = make_float4(y[0], y[1], y[2], y[3]);
    }
    dot = warpSum(dot);
    if (threadIdx.x % 32 == 0) parts[threadIdx.x / 32] = dot;
    __syncthreads();
    if (threadIdx.x == 0) {
      float g = a.biasGradient[row];
      float* gb = a.gb + e * a.biasStride + row;
      *gb = (overwrite ? 0.f : *gb) + share[e] * g;
      atomicAdd(gr + e, parts[0] + parts[1] + parts[2] + parts[3] + g * a.b[e * a.biasStride + row]);
    }
    __syncthreads();
  }
}

// The same for up to three architectures at once: links has three table rows, or null, for each
// matrix of the first, which uses all experts in full. strides: from one architecture's mixtures to
// the next one's.
extern "C" __global__ void __launch_bounds__(128) mixBackwardTogether(
    const Matrix* const* links, const float* r0, const float* r1, const float* r2, const float* r3,
    float* g0, float* g1, float* g2, float* g3, u64 s0, u64 s1, u64 s2, u64 s3, int m) {
  __shared__ float parts[3][4];
  Matrix all = *links[blockIdx.y * 3];
  u64 row = blockIdx.x;
  if (row >= all.rows) return;
  const float* share[3];
  float* gr[3];
  const float* gradient[3];
  const float* biasGradient[3];
  u64 in[3];
#pragma unroll
  for (int a = 0; a < 3; a++) {
    const Matrix* link = links[blockIdx.y * 3 + a];
    in[a] = 0;
    if (link == 0 || row >= link->rows) continue;
    u64 at = a * choose(link->group, s0, s1, s2, s3) + link->offset + row * link->rowStride;
    share[a] = choose(link->group, r0, r1, r2, r3) + at;
    gr[a] = choose(link->group, g0, g1, g2, g3) + at;
    in[a] = link->in;
    gradient[a] = link->gradient + row * link->in;
    biasGradient[a] = link->biasGradient + row;
  }
  for (int e = 0; e < m; e++) {
    float dot[3] = {0.f, 0.f, 0.f};
    for (u64 c = threadIdx.x * 4; c < all.in; c += 512) {
      u64 at = e * all.expertStride + row * all.columns + c;
      float x[4], y[4] = {0.f, 0.f, 0.f, 0.f};
      loadFloat4(all.w + at, x);
#pragma unroll
      for (int a = 0; a < 3; a++)
        if (c < in[a]) {
          float g[4];
          loadFloat4(gradient[a] + c, g);
          float r = share[a][e];
          for (int i = 0; i < 4; i++) { dot[a] += g[i] * x[i]; y[i] += r * g[i]; }
        }
      *reinterpret_cast<float4*>(all.gw + at) = make_float4(y[0], y[1], y[2], y[3]);
    }
#pragma unroll
    for (int a = 0; a < 3; a++) {
      dot[a] = warpSum(dot[a]);
      if (threadIdx.x % 32 == 0) parts[a][threadIdx.x / 32] = dot[a];
    }
    __syncthreads();
    if (threadIdx.x == 0) {
      float b = all.b[e * all.biasStride + row], gb = 0.f;
#pragma unroll
      for (int a = 0; a < 3; a++)
        if (in[a] > 0) {
          float g = *biasGradient[a];
          gb += share[a][e] * g;
          atomicAdd(gr[a] + e, parts[a][0] + parts[a][1] + parts[a][2] + parts[a][3] + g * b);
        }
      all.gb[e * all.biasStride + row] = gb;
    }
    __syncthreads();
  }
}

// ---- Adam with decoupled weight decay, see Adam.java. divisor, unusable: one number each.

extern "C" __global__ void __launch_bounds__(256) adam(
    float* p, const float* g, float* m, float* v, u64 groups, const float* divisor,
    const float* unusable, float rate, float beta1, float beta2, float epsilon, float decay,
    float correction1, float correction2) {
  u64 i = (u64)blockIdx.x * 256 + threadIdx.x;
  if (i >= groups || *unusable != 0.f) return;
  float s = 1.f / *divisor;
  float pv[4], gv[4], mv[4], vv[4];
  loadFloat4(p + i * 4, pv);
  loadFloat4(g + i * 4, gv);
  loadFloat4(m + i * 4, mv);
  loadFloat4(v + i * 4, vv);
  for (int k = 0; k < 4; k++) {
    float x = gv[k] * s;
    mv[k] += (1.f - beta1) * (x - mv[k]);
    vv[k] += (1.f - beta2) * (x * x - vv[k]);
    pv[k] -= rate * decay * pv[k];
    pv[k] -= rate * correction1 * mv[k] / (sqrtf(vv[k]) * correction2 + epsilon);
  }
  *reinterpret_cast<float4*>(p + i * 4) = make_float4(pv[0], pv[1], pv[2], pv[3]);
  *reinterpret_cast<float4*>(m + i * 4) = make_float4(mv[0], mv[1], mv[2], mv[3]);
  *reinterpret_cast<float4*>(v + i * 4) = make_float4(vv[0], vv[1], vv[2], vv[3]);
}
