# Python: finds a Python the distribution maintains, then .venv-tools (uv) and .venv (from uv.lock).
# Sourced by bootstrap.sh; needs say.sh, stamp.sh, $here, $root and $level.

# Prints the interpreter itself: an active virtual environment or a version manager's shim may be gone tomorrow.
new_enough='import os, sys; sys.version_info < (3, 11) and sys.exit(1); print(os.path.realpath(sys._base_executable))'

# find_python: sets $python to the first Python of 3.11 or newer; PYTHON=/path/to/python3 names one.
find_python() {
  local candidate
  for candidate in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11}; do
    python=$("$candidate" -c "$new_enough" 2>/dev/null) && return 0
  done
  give_up "Cần Python 3.11 trở lên; máy này có: $(python3 --version 2>&1)." \
    "Python 3.11 or newer is needed (Debian 12, Ubuntu 24.04 have it). Another one: make PYTHON=/path/to/python3 …"
}

make_uv() {
  local stamp
  stamp=$(stamp_of "$here/uv.txt")
  is_fresh uv "$stamp" "$root/.venv-tools/bin/uv" && return 0
  step "Công cụ uv · the uv tool" "Kiểm tra mạng tới PyPI rồi chạy lại · check the network to PyPI, then run again"
  rm -rf "$root/.venv-tools"
  quietly "$python" -m venv "$root/.venv-tools"
  quietly "$root/.venv-tools/bin/python" -m pip install --disable-pip-version-check --no-input \
    --require-hashes -r "$here/uv.txt"
  set_fresh uv "$stamp"
  done_step
}

make_venv() {
  local stamp wanted=(--extra server --extra edge --extra card --group demo --group front)
  [[ $level == test || $level == pdfa ]] && wanted+=(--group dev --group image)
  [[ $level == image ]] && wanted+=(--group image)
  [[ $level == pdfa ]] && wanted+=(--group archive)
  stamp="$(stamp_of "$root/uv.lock" "$root/pyproject.toml") $python"
  is_fresh "venv-$level" "$stamp" "$root/.venv/bin/phonghop" && return 0
  step "Thư viện Python · Python libraries" "Kiểm tra mạng tới PyPI rồi chạy lại · check the network to PyPI, then run again"
  # --inexact: `make demo` after `make test` takes nothing away that the tests need.
  quietly "$root/.venv-tools/bin/uv" sync --project "$root" --python "$python" --frozen --inexact "${wanted[@]}"
  set_fresh "venv-$level" "$stamp"
  [[ $level == test ]] && set_fresh venv-demo "$stamp"
  done_step
}
