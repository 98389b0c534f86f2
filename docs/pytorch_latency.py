"""Latency of the largest SubTransformer of wmt14.en-de's space in PyTorch, for comparison with
`mos measure`: the same sizes and the same work (batch 1, source of 30 tokens, beam 5, 30 steps
with cached keys and values, then log-softmax, the best continuations and following them).

python3 docs/pytorch_latency.py [--device cpu] [--threads N] [--dtype float32] [--runs 20]
"""

import argparse
import time

import torch
import torch.nn.functional as F

EMBED, QKV, HEADS, FFN, LAYERS, VOCABULARY, TOKENS, BEAM, STEPS = 640, 512, 8, 3072, 6, 32768, 30, 5, 30


def linear(out, inside):
    return torch.randn(out, inside) * 0.02, torch.zeros(out)


def norm():
    return torch.ones(EMBED), torch.zeros(EMBED)


def layer(decoder):
    parts = {"qkv": linear(3 * QKV, EMBED), "out": linear(EMBED, QKV), "norm1": norm(),
             "fc1": linear(FFN, EMBED), "fc2": linear(EMBED, FFN), "norm3": norm()}
    if decoder:
        parts |= {"q": linear(QKV, EMBED), "kv": linear(2 * QKV, EMBED), "cross": linear(EMBED, QKV), "norm2": norm()}
    return parts


def heads(x):
    return x.view(x.size(0), -1, HEADS, QKV // HEADS).transpose(1, 2)


def attend(q, k, v, out):
    x = F.scaled_dot_product_attention(q, k, v)
    return F.linear(x.transpose(1, 2).reshape(q.size(0), -1, QKV), *out)


def add_norm(x, y, weights):
    return F.layer_norm(x + y, (EMBED,), *weights)


def feed_forward(x, w):
    return add_norm(x, F.linear(F.relu(F.linear(x, *w["fc1"])), *w["fc2"]), w["norm3"])


def encode(x, layers):
    for w in layers:
        q, k, v = (heads(part) for part in F.linear(x, *w["qkv"]).chunk(3, -1))
        x = feed_forward(add_norm(x, attend(q, k, v, w["out"]), w["norm1"]), w)
    return x


def decode(memory, layers, embedding, positions):
    crossed = [[heads(part) for part in F.linear(memory, *w["kv"]).chunk(2, -1)] for w in layers]
    device, kind = memory.device, memory.dtype
    keys = torch.empty(LAYERS, BEAM, HEADS, STEPS, QKV // HEADS, device=device, dtype=kind)
    values = torch.empty_like(keys)
    tokens = torch.full((BEAM,), 3, device=device)
    for step in range(STEPS):
        x = (embedding[tokens] * EMBED**0.5 + positions[step]).unsqueeze(1)
        for i, w in enumerate(layers):
            q, k, v = (heads(part) for part in F.linear(x, *w["qkv"]).chunk(3, -1))
            keys[i, :, :, step], values[i, :, :, step] = k[:, :, 0], v[:, :, 0]
            x = add_norm(x, attend(q, keys[i, :, :, : step + 1], values[i, :, :, : step + 1], w["out"]), w["norm1"])
            # All beams ask the one sentence's keys and values together.
            query = heads(F.linear(x, *w["q"])).permute(2, 1, 0, 3)
            x = add_norm(x, attend(query, *crossed[i], w["cross"]).transpose(0, 1), w["norm2"])
            x = feed_forward(x, w)
        scores = F.log_softmax(F.linear(x[:, 0], embedding), -1)
        best = scores.view(-1).topk(2 * BEAM).indices[:BEAM]
        tokens, order = best % VOCABULARY, best // VOCABULARY
        keys[:, :, :, : step + 1] = keys[:, order, :, : step + 1]
        values[:, :, :, : step + 1] = values[:, order, :, : step + 1]


@torch.inference_mode()
def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--dtype", default="float32")
    parser.add_argument("--runs", type=int, default=20)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(1)
    kind = getattr(torch, options.dtype)

    def move(value):
        if isinstance(value, torch.Tensor):
            return value.to(options.device, kind)
        if isinstance(value, dict):
            return {key: move(part) for key, part in value.items()}
        return type(value)(move(part) for part in value)

    encoder = move([layer(False) for _ in range(LAYERS)])
    decoder = move([layer(True) for _ in range(LAYERS)])
    embedding, positions = move(torch.randn(VOCABULARY, EMBED) * 0.02), move(torch.randn(STEPS, EMBED))
    source = move(torch.randn(1, TOKENS, EMBED))
    sync = torch.cuda.synchronize if options.device != "cpu" else lambda: None
    memory = encode(source, encoder)
    for what, work in (("encoder", lambda: encode(source, encoder)),
                       ("decoder", lambda: decode(memory, decoder, embedding, positions))):
        for _ in range(5):
            work()
        times = []
        for _ in range(options.runs):
            sync()
            start = time.perf_counter()
            work()
            sync()
            times.append(1e3 * (time.perf_counter() - start))
        times.sort()
        cut = len(times) // 10
        kept = times[cut:len(times) - cut]
        print(f"{what} {sum(kept) / len(kept):.2f} ms")


main()
