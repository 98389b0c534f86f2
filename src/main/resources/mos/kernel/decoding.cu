// Kernels of one decoder step for the beams of one sentence: few rows, so that the time is that of
// reading weights and of starting kernels. Compiled at run time, once per compute type and number of
// ROWS (beams). What each computes is said in StepKernels.java.

#define WARPS 8
#define THREADS (32 * WARPS)

// ---- Embedding: a block per row.

extern "C" __global__ void __launch_bounds__(128) embed(
    const long long* tokens, const long long* position, const T* table, u64 tableStride,
    const T* positions, u64 positionStride, T* out, int d, float scale) {
  const T* from = table + (u64)tokens[blockIdx.x] * tableStride;
  const T* place = positions + (u64)*position * positionStride;
  for (int c = threadIdx.x * 8; c < d; c += 128 * 8) {
    float v[8], p[8];
    load8(from + c, v);
    load8(place + c, p);
    for (int i = 0; i < 8; i++) v[i] = v[i] * scale + p[i];
    store8(out + (u64)blockIdx.x * d + c, v);
  }
}

// ---- Affine map. Every block normalises all rows for itself, which takes less time than another
// kernel would; the first one keeps them. SPLIT warps share a group of COLUMNS columns.

// Normalises ROWS rows of up to 1024 numbers, a warp per row.
__device__ __forceinline__ void normalise(
    const T* x, const T* weight, const T* bias, T* to, T* kept, int d) {
  int warp = threadIdx.x / 32, lane = threadIdx.x % 32;
  for (int row = warp; row < ROWS; row += WARPS) {
    float v[4][8], sum = 0.f, squares = 0.f;
#pragma unroll
    for (int i = 0; i < 4; i++) {
      int c = (i * 32 + lane) * 8;
      if (c < d) {
        load8(x + (u64)row * d + c, v[i]);
#pragma unroll
        for (int j = 0; j < 8; j++) sum += v[i][j];
      }
    }
    float mean = warpSum(sum) / d;
#pragma unroll
    for (int i = 0; i < 4; i++) {
      if ((i * 32 + lane) * 8 < d) {
#pragma unroll
        for (int j = 0; j < 8; j++) squares += (v[i][j] - mean) * (v[i][j] - mean);
      }
    }
    float scale = rsqrtf(warpSum(squares) / d + 1e-5f);
#pragma unroll
    for (int i = 0; i < 4; i++) {
      int c = (i * 32 + lane) * 8;
      if (c < d) {
        float w[8], b[8];
        load8(weight + c, w);
        load8(bias + c, b);
#pragma unroll
        for (int j = 0; j < 8; j++) v[i][j] = (v[i][j] - mean) * scale * w[j] + b[j];
        store8(to + row * d + c, v[i]);
        if (blockIdx.x == 0) store8(kept + (u64)row * d + c, v[i]);
      }
    }
  }
}

template <int COLUMNS, int SPLIT>
__device__ __forceinline__ void linear(
    const T* x, const T* normWeight, const T* normBias, T* kept, const T* weight, u64 stride,
    const T* bias, const T* residual, T* out, int in, int n, int relu) {
  extern __shared__ __align__(16) unsigned char space[];
  __shared__ float parts[WARPS][COLUMNS * ROWS];
  if (normWeight != 0) {
    normalise(x, normWeight, normBias, reinterpret_cast<T*>(space), kept, in);
    x = reinterpret_cast<T*>(space);
    __syncthreads();
  }
  const int groups = WARPS / SPLIT;
  int warp = threadIdx.x / 32, lane = threadIdx.x % 32, group = warp / SPLIT, part = warp % SPLIT;
  for (int base = blockIdx.x * groups * COLUMNS; base < n; base += gridDim.x * groups * COLUMNS) {
    int column = base + group * COLUMNS;
    float sums[COLUMNS][ROWS];
#pragma unroll
    for (int c = 0; c < COLUMNS; c++)
#pragma unroll
      for (int r = 0; r < ROWS; r++) sums[c][r] = 0.f;
#pragma unroll 2
    for (int k = (part * 32 + lane) * 8; k < in; k += SPLIT * 256) {
      float w[COLUMNS][8];
#pragma unroll
      for (int c = 0; c < COLUMNS; c++)
        load8(weight + (u64)min(column + c, n - 1) * stride + k, w[c]);
#pragma unroll
      for (int r = 0; r < ROWS; r++) {
        float v[8];
        load8(x + r * in + k, v);
#pragma unroll
        for (int c = 0; c < COLUMNS; c++)
#pragma unroll
          for (int j = 0; j < 8; j++) sums[c][r] += w[c][j] * v[j];
      }
    }
#pragma unroll
    for (int c = 0; c < COLUMNS; c++)
#pragma unroll
      for (int r = 0; r < ROWS; r++) {
        float sum = warpSum(sums[c][r]);
        if (lane == 0) parts[warp][c * ROWS + r] = sum;
      }
    if (SPLIT == 1) __syncwarp(); else __syncthreads();
    for (int i = lane; part == 0 && i < COLUMNS * ROWS; i += 32) {
      int at = column + i / ROWS, row = i % ROWS;
      if (at < n) {
        float y = 0.f;
#pragma unroll
        for (int s = 0; s < SPLIT; s++) y += parts[warp + s][i];
        if (bias != 0) y += toFloat(bias[at]);
        if (relu) y = fmaxf(y, 0.f);
        if (residual != 0) y += toFloat(residual[(u64)row * n + at]);
        out[(u64)row * n + at] = fromFloat(y);
      }
    }
    if (SPLIT == 1) __syncwarp(); else __syncthreads();
  }
}

#define LINEAR(NAME, COLUMNS, SPLIT)                                                           \
  extern "C" __global__ void __launch_bounds__(THREADS) NAME(                                  \
      const T* x, const T* normWeight, const T* normBias, T* kept, const T* weight, u64 stride, \
      const T* bias, const T* residual, T* out, int in, int n, int relu) {                     \
    linear<COLUMNS, SPLIT>(                                                                    \
        x, normWeight, normBias, kept, weight, stride, bias, residual, out, in, n, relu);      \
  }

LINEAR(linearNarrow, 1, 2)
LINEAR(linearDeep, 1, 4)
LINEAR(linearWide, 4, 1)

// ---- Attention: a block per head and beam; as many lanes as it takes have a key, eight numbers
// each. Groups of lanes take keys in turn with a running maximum, and are joined at the end.
// Source: Milakov and Gimelshein, Online normalizer calculation for softmax (2018).

struct Softmax {
  float most, total, values[8];
};

__device__ __forceinline__ void join(Softmax& a, float most, float total, const float* values) {
  float top = fmaxf(a.most, most);
  float mine = a.most == -INF ? 0.f : __expf(a.most - top);
  float other = most == -INF ? 0.f : __expf(most - top);
  a.most = top;
  a.total = a.total * mine + total * other;
#pragma unroll
  for (int j = 0; j < 8; j++) a.values[j] = a.values[j] * mine + values[j] * other;
}

__device__ __forceinline__ void finish(Softmax& a, T* out, int size, int lanes) {
  __shared__ float joined[WARPS][32 * 10];
  int warp = threadIdx.x / 32, lane = threadIdx.x % 32;
  for (int o = lanes; o < 32; o <<= 1) {
    float v[8];
    float most = __shfl_xor_sync(0xffffffffu, a.most, o);
    float total = __shfl_xor_sync(0xffffffffu, a.total, o);
#pragma unroll
    for (int j = 0; j < 8; j++) v[j] = __shfl_xor_sync(0xffffffffu, a.values[j], o);
    join(a, most, total, v);
  }
  if (lane < lanes) {
    float* to = joined[warp] + lane * 10;
    to[0] = a.most;
    to[1] = a.total;
    for (int j = 0; j < 8; j++) to[2 + j] = a.values[j];
  }
  __syncthreads();
  if (warp == 0 && lane < lanes) {
    for (int w = 1; w < WARPS; w++) {
      const float* from = joined[w] + lane * 10;
      join(a, from[0], from[1], from + 2);
    }
#pragma unroll
    for (int j = 0; j < 8; j++) a.values[j] /= a.total;
    store8(out + lane * 8, a.values);
  }
}

// place(s): where key s is among the head's; own: the key that is read from ownKey instead, or -1.
template <class Place>
__device__ __forceinline__ void attend(
    const T* query, const T* keys, const T* values, const T* ownKey, const T* ownValue, int own,
    int count, T* out, int size, Place place) {
  int lanes = size / 8, groups = THREADS / lanes, group = threadIdx.x / lanes;
  int at = threadIdx.x % lanes * 8;
  float q[8], scale = rsqrtf((float)size);
  load8(query + at, q);
#pragma unroll
  for (int j = 0; j < 8; j++) q[j] *= scale;
  Softmax a;
  a.most = -INF;
  a.total = 0.f;
#pragma unroll
  for (int j = 0; j < 8; j++) a.values[j] = 0.f;
  for (int base = 0; base < count; base += groups) {
    int s = base + group;
    float k[8], v[8], score = 0.f;
    bool valid = s < count;
    if (valid) {
      u64 row = s == own ? 0 : (u64)place(s) * size;
      load8((s == own ? ownKey : keys + row) + at, k);
      load8((s == own ? ownValue : values + row) + at, v);
#pragma unroll
      for (int j = 0; j < 8; j++) score += q[j] * k[j];
    }
    for (int o = lanes / 2; o > 0; o >>= 1) score += __shfl_xor_sync(0xffffffffu, score, o);
    if (valid) join(a, score, 1.f, v);
  }
  finish(a, out, size, lanes);
}

// projected: (ROWS, 3 * heads * size) queries, keys, values; cache: (2, heads, steps * ROWS, size).
extern "C" __global__ void __launch_bounds__(THREADS) attendSelf(
    const T* projected, T* cache, long long* ancestors, const long long* position, T* out,
    int heads, int size, int steps) {
  int head = blockIdx.x, beam = blockIdx.y, width = heads * size, step = (int)*position;
  const T* query = projected + (u64)beam * 3 * width + head * size;
  T* keys = cache + (u64)head * steps * ROWS * size;
  T* values = keys + (u64)heads * steps * ROWS * size;
  const long long* parents = ancestors + (u64)beam * steps;
  attend(query, keys, values, query + width, query + 2 * width, step, step + 1,
         out + (u64)beam * width + head * size, size,
         [=](int s) { return s * ROWS + (int)parents[s]; });
  u64 entry = ((u64)step * ROWS + beam) * size;
  for (int i = threadIdx.x; i < size; i += THREADS) {
    keys[entry + i] = query[width + i];
    values[entry + i] = query[2 * width + i];
  }
  if (head == 0 && threadIdx.x == 0) ancestors[(u64)beam * steps + step] = beam;
}

// query: (ROWS, heads * size); cache: (2, heads, places, size), of which the first count are used.
extern "C" __global__ void __launch_bounds__(THREADS) attendEncoder(
    const T* query, const T* cache, const long long* count, T* out, int heads, int size,
    int places) {
  int head = blockIdx.x;
  u64 at = (u64)blockIdx.y * heads * size + head * size;
  const T* keys = cache + (u64)head * places * size;
  const T* values = keys + (u64)heads * places * size;
  attend(query + at, keys, values, query, query, -1, (int)*count, out + at, size,
         [](int s) { return s; });
}

// ---- The best continuations: a warp finds those of 512 logits, then lists of them are merged.

#define PART 512
#define LISTS 4

// The largest of a warp's candidates and who has it; the first one of equals.
__device__ __forceinline__ float warpBest(float value, int lane, int* owner) {
  int who = lane;
#pragma unroll
  for (int o = 16; o > 0; o >>= 1) {
    float v = __shfl_xor_sync(0xffffffffu, value, o);
    int w = __shfl_xor_sync(0xffffffffu, who, o);
    if (v > value || (v == value && w < who)) { value = v; who = w; }
  }
  *owner = who;
  return value;
}

// values, columns: (ROWS, parts, k), each list falling; sums: (ROWS, parts, 2), largest and sum of
// exponentials.
extern "C" __global__ void __launch_bounds__(128) bestOfParts(
    const T* logits, float* values, int* columns, float* sums, int n, int parts, int k) {
  int part = blockIdx.x * 4 + threadIdx.x / 32, row = blockIdx.y, lane = threadIdx.x % 32;
  if (part >= parts) return;
  float v[PART / 32], best = -INF;
#pragma unroll
  for (int i = 0; i < PART / 32; i++) {
    int c = part * PART + i * 32 + lane;
    v[i] = c < n ? toFloat(logits[(u64)row * n + c]) : -INF;
    best = fmaxf(best, v[i]);
  }
  int owner;
  float most = warpBest(best, lane, &owner), sum = 0.f;
#pragma unroll
  for (int i = 0; i < PART / 32; i++) sum += __expf(v[i] - most);
  sum = warpSum(sum);
  u64 list = (u64)row * parts + part;
  if (lane == 0) { sums[2 * list] = most; sums[2 * list + 1] = sum; }
  for (int rank = 0; rank < k; rank++) {
    float mine = -INF;
    int place = 0;
#pragma unroll
    for (int i = 0; i < PART / 32; i++)
      if (v[i] > mine) { mine = v[i]; place = i; }
    float found = warpBest(mine, lane, &owner);
    if (lane == owner) {
      values[list * k + rank] = found;
      columns[list * k + rank] = part * PART + place * 32 + lane;
#pragma unroll
      for (int i = 0; i < PART / 32; i++)
        if (i == place) v[i] = -INF;
    }
  }
}

// One block, a warp per row, which writes the k best of its row; then the first warp the k best of
// all. tokens, rows: (k).
extern "C" __global__ void __launch_bounds__(32 * ROWS) bestOfAll(
    const float* values, const int* columns, const float* sums, long long* tokens, long long* rows,
    int parts, int k) {
  extern __shared__ float found[];
  float* scores = found;
  int* places = reinterpret_cast<int*>(found + ROWS * k);
  int row = threadIdx.x / 32, lane = threadIdx.x % 32, owner;
  float most = -INF, total = 0.f;
  for (int p = lane; p < parts; p += 32) most = fmaxf(most, sums[2 * ((u64)row * parts + p)]);
  most = warpBest(most, lane, &owner);
  for (int p = lane; p < parts; p += 32) {
    const float* s = sums + 2 * ((u64)row * parts + p);
    total += s[1] * __expf(s[0] - most);
  }
  float normaliser = most + __logf(warpSum(total));
  float heads[LISTS];
  int next[LISTS];
#pragma unroll
  for (int l = 0; l < LISTS; l++) {
    int p = l * 32 + lane;
    heads[l] = p < parts ? values[((u64)row * parts + p) * k] : -INF;
    next[l] = 0;
  }
  for (int rank = 0; rank < k; rank++) {
    float mine = -INF;
    int list = 0;
#pragma unroll
    for (int l = 0; l < LISTS; l++)
      if (heads[l] > mine) { mine = heads[l]; list = l; }
    float best = warpBest(mine, lane, &owner);
    if (lane == owner) {
      u64 from = ((u64)row * parts + list * 32 + lane) * k;
#pragma unroll
      for (int l = 0; l < LISTS; l++) {
        if (l == list) {
          scores[row * k + rank] = best - normaliser;
          places[row * k + rank] = columns[from + next[l]];
          next[l]++;
          heads[l] = next[l] < k ? values[from + next[l]] : -INF;
        }
      }
    }
  }
  __syncthreads();
  if (row != 0) return;
  int taken = 0;
  float head = lane < ROWS ? scores[lane * k] : -INF;
  for (int rank = 0; rank < k; rank++) {
    warpBest(head, lane, &owner);
    if (lane == owner) {
      tokens[rank] = places[lane * k + taken];
      rows[rank] = lane;
      taken++;
      head = taken < k ? scores[lane * k + taken] : -INF;
    }
  }
}
