#!/usr/bin/env bash
# Does a run meet its constraint on a machine that does other work? Trial runs of the sample task beside processes that
# do nothing but keep cores busy: how many end with exit code 0 and the constraint met, and what was measured.
# docs/reliability.md has the figures.
#
#   configs/experiments/busy-machine.sh OUT [RUNS] [BUSY …]
#
# OUT: results, and the runs' folders. RUNS: of each kind, 10 if not given. BUSY: numbers of busy processes, 0 1 4 if
# not given. The same call continues: finished runs are kept. At the end OUT/results.csv has a line for each run, and one
# row for each number of busy processes is printed, as Markdown.
#
#   OPTIONS="…"        further options of every run, for example --latency-constraint 15
#   MOS="java …"       the program, ./mos if not given
set -euo pipefail
home=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
if [ $# -lt 1 ]; then
  sed -n '2,/^set/p' "$0" | sed 's/^# \{0,1\}//; /^set/d' >&2
  exit 2
fi
out=$1
runs=${2:-10}
shift $(($# < 2 ? $# : 2))
read -ra loads <<< "${*:-0 1 4}"
read -ra mos <<< "${MOS:-$home/mos}"
read -ra options <<< "${OPTIONS:-}"

busy=()
quiet() {
  # Only what was started here.
  for pid in "${busy[@]}"; do
    kill "$pid" 2> /dev/null || true
    wait "$pid" 2> /dev/null || true
  done
  busy=()
}
trap quiet EXIT

# The first value of a key of a summary that is spread over lines; none where there is no summary.
value() {
  [ -f "$2" ] || { echo none; return; }
  sed -n "s/^ *\"$1\" : \([^,]*\),\{0,1\}\$/\1/p" "$2" | head -n 1
}

mkdir -p "$out"
for load in "${loads[@]}"; do
  for ((run = 1; run <= runs; run++)); do
    folder=$out/busy-$load-run-$run
    [ ! -f "$folder.csv" ] || continue
    rm -rf "$folder"
    for ((i = 0; i < load; i++)); do
      (while :; do :; done) &
      busy+=($!)
    done
    start=$SECONDS
    code=0
    "${mos[@]}" run --task sample --trial_run 1 --output_dir "$folder" "${options[@]}" > "$folder.log" 2>&1 || code=$?
    seconds=$((SECONDS - start))
    quiet
    summary=$folder/summary.json
    echo "$load,$run,$code,$(value constraint_met "$summary"),$(value share "$summary"),$(value latency_ms "$summary"),$(
      value other_load "$summary"),$seconds" > "$folder.csv.part"
    mv "$folder.csv.part" "$folder.csv"
    echo "busy-machine.sh: $load busy, run $run of $runs: exit code $code, $seconds s" >&2
  done
done

{
  echo "busy,run,exit_code,constraint_met,share,latency_ms,other_load_cores,seconds"
  cat "$out"/busy-*.csv
} > "$out/results.csv"
echo "| busy processes | runs | exit 0 and met | share of the largest's latency | latency, ms | other load, cores | seconds |"
echo "|---|---|---|---|---|---|---|"
for load in "${loads[@]}"; do
  awk -F, -v load="$load" '
    function range(low, high, digits) { return sprintf("%." digits "f to %." digits "f", low, high) }
    $1 == load {
      n++
      met += $3 == 0 && $4 == "true"
      for (i = 5; i <= 8; i++) {
        if ($i == "none" || $i == "null" || $i == "") continue
        if (!(i in low) || $i < low[i]) low[i] = $i
        if (!(i in high) || $i > high[i]) high[i] = $i
      }
    }
    END {
      print "| " load " | " n " | " met " | " range(low[5], high[5], 3) " | " range(low[6], high[6], 1) " | " \
        range(low[7], high[7], 2) " | " range(low[8], high[8], 0) " |"
    }' "$out/results.csv"
done
