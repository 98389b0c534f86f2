// What all kernels share; CudaModule puts it before each of them. TYPE 0 is float32, 1 bfloat16,
// 2 float16. No headers are needed: conversions are instructions.

typedef unsigned long long u64;

#define INF __int_as_float(0x7f800000)

#if TYPE == 0
typedef float T;
__device__ __forceinline__ float toFloat(T x) { return x; }
__device__ __forceinline__ T fromFloat(float x) { return x; }
#elif TYPE == 1
typedef unsigned short T;
__device__ __forceinline__ float toFloat(T x) { return __uint_as_float((unsigned)x << 16); }
__device__ __forceinline__ T fromFloat(float x) {
  unsigned short y;
  asm("cvt.rn.bf16.f32 %0, %1;" : "=h"(y) : "f"(x));
  return y;
}
#else
typedef unsigned short T;
__device__ __forceinline__ float toFloat(T x) {
  float y;
  asm("cvt.f32.f16 %0, %1;" : "=f"(y) : "h"(x));
  return y;
}
__device__ __forceinline__ T fromFloat(float x) {
  unsigned short y;
  asm("cvt.rn.f16.f32 %0, %1;" : "=h"(y) : "f"(x));
  return y;
}
#endif

#if TYPE != 0
__device__ __forceinline__ unsigned pack(float low, float high) {
  unsigned y;
#if TYPE == 1
  asm("cvt.rn.bf16x2.f32 %0, %1, %2;" : "=r"(y) : "f"(high), "f"(low));
#else
  asm("cvt.rn.f16x2.f32 %0, %1, %2;" : "=r"(y) : "f"(high), "f"(low));
#endif
  return y;
}
#endif

// Eight neighbours at a time: addresses are multiples of eight numbers (Java checks widths).
__device__ __forceinline__ void load8(const T* p, float* v) {
#if TYPE == 0
  float4 a = reinterpret_cast<const float4*>(p)[0], b = reinterpret_cast<const float4*>(p)[1];
  v[0] = a.x; v[1] = a.y; v[2] = a.z; v[3] = a.w;
  v[4] = b.x; v[5] = b.y; v[6] = b.z; v[7] = b.w;
#else
  uint4 a = *reinterpret_cast<const uint4*>(p);
  unsigned w[4] = {a.x, a.y, a.z, a.w};
#pragma unroll
  for (int i = 0; i < 4; i++) {
    v[2 * i] = toFloat((T)(w[i] & 0xffff));
    v[2 * i + 1] = toFloat((T)(w[i] >> 16));
  }
#endif
}

__device__ __forceinline__ void store8(T* p, const float* v) {
#if TYPE == 0
  reinterpret_cast<float4*>(p)[0] = make_float4(v[0], v[1], v[2], v[3]);
  reinterpret_cast<float4*>(p)[1] = make_float4(v[4], v[5], v[6], v[7]);
#else
  *reinterpret_cast<uint4*>(p) =
      make_uint4(pack(v[0], v[1]), pack(v[2], v[3]), pack(v[4], v[5]), pack(v[6], v[7]));
#endif
}

__device__ __forceinline__ float rounded(float x) { return toFloat(fromFloat(x)); }

__device__ __forceinline__ float warpSum(float x) {
#pragma unroll
  for (int o = 16; o > 0; o >>= 1) x += __shfl_xor_sync(0xffffffffu, x, o);
  return x;
}

// Random numbers. Source: Salmon et al., Parallel Random Numbers: As Easy as 1, 2, 3 (2011):
// Philox 4x32 with 7 rounds.
__device__ __forceinline__ uint4 philox(u64 seed, u64 index, unsigned stream) {
  unsigned k0 = (unsigned)seed, k1 = (unsigned)(seed >> 32);
  uint4 c = make_uint4((unsigned)index, (unsigned)(index >> 32), stream, 0u);
#pragma unroll
  for (int round = 0; round < 7; round++) {
    unsigned h0 = __umulhi(0xD2511F53u, c.x), l0 = 0xD2511F53u * c.x;
    unsigned h1 = __umulhi(0xCD9E8D57u, c.z), l1 = 0xCD9E8D57u * c.z;
    c = make_uint4(h1 ^ c.y ^ k0, l1, h0 ^ c.w ^ k1, l0);
    k0 += 0x9E3779B9u; k1 += 0xBB67AE85u;
  }
  return c;
}

