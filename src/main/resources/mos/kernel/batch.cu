// Kernels of one decoder step for the beams of many sentences, each in a slot and at a step of its own.
// Compiled at run time, once per compute type and BEAM. Rows come BEAM to a sentence; active[i] is the
// slot of the i-th sentence, or -1, whose rows are then skipped. What each computes is said in
// BatchKernels.java and BeamArrays.java.

#define PAD 1
#define EOS 2
#define UNK 3

#define RUNNING 1
#define DONE 2
#define FAILED 3

__device__ __forceinline__ float exponential(float x) {
#if TYPE == 0
  return expf(x);
#else
  return __expf(x);
#endif
}

// ---- Embedding: a block per row.

extern "C" __global__ void __launch_bounds__(128) embedSlots(
    const int* active, const int* steps, const int* tokens, const T* table, u64 tableStride,
    const T* positions, u64 positionStride, T* out, int d, float scale) {
  int row = blockIdx.x, slot = active[row / BEAM];
  if (slot < 0) return;
  const T* from = table + (u64)tokens[slot * BEAM + row % BEAM] * tableStride;
  const T* place = positions + (u64)steps[slot] * positionStride;
  for (int c = threadIdx.x * 8; c < d; c += 128 * 8) {
    float v[8], p[8];
    load8(from + c, v);
    load8(place + c, p);
#pragma unroll
    for (int i = 0; i < 8; i++) v[i] = v[i] * scale + p[i];
    store8(out + (u64)row * d + c, v);
  }
}

// ---- Layer norm of a sum: a warp per row of up to 1024 numbers, eight rows a block.

extern "C" __global__ void __launch_bounds__(256) addNorm(
    const T* x, const T* residual, const T* weight, const T* bias, T* out, int rows, int d) {
  int row = blockIdx.x * 8 + threadIdx.x / 32, lane = threadIdx.x % 32;
  if (row >= rows) return;
  float v[4][8], sum = 0.f, squares = 0.f;
#pragma unroll
  for (int i = 0; i < 4; i++) {
    int c = (i * 32 + lane) * 8;
    if (c < d) {
      float r[8];
      load8(x + (u64)row * d + c, v[i]);
      load8(residual + (u64)row * d + c, r);
#pragma unroll
      for (int j = 0; j < 8; j++) sum += v[i][j] += r[j];
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
      store8(out + (u64)row * d + c, v[i]);
    }
  }
}

// ---- Attention. As many lanes as it takes have a key, eight numbers each; groups of lanes take keys
// in turn. Source of the running maximum: Milakov and Gimelshein, Online normalizer calculation for
// softmax (2018).

#define ENTRIES 64

// A warp per head and row. cache: (slots, capacity, BEAM, 2 * width), keys then values; projected:
// (rows, 3 * width). The row's own entry is written.
extern "C" __global__ void __launch_bounds__(128) attendSelfSlots(
    const int* active, const int* steps, const int* ancestors, int ancestorStride,
    const T* projected, T* cache, T* out, int width, int size, int capacity) {
  __shared__ float weights[4][ENTRIES];
  int row = blockIdx.y, slot = active[row / BEAM], beam = row % BEAM;
  int head = blockIdx.x * 4 + threadIdx.x / 32, lane = threadIdx.x % 32;
  if (slot < 0 || head * size >= width) return;
  float* mine = weights[threadIdx.x / 32];
  int lanes = size / 8, groups = 32 / lanes, group = lane / lanes;
  int at = head * size + lane % lanes * 8, step = steps[slot];
  const int* parents = ancestors + (u64)(slot * BEAM + beam) * ancestorStride;
  T* base = cache + (u64)slot * capacity * BEAM * 2 * width + at;
  const T* own = projected + (u64)row * 3 * width + at;
  float q[8], scale = rsqrtf((float)size), most = -INF, total = 0.f, sums[8];
  load8(own, q);
#pragma unroll
  for (int j = 0; j < 8; j++) { q[j] *= scale; sums[j] = 0.f; }
  for (int start = 0; start <= step; start += ENTRIES) {
    int n = min(ENTRIES, step + 1 - start);
#pragma unroll 2
    for (int first = 0; first < n; first += groups) {
      int s = min(first + group, n - 1), u = start + s;
      const T* key = u == step ? own + width : base + ((u64)u * BEAM + parents[u]) * 2 * width;
      float k[8], score = 0.f;
      load8(key, k);
#pragma unroll
      for (int j = 0; j < 8; j++) score += q[j] * k[j];
      for (int o = lanes / 2; o > 0; o >>= 1) score += __shfl_xor_sync(0xffffffffu, score, o);
      if (lane % lanes == 0) mine[s] = score;
    }
    __syncwarp();
    float top = most, sum = 0.f;
    for (int s = lane; s < n; s += 32) top = fmaxf(top, mine[s]);
#pragma unroll
    for (int o = 16; o > 0; o >>= 1) top = fmaxf(top, __shfl_xor_sync(0xffffffffu, top, o));
    for (int s = lane; s < n; s += 32) {
      float weight = exponential(mine[s] - top);
      mine[s] = weight;
      sum += weight;
    }
    float before = most == -INF ? 0.f : exponential(most - top);
    total = total * before + warpSum(sum);
    most = top;
#pragma unroll
    for (int j = 0; j < 8; j++) sums[j] *= before;
    __syncwarp();
#pragma unroll 2
    for (int s = group; s < n; s += groups) {
      int u = start + s;
      const T* value =
          u == step ? own + 2 * width : base + ((u64)u * BEAM + parents[u]) * 2 * width + width;
      float v[8], weight = mine[s];
      load8(value, v);
#pragma unroll
      for (int j = 0; j < 8; j++) sums[j] += weight * v[j];
    }
    __syncwarp();
  }
#pragma unroll
  for (int j = 0; j < 8; j++) {
    for (int o = lanes; o < 32; o <<= 1) sums[j] += __shfl_xor_sync(0xffffffffu, sums[j], o);
    sums[j] /= total;
  }
  if (group == 0) {
    store8(out + (u64)row * width + at, sums);
    T* entry = base + ((u64)step * BEAM + beam) * 2 * width;
    float v[8];
    load8(own + width, v);
    store8(entry, v);
    load8(own + 2 * width, v);
    store8(entry + width, v);
  }
}

#define HEADS_OF_BLOCK 4
#define BEAMS (BEAM < 8 ? BEAM : 8)
#define KEYS 128

// A warp per head and sentence (and eight beams): scores of KEYS keys at a time, each read once for
// all beams, then their softmax, then their values.
// cache: (places, room, 2 * width), of which a sentence uses the first length * attended.
extern "C" __global__ void __launch_bounds__(32 * HEADS_OF_BLOCK) attendEncoderSlots(
    const int* active, const int* places, const int* lengths, const T* query, const T* cache,
    T* out, int width, int size, int room, int attended) {
  __shared__ float weights[HEADS_OF_BLOCK][KEYS][BEAMS];
  int slot = active[blockIdx.y], start = blockIdx.z * BEAMS;
  int head = blockIdx.x * HEADS_OF_BLOCK + threadIdx.x / 32, lane = threadIdx.x % 32;
  if (slot < 0 || head * size >= width) return;
  float(*mine)[BEAMS] = weights[threadIdx.x / 32];
  int lanes = size / 8, groups = 32 / lanes, group = lane / lanes;
  int at = head * size + lane % lanes * 8, count = lengths[slot] * attended;
  const T* keys = cache + (u64)places[slot] * room * 2 * width + at;
  float q[BEAMS][8], scale = rsqrtf((float)size);
#pragma unroll
  for (int b = 0; b < BEAMS; b++) {
    load8(query + (u64)(blockIdx.y * BEAM + min(start + b, BEAM - 1)) * width + at, q[b]);
#pragma unroll
    for (int j = 0; j < 8; j++) q[b][j] *= scale;
  }
  float most[BEAMS], total[BEAMS], sums[BEAMS][8];
#pragma unroll
  for (int b = 0; b < BEAMS; b++) {
    most[b] = -INF;
    total[b] = 0.f;
#pragma unroll
    for (int j = 0; j < 8; j++) sums[b][j] = 0.f;
  }
  for (int base = 0; base < count; base += KEYS) {
    int n = min(KEYS, count - base);
    const T* from = keys + (u64)base * 2 * width;
#pragma unroll 2
    for (int first = 0; first < n; first += groups) {
      int s = min(first + group, n - 1);
      float k[8];
      load8(from + (u64)s * 2 * width, k);
#pragma unroll
      for (int b = 0; b < BEAMS; b++) {
        float score = 0.f;
#pragma unroll
        for (int j = 0; j < 8; j++) score += q[b][j] * k[j];
        for (int o = lanes / 2; o > 0; o >>= 1)
          score += __shfl_xor_sync(0xffffffffu, score, o);
        if (lane % lanes == 0) mine[s][b] = score;
      }
    }
    __syncwarp();
#pragma unroll
    for (int b = 0; b < BEAMS; b++) {
      float top = most[b], sum = 0.f;
      for (int s = lane; s < n; s += 32) top = fmaxf(top, mine[s][b]);
#pragma unroll
      for (int o = 16; o > 0; o >>= 1) top = fmaxf(top, __shfl_xor_sync(0xffffffffu, top, o));
      for (int s = lane; s < n; s += 32) {
        float weight = exponential(mine[s][b] - top);
        mine[s][b] = weight;
        sum += weight;
      }
      float before = most[b] == -INF ? 0.f : exponential(most[b] - top);
      total[b] = total[b] * before + warpSum(sum);
      most[b] = top;
#pragma unroll
      for (int j = 0; j < 8; j++) sums[b][j] *= before;
    }
    __syncwarp();
#pragma unroll 2
    for (int s = group; s < n; s += groups) {
      float v[8];
      load8(from + (u64)s * 2 * width + width, v);
#pragma unroll
      for (int b = 0; b < BEAMS; b++) {
        float weight = mine[s][b];
#pragma unroll
        for (int j = 0; j < 8; j++) sums[b][j] += weight * v[j];
      }
    }
    __syncwarp();
  }
#pragma unroll
  for (int b = 0; b < BEAMS; b++) {
#pragma unroll
    for (int j = 0; j < 8; j++) {
      for (int o = lanes; o < 32; o <<= 1)
        sums[b][j] += __shfl_xor_sync(0xffffffffu, sums[b][j], o);
      sums[b][j] /= total[b];
    }
    if (group == 0 && start + b < BEAM)
      store8(out + (u64)(blockIdx.y * BEAM + start + b) * width + at, sums[b]);
  }
}

// ---- The best continuations of every row.

#define BEST_THREADS 256
#define LIST 512

// Better, or equal and earlier.
__device__ __forceinline__ bool ahead(float v, int c, float w, int d) {
  return v > w || (v == w && c < d);
}

// The first of a warp's candidates in that order; every lane gets it.
__device__ __forceinline__ void warpFirst(float& value, int& column) {
#pragma unroll
  for (int o = 16; o > 0; o >>= 1) {
    float v = __shfl_xor_sync(0xffffffffu, value, o);
    int c = __shfl_xor_sync(0xffffffffu, column, o);
    if (ahead(v, c, value, column)) { value = v; column = c; }
  }
}

struct Row {
  const T* logits;
  int n;
  bool mayEnd;
  bool penalised;
  const unsigned* banned;

  // Whether a column may be taken from the row; a penalised UNK comes another way.
  __device__ __forceinline__ bool allowed(int c) const {
    if (c == PAD || (c == EOS && !mayEnd) || (c == UNK && penalised)) return false;
    return banned == 0 || !(banned[c >> 5] >> (c & 31) & 1);
  }

  // Calls f(value, column) for this thread's share of the columns.
  template <class F>
  __device__ __forceinline__ void each(F f) const {
    if (n % 8 == 0) {
#pragma unroll 4
      for (int c = threadIdx.x * 8; c < n; c += BEST_THREADS * 8) {
        float v[8];
        load8(logits + c, v);
#pragma unroll
        for (int j = 0; j < 8; j++) f(v[j], c + j);
      }
    } else {
      for (int c = threadIdx.x; c < n; c += BEST_THREADS) f(toFloat(logits[c]), c);
    }
  }
};

// Marks the tokens that would repeat an n-gram of a row's tokens.
__device__ void ban(unsigned* bits, int n, const int* tokens, int count, int ngram) {
  for (int i = threadIdx.x; i < (n + 31) / 32; i += BEST_THREADS) bits[i] = 0;
  __syncthreads();
  for (int i = threadIdx.x; i + ngram - 1 < count; i += BEST_THREADS) {
    bool same = true;
    for (int j = 0; same && j < ngram - 1; j++)
      same = tokens[i + j] == tokens[count - ngram + 1 + j];
    if (same) {
      int c = tokens[i + ngram - 1];
      atomicOr(bits + (c >> 5), 1u << (c & 31));
    }
  }
  __syncthreads();
}

// A block per row. values, columns: (rows, k), log-probabilities, falling; -INF where there are no
// more. ends: (rows), of ending now. In a sentence's first step only its first row is looked at.
extern "C" __global__ void __launch_bounds__(BEST_THREADS) bestOfRows(
    const int* active, const int* status, const int* steps, const int* prefixes, int prefixStride,
    const T* logits, float* values, int* columns, float* ends, int n, int k, int minLength,
    float unkPenalty, int ngram) {
  extern __shared__ unsigned bits[];
  __shared__ float bests[BEST_THREADS], listValues[LIST], sums[BEST_THREADS / 32],
      mosts[BEST_THREADS / 32], threshold, normaliser;
  __shared__ int listColumns[LIST], listed;
  int row = blockIdx.x, slot = active[row / BEAM], warp = threadIdx.x / 32, lane = threadIdx.x % 32;
  if (slot < 0 || status[slot] != RUNNING) return;
  int step = steps[slot];
  if (step == 0 && row % BEAM != 0) return;
  Row r;
  r.logits = logits + (u64)row * n;
  r.n = n;
  r.mayEnd = step >= minLength;
  r.penalised = unkPenalty != 0.f;
  r.banned = ngram > 0 ? bits : 0;
  if (threadIdx.x == 0) listed = 0;
  if (ngram > 0)
    ban(bits, n, prefixes + (u64)(slot * BEAM + row % BEAM) * prefixStride, step, ngram);
  // The normaliser is that of all columns; the best are those allowed.
  float most = -INF, sum = 0.f, best = -INF;
  if (n % 8 == 0) {
#pragma unroll 4
    for (int c = threadIdx.x * 8; c < n; c += BEST_THREADS * 8) {
      float v[8];
      load8(r.logits + c, v);
      float top = v[0];
#pragma unroll
      for (int j = 1; j < 8; j++) top = fmaxf(top, v[j]);
      if (top > most) {
        sum *= most == -INF ? 0.f : exponential(most - top);
        most = top;
      }
      if (most > -INF) {
#pragma unroll
        for (int j = 0; j < 8; j++) sum += exponential(v[j] - most);
      }
      if (c == 0 || ngram > 0) {
#pragma unroll
        for (int j = 0; j < 8; j++)
          if (v[j] > best && r.allowed(c + j)) best = v[j];
      } else {
        best = fmaxf(best, top);
      }
    }
  } else {
    r.each([&](float v, int c) {
      if (v > most) {
        sum *= most == -INF ? 0.f : exponential(most - v);
        most = v;
      }
      if (most > -INF) sum += exponential(v - most);
      if (v > best && r.allowed(c)) best = v;
    });
  }
  bests[threadIdx.x] = best;
  float warpMost = most;
#pragma unroll
  for (int o = 16; o > 0; o >>= 1)
    warpMost = fmaxf(warpMost, __shfl_xor_sync(0xffffffffu, warpMost, o));
  float warpTotal = warpSum(most == -INF ? 0.f : sum * exponential(most - warpMost));
  if (lane == 0) { mosts[warp] = warpMost; sums[warp] = warpTotal; }
  __syncthreads();
  // The k-th largest of the threads' best is no larger than the k-th largest of all.
  if (warp == 0) {
    float mine[BEST_THREADS / 32], last = -INF;
#pragma unroll
    for (int i = 0; i < BEST_THREADS / 32; i++) mine[i] = bests[i * 32 + lane];
    for (int rank = 0; rank < k; rank++) {
      float top = -INF;
      int place = 0;
#pragma unroll
      for (int i = 0; i < BEST_THREADS / 32; i++)
        if (mine[i] > top) { top = mine[i]; place = i; }
      last = top;
      int owner = lane;
      warpFirst(last, owner);
      if (owner == lane) {
#pragma unroll
        for (int i = 0; i < BEST_THREADS / 32; i++)
          if (i == place) mine[i] = -INF;
      }
    }
    if (lane == 0) threshold = last;
  } else if (warp == 1) {
    float m = lane < BEST_THREADS / 32 ? mosts[lane] : -INF, top = m;
#pragma unroll
    for (int o = 16; o > 0; o >>= 1) top = fmaxf(top, __shfl_xor_sync(0xffffffffu, top, o));
    float s = lane < BEST_THREADS / 32 && m > -INF ? sums[lane] * exponential(m - top) : 0.f;
    s = warpSum(s);
    if (lane == 0) normaliser = top + logf(s);
  }
  __syncthreads();
  if (best >= threshold && best > -INF) {
    r.each([&](float v, int c) {
      if (v >= threshold && v > -INF && r.allowed(c)) {
        int i = atomicAdd(&listed, 1);
        if (i < LIST) { listValues[i] = v; listColumns[i] = c; }
      }
    });
  }
  __syncthreads();
  int count = listed;
  float unk = -INF;
  if (r.penalised && !(ngram > 0 && (bits[UNK >> 5] >> (UNK & 31) & 1)))
    unk = toFloat(r.logits[UNK]) - unkPenalty;
  float lastValue = INF;
  int lastColumn = -1;
  if (count <= LIST && warp > 0) return;
  // From the list, which one warp reads; with too many equal ones, from the row again.
  for (int rank = 0; rank < k; rank++) {
    float value = -INF;
    int column = n;
    auto consider = [&](float v, int c) {
      if (v > -INF && ahead(lastValue, lastColumn, v, c) && ahead(v, c, value, column)) {
        value = v;
        column = c;
      }
    };
    if (count <= LIST) {
      for (int i = lane; i < count; i += 32) consider(listValues[i], listColumns[i]);
    } else {
      r.each([&](float v, int c) { if (r.allowed(c)) consider(v, c); });
    }
    consider(unk, UNK);
    warpFirst(value, column);
    if (count > LIST) {
      if (lane == 0) { mosts[warp] = value; listColumns[warp] = column; }
      __syncthreads();
      for (int w = 0; w < BEST_THREADS / 32; w++)
        if (ahead(mosts[w], listColumns[w], value, column)) {
          value = mosts[w];
          column = listColumns[w];
        }
      __syncthreads();
    }
    if (threadIdx.x == 0) {
      values[(u64)row * k + rank] = value - normaliser;
      columns[(u64)row * k + rank] = column;
    }
    lastValue = value;
    lastColumn = column;
  }
  if (threadIdx.x == 0) ends[row] = toFloat(r.logits[EOS]) - normaliser;
}

// ---- Bookkeeping of beams.

// starts: (n, 4): slot, place, source length, longest length.
extern "C" __global__ void __launch_bounds__(128) startSlots(
    const int* starts, int n, int* steps, int* places, int* lengths, int* limits, int* status,
    int* finished, int* tokens, float* totals) {
  int i = blockIdx.x * 128 + threadIdx.x;
  if (i >= n) return;
  int slot = starts[4 * i];
  places[slot] = starts[4 * i + 1];
  lengths[slot] = starts[4 * i + 2];
  limits[slot] = starts[4 * i + 3];
  steps[slot] = 0;
  status[slot] = RUNNING;
  finished[slot] = 0;
  for (int b = 0; b < BEAM; b++) {
    tokens[slot * BEAM + b] = EOS;
    totals[slot * BEAM + b] = 0.f;
  }
}

// A block per sentence: joins its rows' best continuations, ends and goes on. A column of what beams
// have written belongs to one thread.
extern "C" __global__ void __launch_bounds__(64) advanceSlots(
    const int* active, int* steps, const int* limits, int* status, int* tokens, float* totals,
    int* ancestors, int* prefixes, float* scores, int* finished, int* finishedLengths,
    int* finishedTokens, float* finishedScores, const float* values, const int* columns,
    const float* ends, int k, int capacity) {
  __shared__ int parent[BEAM], token[BEAM], endParent[BEAM], ending, wasFinished, over;
  __shared__ float score[BEAM], endScore[BEAM];
  int slot = active[blockIdx.x];
  if (slot < 0 || status[slot] != RUNNING) return;
  int step = steps[slot], lane = threadIdx.x;
  if (threadIdx.x < 32) {
    bool last = step == limits[slot];
    bool compared = lane < (step == 0 ? 1 : BEAM);
    float total = compared ? totals[slot * BEAM + lane] : -INF;
    int row = blockIdx.x * BEAM + lane, taken = 0, length = last ? 1 : k;
    float head = -INF;
    if (compared && total > -INF) head = total + (last ? ends[row] : values[(u64)row * k]);
    int already = finished[slot], found = already, alive = 0;
    for (int rank = 0; rank < 2 * BEAM; rank++) {
      // Also false for what is not a number.
      float best = head > -INF ? head : -INF;
      int owner = lane;
      warpFirst(best, owner);
      if (!(best > -INF)) break;
      int chosen = 0;
      if (lane == owner) {
        chosen = last ? EOS : columns[(u64)row * k + taken];
        taken++;
        head = taken < length ? total + values[(u64)row * k + taken] : -INF;
      }
      chosen = __shfl_sync(0xffffffffu, chosen, owner);
      if (chosen != EOS) {
        if (alive < BEAM) {
          if (lane == 0) { parent[alive] = owner; token[alive] = chosen; score[alive] = best; }
          alive++;
        }
      } else if (rank < BEAM && found < BEAM) {
        if (lane == 0) { endParent[found - already] = owner; endScore[found - already] = best; }
        found++;
      }
    }
    if (lane == 0) {
      for (int b = alive; b < BEAM; b++) { parent[b] = b; token[b] = EOS; score[b] = -INF; }
      wasFinished = already;
      ending = found - already;
      over = last || alive == 0 || found == BEAM;
      finished[slot] = found;
      if (over) status[slot] = found == 0 ? FAILED : DONE;
      else steps[slot] = step + 1;
    }
  }
  __syncthreads();
  u64 base = (u64)slot * BEAM * capacity;
  for (int u = threadIdx.x; u <= step; u += 64) {
    for (int e = 0; e < ending; e++) {
      u64 to = base + (u64)(wasFinished + e) * capacity + u;
      u64 from = base + (u64)endParent[e] * capacity + u;
      finishedTokens[to] = u == step ? EOS : prefixes[from];
      finishedScores[to] = u == step ? endScore[e] : scores[from];
    }
    if (over) continue;
    int a[BEAM], p[BEAM];
    float s[BEAM];
#pragma unroll
    for (int b = 0; b < BEAM; b++) {
      u64 from = base + (u64)parent[b] * capacity + u;
      a[b] = u == step ? parent[b] : ancestors[from];
      p[b] = u == step ? token[b] : prefixes[from];
      s[b] = u == step ? score[b] : scores[from];
    }
#pragma unroll
    for (int b = 0; b < BEAM; b++) {
      u64 to = base + (u64)b * capacity + u;
      ancestors[to] = a[b];
      prefixes[to] = p[b];
      scores[to] = s[b];
    }
  }
  if (threadIdx.x < ending) finishedLengths[slot * BEAM + wasFinished + threadIdx.x] = step + 1;
  if (!over && threadIdx.x < BEAM) {
    tokens[slot * BEAM + threadIdx.x] = token[threadIdx.x];
    totals[slot * BEAM + threadIdx.x] = score[threadIdx.x];
  }
}

// A block per hypothesis of the slots in which: its length (0: there is none), tokens and, as their
// bits, cumulative scores; out: (n, BEAM, 1 + 2 * width).
extern "C" __global__ void __launch_bounds__(64) collectSlots(
    const int* which, const int* finished, const int* lengths, const int* tokens,
    const float* scores, int* out, int width, int capacity) {
  int slot = which[blockIdx.x], f = blockIdx.y;
  int* to = out + ((u64)blockIdx.x * BEAM + f) * (1 + 2 * width);
  int length = f < finished[slot] ? lengths[slot * BEAM + f] : 0;
  if (threadIdx.x == 0) to[0] = length;
  u64 from = (u64)(slot * BEAM + f) * capacity;
  for (int u = threadIdx.x; u < length; u += 64) {
    to[1 + u] = tokens[from + u];
    to[1 + width + u] = __float_as_int(scores[from + u]);
  }
}
