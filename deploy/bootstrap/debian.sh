# Debian packages: installs only what is missing, and starts no service (the room runs its own instances).
# Sourced by bootstrap.sh; needs say.sh, $here and $level.

policy=/usr/sbin/policy-rc.d
policy_mark='# made by phonghop bootstrap: packages are installed without starting their services'

as_root() { if [[ $EUID -eq 0 ]]; then "$@"; else sudo "$@"; fi; }

# missing_packages: one name a line, of those this level needs.
missing_packages() {
  local needed_by package file _why
  while read -r needed_by package file _why; do
    [[ $needed_by == demo || $needed_by == "$level" ]] || continue
    compgen -G "$file" >/dev/null || printf '%s\n' "$package"
  done < <(grep -v '^#' "$here/packages.txt")
  # pyscard is compiled; a Python from elsewhere brings its headers along.
  "$python" -c 'import os, sysconfig; os.stat(sysconfig.get_path("include") + "/Python.h")' 2>/dev/null ||
    printf 'python3-dev\n'
  # Debian splits venv's pip off; python.sh needs it once, to make .venv-tools.
  [[ -x $root/.venv-tools/bin/uv ]] || "$python" -c 'import ensurepip' 2>/dev/null || printf 'python3-venv\n'
}

# forbid_service_start / allow_service_start: for the time of one apt-get, Debian's documented policy-rc.d.
forbid_service_start() {
  [[ -e $policy ]] && ! grep -qsF "$policy_mark" "$policy" && return 0 # the machine has a policy of its own
  printf '#!/bin/sh\n%s\nexit 101\n' "$policy_mark" | as_root tee "$policy" >/dev/null
  as_root chmod 755 "$policy"
}

allow_service_start() {
  if grep -qsF "$policy_mark" "$policy"; then as_root rm -f "$policy"; fi
}

apt_get() {
  quietly as_root env DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1 apt-get -y -q --no-install-recommends \
    -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 "$@"
}

# keep_stopped PACKAGE…: what was installed for our own instances does not open its default port at the next boot.
keep_stopped() {
  [[ -d /run/systemd/system ]] || return 0
  local package
  for package in "$@"; do
    case $package in
      mosquitto | postgresql) quietly as_root systemctl disable "$package" || true ;;
      pcscd) quietly as_root systemctl disable pcscd.socket || true ;;
      nginx-light) quietly as_root systemctl disable nginx || true ;;
    esac
  done
}

# become_root_or_stop PACKAGE…: ask for the password before output goes to the log, or say what to type.
become_root_or_stop() {
  [[ $EUID -eq 0 ]] && return 0
  local command="apt-get install --no-install-recommends $*"
  command -v sudo >/dev/null || give_up "Cần quyền root. Chạy với root · as root, run: $command"
  sudo -n true 2>/dev/null && return 0
  note "Cần quyền quản trị để cài gói · sudo is needed to install packages"
  sudo -v || give_up "Không có quyền sudo. Nhờ quản trị chạy · ask an administrator to run: $command"
}

install_debian_packages() {
  local missing
  mapfile -t missing < <(missing_packages)
  if [[ ${#missing[@]} -eq 0 ]]; then
    allow_service_start # of a run that was killed
    return 0
  fi
  command -v apt-get >/dev/null || give_up "Không có apt-get; hãy tự cài · no apt-get here; please install: ${missing[*]}"
  become_root_or_stop "${missing[@]}"
  step "Gói Debian · Debian packages: ${missing[*]}" \
    "Kiểm tra mạng và nguồn apt rồi chạy lại · check the network and apt's sources, then run again"
  trap allow_service_start EXIT
  forbid_service_start
  # Lists may be absent (fresh image) or older than the mirror: then, and only then, they are fetched.
  compgen -G '/var/lib/apt/lists/*_Packages*' >/dev/null || apt_get update
  if ! apt_get install "${missing[@]}"; then
    apt_get update
    apt_get install "${missing[@]}"
  fi
  allow_service_start
  trap - EXIT
  keep_stopped "${missing[@]}"
  done_step
}
