#!/usr/bin/env bash
# What SuperTransformers of one search space are worth after the same number of updates, by how their weights are
# shared and taught: validation loss of the largest, the smallest and ten random SubTransformers with inherited weights.
# docs/experiments.md has the figures.
#
#   configs/experiments/inherited.sh DATA OUT [UPDATES] [ROW …]
#
# DATA: a binarised data folder. OUT: results, and what is being trained. UPDATES: of each training, 4000 if not given.
# ROW: some of the rows below; all if not given. The same call continues: finished rows are kept, a training that was
# stopped goes on. At the end one JSON object a row and seed is printed, and kept in OUT/results.jsonl.
#
#   SEEDS="1 2 3"      seeds
#   CONFIGS=FILE       search space and training settings, configs/tasks/wmt14.en-de.yml if not given
#   OPTIONS="…"        further options of every training
#   WARMUP=N           updates of warm-up, a tenth of all if not given
#   LIMIT=540          stop after so many seconds, with exit code 75 when there is more to do
#   MOS="java …"       the program, ./mos if not given
set -euo pipefail
home=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

neuron="--mos-type neuronrouting_jack_drop_2L"
layer="--mos-type archrouting_jack_2L"
declare -A rows=(
  [hat]="--max-experts 1"
  [hat-kl]="--max-experts 1 --distill kl"
  [hat-alpha]="--max-experts 1 --distill alpha"
  [layer-2]="--max-experts 2 $layer"
  [layer-6]="--max-experts 6 $layer"
  [neuron-2]="--max-experts 2 $neuron"
  [neuron-6]="--max-experts 6 $neuron"
  [neuron-2-kl]="--max-experts 2 $neuron --distill kl"
  [neuron-2-alpha]="--max-experts 2 $neuron --distill alpha"
  [neuron-2-attention]="--max-experts 2 $neuron --mos-modules attention"
  [neuron-2-all]="--max-experts 2 $neuron --mos-modules all"
  [neuron-6-rank-16]="--max-experts 6 $neuron --expert-rank 16"
  [neuron-6-rank-64]="--max-experts 6 $neuron --expert-rank 64"
)
order="hat neuron-2 hat-kl neuron-2-kl hat-alpha neuron-2-alpha neuron-6 layer-2 layer-6 neuron-2-attention
  neuron-2-all neuron-6-rank-16 neuron-6-rank-64"

if [ $# -lt 2 ]; then
  sed -n '2,/^set/p' "$0" | sed 's/^# \{0,1\}//; /^set/d' >&2
  exit 2
fi
data=$1
out=$2
updates=${3:-4000}
shift $(($# < 3 ? $# : 3))
read -ra wanted <<< "$(echo ${*:-$order})"
for row in "${wanted[@]}"; do
  [ -n "${rows[$row]:-}" ] || { echo "inherited.sh: no row $row; there are:" $order >&2; exit 2; }
done
read -ra mos <<< "${MOS:-$home/mos}"
configs=${CONFIGS:-$home/configs/tasks/wmt14.en-de.yml}
read -ra given <<< "${OPTIONS:-}"
common=(--max-update "$updates" --warmup-updates "${WARMUP:-$((updates / 10 + 1))}" --dropout 0.1 --validate-interval 1000000
  --save-interval-updates 1000 --keep-last-epochs 0 "${given[@]}")
limit=${LIMIT:-0}

# Seconds that are left, at least 1; without a limit a week.
left() {
  echo $((limit == 0 ? 604800 : limit > SECONDS ? limit - SECONDS : 1))
}

later() {
  echo "inherited.sh: stopped after $SECONDS s; the same call continues" >&2
  exit 75
}

mkdir -p "$out"
for seed in ${SEEDS:-1 2 3}; do
  for row in "${wanted[@]}"; do
    folder=$out/$row-$seed
    [ ! -f "$folder/result.json" ] || continue
    [ "$limit" = 0 ] || [ $SECONDS -lt $((limit - 30)) ] || later
    mkdir -p "$folder"
    read -ra options <<< "${rows[$row]}"
    echo "inherited.sh: $row, seed $seed: ${rows[$row]}" >&2
    code=0
    timeout -s TERM "$(left)" "${mos[@]}" train --configs "$configs" --data "$data" --save-dir "$folder/training" \
      --seed "$seed" "${common[@]}" "${options[@]}" --json > "$folder/train.json" || code=$?
    [ "$code" = 0 ] || { [ "$limit" = 0 ] || [ $SECONDS -lt "$limit" ] || later; exit "$code"; }
    # The last update's, not the best: equal numbers of updates are compared. The same ten for every row and seed.
    "${mos[@]}" validate --configs "$configs" --data "$data" --seed 1 --random-architectures 10 \
      --path "$folder/training/checkpoint_last.safetensors" --json > "$folder/valid.json"
    printf '{"row": "%s", "seed": %s, "updates": %s, "options": "%s", "train": %s, "valid": %s}\n' "$row" "$seed" \
      "$updates" "${rows[$row]}" "$(tr -d '\n' < "$folder/train.json")" "$(tr -d '\n' < "$folder/valid.json")" \
      > "$folder/result.json.part"
    mv "$folder/result.json.part" "$folder/result.json"
    rm -rf "$folder/training"
  done
done
cat "$out"/*/result.json | tee "$out/results.jsonl"
