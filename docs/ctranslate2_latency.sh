#!/usr/bin/env bash
# Latency of one SubTransformer in CTranslate2: a measuring device for --runner.
#
#   docs/ctranslate2_latency.sh ARCHITECTURE.yml
#
# SUPERNET   a SuperTransformer's checkpoint          DATA      the folder with its dictionaries
# CT2        ct2-translator, the engine's client      MOS       this program, ./mos if not given
# QUANTIZATION, BEAM, LENGTH, THREADS, SENTENCES      int8, 5, 30, 1 and 50 if not given
#
# It exports the architecture with inherited weights, translates SENTENCES times LENGTH tokens one sentence at a time,
# each into exactly LENGTH tokens, and prints milliseconds a sentence. Loading the model is not counted.
set -euo pipefail
architecture=${1:?an architecture file}
: "${SUPERNET:?a checkpoint of a SuperTransformer}" "${DATA:?the data folder}" "${CT2:?the path of ct2-translator}"
length=${LENGTH:-30}
sentences=${SENTENCES:-50}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"${MOS:-./mos}" export --path "$SUPERNET" --sub-configs "$architecture" --data "$DATA" --format ctranslate2 \
  --quantize "${QUANTIZATION:-int8}" --out "$work/model" >&2

# Common words: numbers 10, 11, … of the vocabulary.
words=$(ls "$DATA"/dict.*.txt | head -1 | xargs sed -n "10,$((9 + length))p" | cut -d' ' -f1 | paste -sd' ')
for ((i = 0; i < sentences; i++)); do echo "$words"; done > "$work/source"
tokens_per_second=$("$CT2" --model "$work/model" --src "$work/source" --out "$work/target" --batch_size 1 \
  --beam_size "${BEAM:-5}" --min_decoding_length "$length" --max_decoding_length "$length" \
  --intra_threads "${THREADS:-1}" --log_throughput 2>&1 >/dev/null | tail -1)
awk -v speed="$tokens_per_second" -v tokens="$length" 'BEGIN { print 1000 * tokens / speed }'
