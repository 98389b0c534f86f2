"""Logits of a folder that `mos export` wrote, in plain PyTorch: python read_export.py FOLDER"""
import json, math, sys, torch, torch.nn.functional as F
from safetensors.torch import load_file

class Model:
    def __init__(self, folder):
        self.config, self.w = json.load(open(f"{folder}/config.json")), load_file(f"{folder}/model.safetensors")
        self.encoder, self.decoder = (self.config["architecture"][side] for side in ("encoder", "decoder"))
    def linear(self, x, name): return F.linear(x, self.w[name + ".weight"], self.w[name + ".bias"])
    def add(self, x, y, norm): return F.layer_norm(x + y, x.shape[-1:], self.w[norm + ".weight"], self.w[norm + ".bias"])
    def ffn(self, x, name, own, layer):  # own: of each layer, where the architecture has them
        chosen = own[layer] if own else self.config.get("activation_fn", "relu")
        activation = {"relu": F.relu, "gelu": F.gelu, "swish": F.silu}[chosen]
        return self.linear(activation(self.linear(x, name + "fc1")), name + "fc2")
    def table(self, name, width):  # one matrix serves both sides and the output where embeddings are shared
        return self.w.get(name, self.w["encoder.embed_tokens.weight"])[:, :width]
    def embed(self, tokens, side, width):  # positions count from 2; sines, then cosines, over the supernet's width
        half, steps = self.config[side + "_position_dim"] // 2, torch.arange(2, 2 + tokens.shape[1]).float()
        angles = steps[:, None] * torch.exp(torch.arange(half) * -(math.log(10000) / (half - 1)))
        positions = torch.cat([angles.sin(), angles.cos()], 1)[:, :width]
        return math.sqrt(width) * self.table(side + ".embed_tokens.weight", width)[tokens] + positions
    def attend(self, x, memory, name, heads, mask=None, causal=False):  # mask: True where there is a token
        w = self.w[name + ".in_proj_weight"].chunk(3) if name + ".in_proj_weight" in self.w else \
            [self.w[f"{name}.{p}_proj_weight"] for p in "qkv"]
        q, k, v = (F.linear(y, wi, bi).unflatten(2, (heads, -1)).transpose(1, 2)
                   for y, wi, bi in zip((x, memory, memory), w, self.w[name + ".in_proj_bias"].chunk(3)))
        y = F.scaled_dot_product_attention(q, k, v, attn_mask=mask, is_causal=causal)
        return self.linear(y.transpose(1, 2).flatten(2), name + ".out_proj")
    def encode(self, source):
        mask, outputs = (source != self.config["pad"])[:, None, None, :], []
        x = self.embed(source, "encoder", self.encoder["encoder_embed_dim"])
        for i in range(self.encoder["encoder_layer_num"]):
            n, heads = f"encoder.layers.{i}.", self.encoder["encoder_self_attention_heads"][i]
            x = self.add(x, self.attend(x, x, n + "self_attn", heads, mask), n + "self_attn_layer_norm")
            y = self.ffn(x, n, self.encoder.get("encoder_activation"), i)
            x = self.add(x, y, n + "final_layer_norm")
            outputs.insert(0, x)
        return outputs, mask  # the last layer first
    def decode(self, outputs, mask, previous):
        d, width = self.decoder, self.decoder["decoder_embed_dim"]
        x = self.embed(previous, "decoder", width)
        for i in range(d["decoder_layer_num"]):
            n, seen = f"decoder.layers.{i}.", min(max(d["decoder_arbitrary_ende_attn"][i], 0) + 1, len(outputs))
            x = self.add(x, self.attend(x, x, n + "self_attn", d["decoder_self_attention_heads"][i], causal=True),
                         n + "self_attn_layer_norm")
            memory, heads = torch.cat(outputs[:seen], 1), d["decoder_ende_attention_heads"][i]
            x = self.add(x, self.attend(x, memory, n + "encoder_attn", heads, mask.repeat(1, 1, 1, seen)),
                         n + "encoder_attn_layer_norm")
            x = self.add(x, self.ffn(x, n, d.get("decoder_activation"), i), n + "final_layer_norm")
        return F.linear(x, self.table("decoder.embed_out", width))

if __name__ == "__main__":  # compare with what `mos export --reference` computed
    model, reference = Model(sys.argv[1]), load_file(f"{sys.argv[1]}/reference.safetensors")
    with torch.no_grad():
        outputs, mask = model.encode(reference["source"])
        pairs = {"encoder_out": (outputs[0], reference["source"]),
                 "logits": (model.decode(outputs, mask, reference["previous"]), reference["previous"])}
    for name, (got, tokens) in pairs.items():
        want, got = (t[tokens != model.config["pad"]] for t in (reference[name], got))
        error = ((got - want).norm() / want.norm()).item()
        print(f"{name}: relative error {error:.2e}")
        assert error < 1e-4, name
