#!/usr/bin/env bash
# Runs a documented command line as it stands, but small: adds sizes that it does not give, and replaces those few
# that would take long or hang on the machine's speed.
set -euo pipefail
words=()
while (($#)); do
  case $1 in
    --latency[-_]constraint) words+=("$1" 1000000); shift ;;
    --architectures) words+=("$1" 2); shift ;;
    --num-epoch-checkpoints) words+=("$1" 1); shift ;;
    --latiter) words+=("$1" 2); shift ;;
    --repeat) words+=("$1" 2); shift ;;
    --serve) words+=("$1" 0); shift ;;
    *) words+=("$1") ;;
  esac
  shift
done
updates="--max-update 2 --warmup-updates 1 --save-interval-updates 1 --max-tokens 1024"
sub="--sub-max-update 2 --sub-warmup-updates 1"
search="--evo-iter 1 --population-size 4 --parent-size 2 --mutation-size 1 --crossover-size 1 --baselines none"
latency="--latiter 2 --latency-source-length 3"
dataset="--lat-dataset-size 10"
case ${words[0]} in
  # A device that answers at once: this machine's own meter is tried by the other commands.
  run) sizes="--runner ./on-phone.sh --trial_run 1 $updates $sub $search $latency $dataset --train-steps 5 --beam 1 --max-len-b 3
    --latency-constraint 1000000"
    # The sample's own corpus is made and used once, in out/sample, and again --from that run.
    [[ "${words[*]}" != *"--task sample --output"* || "${words[*]}" == *out/sample* ]] || sizes+=" --data mydata" ;;
  train) sizes=$updates ;;
  train-subtransformer) sizes="$sub --save-interval-updates 1" ;;
  evaluate-supernet) sizes=$sub ;;
  latency-dataset) sizes="$latency $dataset" ;;
  latency-predictor) sizes="--train-steps 5" ;;
  evo-search) sizes="$search $latency" ;;
  measure) sizes=$latency ;;
  remeasure) sizes="--runner ./on-phone.sh" ;;
  bench) sizes="$latency --bench-updates 1 --max-tokens 256" ;;
  generate | distill-data) sizes="--max-len-b 3" ;;
  *) sizes= ;;
esac
key=
given=" ${words[*]//_/-} "
for word in $sizes; do
  case $word in
    --*) key=$word ;;
    *) [[ $given == *" ${key//_/-} "* ]] || words+=("$key" "$word") ;;
  esac
done
exec "$MOS_TEST_JAVA" -Xmx1g -XX:TieredStopAtLevel=1 -Dorg.bytedeco.javacpp.nopointergc=true -Dmos.home="$PWD" \
  -cp "$MOS_TEST_CLASS_PATH" mos.cli.Main "${words[@]}"
