#!/usr/bin/env bash
# Run the checks and the tests, one line each; what failed shows its output at once; pytest and its summary come last.
#
#   tests/run.sh           everything
#   tests/run.sh check     formatting, types and dependency rules only
#
# Rules: every part runs even when one before it failed; the exit status is 0 only when all passed. Words after the
# first go to pytest: tests/run.sh all -k recall.
set -uo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1
export PATH=$PWD/.venv/bin:$PATH PYTHONUTF8=1
what=${1:-all}
[[ $# -gt 0 ]] && shift

if [[ -t 1 && -z ${NO_COLOR:-} ]]; then red=$'\e[31m' green=$'\e[32m' dim=$'\e[2m' plain=$'\e[0m'; else red='' green='' dim='' plain=''; fi
failed=()

# part NAME COMMAND…: quiet when it passes.
part() {
  local name=$1 began=$SECONDS output
  shift
  if output=$("$@" 2>&1 </dev/null); then
    printf '%s✓%s %-14s %s(%d s)%s\n' "$green" "$plain" "$name" "$dim" $((SECONDS - began)) "$plain"
  else
    failed+=("$name")
    printf '%s✗ %s%s\n%s\n' "$red" "$name" "$plain" "$output"
  fi
}

part ruff ruff check --quiet .
part format ruff format --check --quiet .
part mypy mypy
part imports lint-imports
part svelte-check npm --prefix web run --silent check

if [[ $what != check ]]; then
  part vitest npm --prefix web run --silent test
  # Tests in one folder that start whole rooms share a worker (tests/conftest.py), so two of them never compete.
  pytest -n 2 --dist loadgroup "$@"
  case $? in
    0) ;;
    5) failed+=("pytest (không có kiểm thử nào được tìm thấy · no test was collected)") ;;
    *) failed+=(pytest) ;;
  esac
fi

[[ ${#failed[@]} -eq 0 ]] && exit 0
printf -v list '%s, ' "${failed[@]}"
printf '%s✗ Không đạt · failed: %s%s\n' "$red" "${list%, }" "$plain"
exit 1
