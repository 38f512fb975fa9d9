#!/usr/bin/env bash
# Runs every fuzz target of the module for a moment: fuzz-smoke.sh [RUNS].
# It counts runs, not seconds: Go's own deadline now and then fails a target in
# which it found nothing. A crash it finds is written under testdata/fuzz and
# fails every later test. A package is built once for all its targets.
set -euo pipefail
cd "$(dirname "$0")/.."
runs=${1:-5000x}
go=${GO:-go}
# costly lists the targets that get a tenth of the runs: each writes or reads a
# file, a whole gazette or pack, or hashes a password.
costly=" FuzzWrite FuzzOpen FuzzRead FuzzPlay FuzzTranscript FuzzLoad FuzzParsePHC FuzzProcedure "
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
count=0
for dir in $(git ls-files '*_test.go' | xargs grep -l '^func Fuzz' | xargs -n1 dirname | sort -u); do
  "$go" test -vet=off -ldflags=-w -c -fuzz . -o "$work/fuzz.test" "./$dir"
  for target in $(grep -ho '^func Fuzz[A-Za-z0-9_]*' "$dir"/*_test.go | sed 's/^func //'); do
    n=$runs
    case $costly in *" $target "*) n=$((${runs%x} / 10))x ;; esac
    echo "$dir $target"
    (cd "$dir" && "$work/fuzz.test" -test.run '^$' -test.fuzz "^${target}\$" -test.fuzztime "$n" \
      -test.fuzzminimizetime 10x -test.fuzzcachedir "$work/corpus/$dir")
    count=$((count + 1))
  done
done
echo "$count fuzz targets, $runs each"
