#!/usr/bin/env bash
# Installs axe-core, which the browser tests inject into the pages they visit.
# Nothing of it is served by the product. Needs npm; without it the browser
# tests say so and, outside CI, are skipped.
set -euo pipefail
cd "$(dirname "$0")/../e2e"
want=$(sed -n 's/.*"axe-core": *"\([^"]*\)".*/\1/p' package.json)
have=$(sed -n 's/.*"version": *"\([^"]*\)".*/\1/p' node_modules/axe-core/package.json 2>/dev/null || true)
[ "$want" = "$have" ] && exit 0
if ! command -v npm >/dev/null; then
  echo "npm not found: the accessibility checks need axe-core (see README, “Checks”)." >&2
  [ "${CI:-}" = true ] && exit 1
  exit 0
fi
npm ci --no-audit --no-fund --ignore-scripts
