// Attention within short sentences: a block has one sentence and one head, all of it in shared
// memory, every row of weights in registers. Compiled at run time: TYPE 1 is bfloat16, 2 float16;
// D the head size, NT how many groups of 16 keys a sentence has at most.
//
// Products are made of the tensor cores' 16 x 8 x 16 instruction. Its operands' places, for lane l
// with g = l / 4 and t = l % 4: A (16 x 16) rows g and g + 8, columns 2t, 2t + 1 and 8 more; B (16 x
// 8) rows 2t, 2t + 1 and 8 more, column g; C (16 x 8) rows g and g + 8, columns 2t and 2t + 1.

#define LD (D + 8)  // of a row in shared memory: eight more, so that rows lie in different banks

__device__ __forceinline__ void mma(float* c, const unsigned* a, const unsigned* b) {
#if TYPE == 1
  asm volatile("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 "
#else
  asm volatile("mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 "
#endif
               "{%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
               : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
               : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
}

__device__ __forceinline__ unsigned word(const T* p) { return *reinterpret_cast<const unsigned*>(p); }

// A[i][j] = m[row + i][column + j].
__device__ __forceinline__ void loadA(unsigned* a, const T* m, int row, int column, int ld, int lane) {
  const T* p = m + (row + lane / 4) * ld + column + lane % 4 * 2;
  a[0] = word(p); a[1] = word(p + 8 * ld); a[2] = word(p + 8); a[3] = word(p + 8 * ld + 8);
}

// A[i][j] = m[row + j][column + i].
__device__ __forceinline__ void loadATransposed(
    unsigned* a, const T* m, int row, int column, int ld, int lane) {
  const T* p = m + (row + lane % 8 + lane / 16 * 8) * ld + column + lane / 8 % 2 * 8;
  unsigned at = (unsigned)__cvta_generic_to_shared(p);
  asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0, %1, %2, %3}, [%4];"
               : "=r"(a[0]), "=r"(a[1]), "=r"(a[2]), "=r"(a[3]) : "r"(at));
}

// B[i][j] = m[row + j][column + i].
__device__ __forceinline__ void loadBTransposed(
    unsigned* b, const T* m, int row, int column, int ld, int lane) {
  const T* p = m + (row + lane / 4) * ld + column + lane % 4 * 2;
  b[0] = word(p); b[1] = word(p + 8);
}

// B[i][j] = m[row + i][column + j].
__device__ __forceinline__ void loadB(unsigned* b, const T* m, int row, int column, int ld, int lane) {
  unsigned at = (unsigned)__cvta_generic_to_shared(m + (row + lane % 16) * ld + column);
  asm volatile("ldmatrix.sync.aligned.m8n8.x2.trans.shared.b16 {%0, %1}, [%2];"
               : "=r"(b[0]), "=r"(b[1]) : "r"(at));
}

// Begins to copy rows of D numbers to shared memory, zeroes up to a multiple of 16 rows; staged()
// waits for all that was begun.
__device__ __forceinline__ void stage(T* to, const T* from, u64 stride, int rows, int padded) {
  for (int i = threadIdx.x; i < padded * (D / 8); i += blockDim.x) {
    int row = i / (D / 8), column = i % (D / 8) * 8;
    const T* source = from + (row < rows ? row * stride + column : 0);
    unsigned at = (unsigned)__cvta_generic_to_shared(to + row * LD + column);
    int bytes = row < rows ? 16 : 0;
    asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;"
                 :: "r"(at), "l"(source), "r"(bytes) : "memory");
  }
}

__device__ __forceinline__ void staged() {
  asm volatile("cp.async.wait_all;" ::: "memory");
  __syncthreads();
}

// What kept weights are multiplied with, 0 for dropped ones.
__device__ __forceinline__ void masks(
    float* m, unsigned threshold, float keep, u64 seed, int sentence, int tile, int j, int lane) {
  if (threshold == 0) { m[0] = m[1] = m[2] = m[3] = 1.f; return; }
  u64 place = ((u64)blockIdx.y << 32) + ((u64)sentence << 13) + tile * 512 + j * 32 + lane;
  uint4 r = philox(seed, place, 1);
  m[0] = r.x >= threshold ? keep : 0.f; m[1] = r.y >= threshold ? keep : 0.f;
  m[2] = r.z >= threshold ? keep : 0.f; m[3] = r.w >= threshold ? keep : 0.f;
}

__device__ __forceinline__ float quadMax(float x) {
  x = fmaxf(x, __shfl_xor_sync(0xffffffffu, x, 1));
  return fmaxf(x, __shfl_xor_sync(0xffffffffu, x, 2));
}

__device__ __forceinline__ float quadSum(float x) {
  x += __shfl_xor_sync(0xffffffffu, x, 1);
  return x + __shfl_xor_sync(0xffffffffu, x, 2);
}

// The weights of 16 queries, each row summing to 1.
__device__ __forceinline__ void weights(
    float (*s)[4], const T* q, const T* k, int tile, int keys, int padded, int causal, float scale,
    int lane) {
#pragma unroll
  for (int j = 0; j < 2 * NT; j++) { s[j][0] = s[j][1] = s[j][2] = s[j][3] = 0.f; }
#pragma unroll
  for (int kk = 0; kk < D; kk += 16) {
    unsigned a[4];
    loadA(a, q, tile * 16, kk, LD, lane);
#pragma unroll
    for (int j = 0; j < 2 * NT; j++)
      if (j * 8 < padded) {
        unsigned b[2];
        loadBTransposed(b, k, j * 8, kk, LD, lane);
        mma(s[j], a, b);
      }
  }
  int row = tile * 16 + lane / 4;
  float top0 = -INF, top1 = -INF;
#pragma unroll
  for (int j = 0; j < 2 * NT; j++)
    for (int i = 0; i < 2; i++) {
      int c = j * 8 + lane % 4 * 2 + i;
      s[j][i] = c < keys && !(causal && c > row) ? s[j][i] * scale : -INF;
      s[j][i + 2] = c < keys && !(causal && c > row + 8) ? s[j][i + 2] * scale : -INF;
      top0 = fmaxf(top0, s[j][i]);
      top1 = fmaxf(top1, s[j][i + 2]);
    }
  top0 = quadMax(top0);
  top1 = quadMax(top1);
  float sum0 = 0.f, sum1 = 0.f;
#pragma unroll
  for (int j = 0; j < 2 * NT; j++)
    for (int i = 0; i < 2; i++) {
      s[j][i] = __expf(s[j][i] - top0);
      s[j][i + 2] = __expf(s[j][i + 2] - top1);
      sum0 += s[j][i];
      sum1 += s[j][i + 2];
    }
  float r0 = 1.f / quadSum(sum0), r1 = 1.f / quadSum(sum1);
#pragma unroll
  for (int j = 0; j < 2 * NT; j++) { s[j][0] *= r0; s[j][1] *= r0; s[j][2] *= r1; s[j][3] *= r1; }
}

// Writes 16 rows of D numbers.
__device__ __forceinline__ void write(
    float (*o)[4], T* to, u64 stride, int tile, int rows, float scale, int lane) {
  int row = tile * 16 + lane / 4;
#pragma unroll
  for (int n = 0; n < D / 8; n++) {
    T* p = to + row * stride + n * 8 + lane % 4 * 2;
    if (row < rows) *reinterpret_cast<unsigned*>(p) = pack(o[n][0] * scale, o[n][1] * scale);
    if (row + 8 < rows)
      *reinterpret_cast<unsigned*>(p + 8 * stride) = pack(o[n][2] * scale, o[n][3] * scale);
  }
}

// A block has sentence first + blockIdx.x, if its longer side has more than above tokens and no more
// than these kernels are made for: where the host does not know lengths, each class is launched for
// all sentences.
extern "C" __global__ void __launch_bounds__(128) attention(
    const T* q, u64 qStride, const T* k, u64 kStride, const T* v, u64 vStride, T* out, u64 outStride,
    const int* qStarts, const int* kStarts, int first, int above, int causal, float scale,
    unsigned threshold, float keep, u64 seed, const u64* base) {
  extern __shared__ __align__(16) T memory[];
  int lane = threadIdx.x % 32, warp = threadIdx.x / 32, head = blockIdx.y * D;
  int sentence = first + blockIdx.x;
  int q0 = qStarts[sentence], queries = qStarts[sentence + 1] - q0;
  int k0 = kStarts[sentence], keys = kStarts[sentence + 1] - k0, longest = max(queries, keys);
  if (longest <= above || longest > NT * 16) return;
  if (base != 0) seed += *base;
  int qPadded = (queries + 15) / 16 * 16, kPadded = (keys + 15) / 16 * 16;
  T* qs = memory;
  T* ks = qs + qPadded * LD;
  T* vs = ks + kPadded * LD;
  stage(qs, q + q0 * qStride + head, qStride, queries, qPadded);
  stage(ks, k + k0 * kStride + head, kStride, keys, kPadded);
  stage(vs, v + k0 * vStride + head, vStride, keys, kPadded);
  staged();
  for (int tile = warp; tile * 16 < queries; tile += blockDim.x / 32) {
    float s[2 * NT][4];
    weights(s, qs, ks, tile, keys, kPadded, causal, scale, lane);
    float o[D / 8][4];
#pragma unroll
    for (int n = 0; n < D / 8; n++) { o[n][0] = o[n][1] = o[n][2] = o[n][3] = 0.f; }
#pragma unroll
    for (int kk = 0; kk < NT; kk++)
      if (kk * 16 < kPadded) {
        unsigned a[4];
#pragma unroll
        for (int i = 0; i < 2; i++) {
          float m[4];
          float* p = s[2 * kk + i];
          masks(m, threshold, keep, seed, sentence, tile, 2 * kk + i, lane);
          a[2 * i] = pack(p[0] * m[0], p[1] * m[1]);
          a[2 * i + 1] = pack(p[2] * m[2], p[3] * m[3]);
        }
#pragma unroll
        for (int n = 0; n < D / 8; n++) {
          unsigned b[2];
          loadB(b, vs, kk * 16, n * 8, LD, lane);
          mma(o[n], a, b);
        }
      }
    write(o, out + q0 * outStride + head, outStride, tile, queries, 1.f, lane);
  }
}

// acc = sum over groups of 16 rows of transposed m (columns of tile) times rows of other.
__device__ __forceinline__ void reduceRows(
    float (*acc)[4], const T* m, int ld, const T* other, int tile, int rows, int lane) {
#pragma unroll
  for (int n = 0; n < D / 8; n++) { acc[n][0] = acc[n][1] = acc[n][2] = acc[n][3] = 0.f; }
  for (int r = 0; r < rows; r += 16) {
    unsigned a[4];
    loadATransposed(a, m, r, tile * 16, ld, lane);
#pragma unroll
    for (int n = 0; n < D / 8; n++) {
      unsigned b[2];
      loadB(b, other, r, n * 8, LD, lane);
      mma(acc[n], a, b);
    }
  }
}

extern "C" __global__ void __launch_bounds__(128) attentionBackward(
    const T* gradient, u64 gStride, const T* q, u64 qStride, const T* k, u64 kStride, const T* v,
    u64 vStride, T* gq, u64 gqStride, T* gk, T* gv, u64 gkStride, const int* qStarts,
    const int* kStarts, int first, int above, int causal, float scale, unsigned threshold,
    float keep, u64 seed, const u64* base) {
  extern __shared__ __align__(16) T memory[];
  int lane = threadIdx.x % 32, warp = threadIdx.x / 32, head = blockIdx.y * D;
  int warps = blockDim.x / 32;
  int sentence = first + blockIdx.x;
  int q0 = qStarts[sentence], queries = qStarts[sentence + 1] - q0;
  int k0 = kStarts[sentence], keys = kStarts[sentence + 1] - k0, longest = max(queries, keys);
  if (longest <= above || longest > NT * 16) return;
  if (base != 0) seed += *base;
  int qPadded = (queries + 15) / 16 * 16, kPadded = (keys + 15) / 16 * 16, ld = kPadded + 8;
  T* qs = memory;
  T* gs = qs + qPadded * LD;
  T* ks = gs + qPadded * LD;
  T* vs = ks + kPadded * LD;
  T* ps = vs + kPadded * LD;
  T* ds = ps + qPadded * ld;
  stage(qs, q + q0 * qStride + head, qStride, queries, qPadded);
  stage(gs, gradient + q0 * gStride + head, gStride, queries, qPadded);
  stage(ks, k + k0 * kStride + head, kStride, keys, kPadded);
  stage(vs, v + k0 * vStride + head, vStride, keys, kPadded);
  staged();
  for (int tile = warp; tile * 16 < queries; tile += warps) {
    float s[2 * NT][4], d[2 * NT][4];
    weights(s, qs, ks, tile, keys, kPadded, causal, scale, lane);
#pragma unroll
    for (int j = 0; j < 2 * NT; j++) { d[j][0] = d[j][1] = d[j][2] = d[j][3] = 0.f; }
#pragma unroll
    for (int kk = 0; kk < D; kk += 16) {
      unsigned a[4];
      loadA(a, gs, tile * 16, kk, LD, lane);
#pragma unroll
      for (int j = 0; j < 2 * NT; j++)
        if (j * 8 < kPadded) {
          unsigned b[2];
          loadBTransposed(b, vs, j * 8, kk, LD, lane);
          mma(d[j], a, b);
        }
    }
    int row = tile * 16 + lane / 4;
    float inner0 = 0.f, inner1 = 0.f;
#pragma unroll
    for (int j = 0; j < 2 * NT; j++)
      if (j * 8 < kPadded) {
        float m[4];
        masks(m, threshold, keep, seed, sentence, tile, j, lane);
        T* p = ps + row * ld + j * 8 + lane % 4 * 2;
        bool in0 = row < queries, in1 = row + 8 < queries;
        *reinterpret_cast<unsigned*>(p) = in0 ? pack(s[j][0] * m[0], s[j][1] * m[1]) : 0u;
        *reinterpret_cast<unsigned*>(p + 8 * ld) = in1 ? pack(s[j][2] * m[2], s[j][3] * m[3]) : 0u;
        for (int i = 0; i < 4; i++) d[j][i] *= m[i];
        inner0 += s[j][0] * d[j][0] + s[j][1] * d[j][1];
        inner1 += s[j][2] * d[j][2] + s[j][3] * d[j][3];
      }
    inner0 = quadSum(inner0);
    inner1 = quadSum(inner1);
#pragma unroll
    for (int j = 0; j < 2 * NT; j++)
      if (j * 8 < kPadded) {
        T* p = ds + row * ld + j * 8 + lane % 4 * 2;
        bool in0 = row < queries, in1 = row + 8 < queries;
        *reinterpret_cast<unsigned*>(p) =
            in0 ? pack(s[j][0] * (d[j][0] - inner0), s[j][1] * (d[j][1] - inner0)) : 0u;
        *reinterpret_cast<unsigned*>(p + 8 * ld) =
            in1 ? pack(s[j][2] * (d[j][2] - inner1), s[j][3] * (d[j][3] - inner1)) : 0u;
      }
  }
  __syncthreads();
  int kTiles = kPadded / 16, jobs = 2 * kTiles + qPadded / 16;
  for (int job = warp; job < jobs; job += warps) {
    float acc[D / 8][4];
    if (job < kTiles) {
      reduceRows(acc, ps, ld, gs, job, qPadded, lane);
      write(acc, gv + k0 * gkStride + head, gkStride, job, keys, 1.f, lane);
    } else if (job < 2 * kTiles) {
      reduceRows(acc, ds, ld, qs, job - kTiles, qPadded, lane);
      write(acc, gk + k0 * gkStride + head, gkStride, job - kTiles, keys, scale, lane);
    } else {
      int tile = job - 2 * kTiles;
#pragma unroll
      for (int n = 0; n < D / 8; n++) { acc[n][0] = acc[n][1] = acc[n][2] = acc[n][3] = 0.f; }
      for (int kk = 0; kk < kPadded; kk += 16) {
        unsigned a[4];
        loadA(a, ds, tile * 16, kk, ld, lane);
#pragma unroll
        for (int n = 0; n < D / 8; n++) {
          unsigned b[2];
          loadB(b, ks, kk, n * 8, LD, lane);
          mma(acc[n], a, b);
        }
      }
      write(acc, gq + q0 * gqStride + head, gqStride, tile, queries, scale, lane);
    }
  }
}
