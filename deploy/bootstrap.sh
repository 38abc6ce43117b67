#!/usr/bin/env bash
# Prepare this machine: what is missing is installed, what is there is left alone; run again, it takes a moment.
#
#   deploy/bootstrap.sh demo     what the demonstration needs
#   deploy/bootstrap.sh test     that, and what the tests need
#   deploy/bootstrap.sh usb      the Debian packages of the USB tests, on top of test
#   deploy/bootstrap.sh image    what builds and starts a seat's image, on top of demo
#   deploy/bootstrap.sh pdfa     what the validation of documents needs, on top of test
#
# Rules: Debian packages from the machine's apt sources, Python packages from uv.lock, npm packages from
# web/package-lock.json; nothing else is downloaded. Nothing is written outside the checkout but the Debian packages
# and the usual caches of pip, uv and npm. Details go to var/log/bootstrap.log.
set -Eeuo pipefail

level=${1:-}
case $level in demo | test | usb | pdfa | image) ;; *) printf 'usage: %s demo|test|usb|pdfa|image\n' "$0" >&2 && exit 2 ;; esac

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
here=$root/deploy/bootstrap
log=$root/var/log/bootstrap.log

if ! mkdir -p "$root/var/log" 2>/dev/null || ! : >>"$log"; then
  printf '✗ Không ghi được vào %s · cannot write there. sudo chown -R "$USER" %q\n' "$root/var" "$root" >&2
  exit 1
fi

source "$here/say.sh"
source "$here/stamp.sh"
source "$here/debian.sh"
source "$here/python.sh"
source "$here/front.sh"

# A terminal that was closed, a second `make` beside this one: one at a time, the second finds everything done.
exec 9>"$root/var/bootstrap.lock"
flock -n 9 || { note "Đợi một lần cài khác xong · waiting for another run" && flock 9; }

trap give_up ERR
unset VIRTUAL_ENV PYTHONHOME PYTHONPATH
[[ -n ${HOME:-} && -w ${HOME:-} ]] || export HOME=$root/var/home
mkdir -p "$HOME"
export UV_PROJECT_ENVIRONMENT=$root/.venv UV_PYTHON_DOWNLOADS=never UV_NO_PROGRESS=1 PATH=$root/.venv/bin:$PATH

find_python
install_debian_packages
[[ $level != usb ]] || exit 0
make_uv
make_venv
[[ $level != image ]] || exit 0
install_front_libraries
build_front
[[ $steps_run -eq 0 ]] || printf '%sMáy đã sẵn sàng · this machine is ready%s\n' "$green" "$plain"
