#!/usr/bin/env bash
# Run the checks and the tests, one line each; what failed shows its output at once; pytest and its summary come last.
#
#   tests/run.sh           everything
#   tests/run.sh check     formatting, types and dependency rules only
#
# Rules: every part runs even when one before it failed, the checks at the same time and told in their order; the exit
# status is 0 only when all passed, a few tests of real parts at their second try (docs/adr/0041). Words after the
# first go to pytest: tests/run.sh all -k recall.
set -uo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1
export PATH=$PWD/.venv/bin:$PATH PYTHONUTF8=1
# Hundreds of processes are started below; each would compile all its modules anew.
unset PYTHONDONTWRITEBYTECODE
what=${1:-all}
[[ $# -gt 0 ]] && shift

if [[ -t 1 && -z ${NO_COLOR:-} ]]; then red=$'\e[31m' green=$'\e[32m' dim=$'\e[2m' plain=$'\e[0m'; else red='' green='' dim='' plain=''; fi
failed=()

said=$(mktemp -d)
trap 'rm -rf "$said"' EXIT
parts=()

# part NAME COMMAND…: begin it; what it says and how it ended is told by `tell`.
part() {
  local name=$1
  shift
  parts+=("$name")
  (
    began=$SECONDS
    "$@" >"$said/$name" 2>&1 </dev/null
    printf '%d %d\n' $? $((SECONDS - began)) >"$said/$name.end"
  ) &
}

# Wait for all that began; each is quiet when it passed.
tell() {
  local name status took
  wait
  for name in "${parts[@]}"; do
    read -r status took <"$said/$name.end"
    if [[ $status -eq 0 ]]; then
      printf '%s✓%s %-14s %s(%d s)%s\n' "$green" "$plain" "$name" "$dim" "$took" "$plain"
    else
      failed+=("$name")
      printf '%s✗ %s%s\n%s\n' "$red" "$name" "$plain" "$(<"$said/$name")"
    fi
  done
}

part ruff ruff check --quiet .
part format ruff format --check --quiet .
part mypy mypy
part imports lint-imports
part svelte-check npm --prefix web run --silent check
[[ $what != check ]] && part vitest npm --prefix web run --silent test
tell

if [[ $what != check ]]; then
  # Tests in one folder that start whole rooms share a worker (tests/conftest.py), so two of them never compete.
  PHONGHOP_TEST_OUTCOME=$said/outcome pytest -n 2 --dist loadgroup -p tests.support.again "$@"
  case $? in
    0) ;;
    1) python -m tests.support.again "$said/outcome" || failed+=(pytest) ;;
    5) failed+=("pytest (không có kiểm thử nào được tìm thấy · no test was collected)") ;;
    *) failed+=(pytest) ;;
  esac
fi

[[ ${#failed[@]} -eq 0 ]] && exit 0
printf -v list '%s, ' "${failed[@]}"
printf '%s✗ Không đạt · failed: %s%s\n' "$red" "${list%, }" "$plain"
exit 1
