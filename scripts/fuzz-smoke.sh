#!/usr/bin/env bash
# Runs every fuzz target of the module for a moment: fuzz-smoke.sh [TIME].
# A crash it finds is written under testdata/fuzz and fails every later test.
set -euo pipefail
cd "$(dirname "$0")/.."
time=${1:-5s}
go=${GO:-go}
count=0
for dir in $(git ls-files '*_test.go' | xargs grep -l '^func Fuzz' | xargs -n1 dirname | sort -u); do
  for target in $(grep -ho '^func Fuzz[A-Za-z0-9_]*' "$dir"/*_test.go | sed 's/^func //'); do
    "$go" test -run '^$' -fuzz "^${target}\$" -fuzztime "$time" -fuzzminimizetime 10x "./$dir"
    count=$((count + 1))
  done
done
echo "$count fuzz targets, $time each"
