"""Batched beam search of Hugging Face transformers, to stand beside `./mos bench --decode`.

    python3 docs/transformers_batched.py --batch 128 512 --beam 4 --tokens 27

A Marian model with random weights and the sizes of the largest SubTransformer of the wmt14.en-de space (widths 640
and 3,072, six layers on each side, 32,768 words) translates random sentences of one length into exactly as many
tokens, in the precision and on the device given. Printed: target tokens per second of the best of two runs after a
warm-up, from ids on the device to ids.
"""

import argparse
import time

import torch
import transformers


def model_of(arguments):
    config = transformers.MarianConfig(
        vocab_size=arguments.vocabulary,
        d_model=arguments.width,
        encoder_layers=arguments.layers,
        decoder_layers=arguments.layers,
        encoder_attention_heads=8,
        decoder_attention_heads=8,
        encoder_ffn_dim=arguments.ffn,
        decoder_ffn_dim=arguments.ffn,
        max_position_embeddings=512,
        activation_function="relu",
        pad_token_id=1,
        eos_token_id=2,
        decoder_start_token_id=2,
        forced_eos_token_id=None,
    )
    torch.manual_seed(1)
    model = transformers.MarianMTModel(config).eval()
    return model.to(arguments.device, getattr(torch, arguments.dtype))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--batch", type=int, nargs="+", default=[32, 128, 512])
    parser.add_argument("--beam", type=int, default=4)
    parser.add_argument("--tokens", type=int, default=27)
    parser.add_argument("--vocabulary", type=int, default=32768)
    parser.add_argument("--width", type=int, default=640)
    parser.add_argument("--ffn", type=int, default=3072)
    parser.add_argument("--layers", type=int, default=6)
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--dtype", default="bfloat16")
    arguments = parser.parse_args()
    model = model_of(arguments)
    print(f"transformers {transformers.__version__}, torch {torch.__version__}, {arguments}")
    for batch in arguments.batch:
        source = torch.randint(4, arguments.vocabulary, (batch, arguments.tokens), device=arguments.device)
        best = float("inf")
        for run in range(3):
            start = time.perf_counter()
            with torch.inference_mode():
                out = model.generate(
                    source,
                    num_beams=arguments.beam,
                    min_new_tokens=arguments.tokens,
                    max_new_tokens=arguments.tokens,
                    do_sample=False,
                    length_penalty=0.6,
                    early_stopping=True,
                )
            out = out.cpu()
            if run > 0:
                best = min(best, time.perf_counter() - start)
        assert out.shape == (batch, arguments.tokens + 1), out.shape
        print(f"{batch} sentences together: {batch * arguments.tokens / best:,.0f} target tokens/s", flush=True)


if __name__ == "__main__":
    main()
