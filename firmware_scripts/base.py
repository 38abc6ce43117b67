"""The base: Debian as a tar, and the packages that are only taken apart, both from the machine's own mirror.

Rules: kept by what it is made of (suite, lists, users), because it takes minutes; made anew when a list changes, or
when what is kept is removed. For another processor than the host's, programs of the base run under QEMU's user
emulation, which the kernel has to be told of once (``binfmt_misc``).

Usage: `base = prepare(target, Path("var/image/kept")); base.tar; base.package("busybox-static")`
"""

from __future__ import annotations

import platform
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from firmware_scripts import cache, recipe
from firmware_scripts.errors import RecipeWrong, StepFailed
from firmware_scripts.recipe import Target
from firmware_scripts.running import needed, run, step

#: The base's own clock. It has nothing to do with ours: the same packages are the same base on every day.
EPOCH: Final = 1_755_000_000
_HOST: Final = {"x86_64": "amd64", "aarch64": "arm64"}
_BINFMT: Final = Path("/proc/sys/fs/binfmt_misc")
_MIRROR: Final = re.compile(r"^\s*(?:URIs:\s*|deb(?:\s+\[[^]]*\])?\s+)(https?://\S+)", re.MULTILINE)
_NO_PAPER: Final = ("/usr/share/man/*", "/usr/share/info/*", "/usr/share/locale/*", "/usr/share/doc/*")
#: They are there before the first unit starts: the packet filter names them.
_USERS: Final = recipe.HERE / "root" / "usr" / "lib" / "sysusers.d" / "phonghop.conf"
#: A package that stands for the newest kernel is followed to the one it depends on.
_FETCH: Final = (
    "export APT_CONFIG=$MMDEBSTRAP_APT_CONFIG; mkdir -p $1/debs; cd $1/debs; "
    "for name in {names}; do case $name in linux-image-*) "
    "name=$(apt-cache depends $name | sed -n 's/^ *Depends: \\(linux-image-[0-9].*\\)/\\1/p' | head -1);; esac; "
    "apt-get -qq -o APT::Sandbox::User=root download $name; done"
)
_LICENCES: Final = "/usr/share/doc/*/copyright"


@dataclass(frozen=True, slots=True)
class Base:
    """Where it is kept."""

    folder: Path

    @property
    def tar(self) -> Path:
        """The whole file system, without a kernel."""
        return self.folder / "root.tar"

    def package(self, name: str) -> Path:
        """The file of a package that was downloaded, by the beginning of its name."""
        found = sorted((self.folder / "debs").glob(f"{name}_*.deb"))
        if not found:
            raise RecipeWrong(f"{name}: không có trong · not among recipe/downloads.txt")
        return found[-1]

    def kernel(self) -> Path:
        """The package of the kernel itself, whatever its version."""
        found = sorted((self.folder / "debs").glob("linux-image-[0-9]*.deb"))
        if not found:
            raise RecipeWrong("linux-image-…: không có trong · not among what was downloaded")
        return found[-1]


def prepare(target: Target, kept_in: Path) -> Base:
    """What is kept, or made now (one to fifteen minutes); raises :class:`FirmwareError`."""
    installed, taken = recipe.packages(target), recipe.downloads(target)
    made_of = (recipe.SUITE, target.arch, installed, taken, EPOCH, _USERS.read_text(encoding="utf-8"), _FETCH)

    def make(folder: Path) -> None:
        needed({"mmdebstrap": "mmdebstrap"})
        _emulation(target)
        with step(f"Hệ thống nền Debian ({target.arch})", "the Debian base"):
            _bootstrap(target, folder, installed, taken)

    return Base(cache.kept(kept_in, f"base-{target.arch}", made_of, make))


def _bootstrap(target: Target, folder: Path, installed: tuple[str, ...], taken: tuple[str, ...]) -> None:
    (folder / "debs").mkdir()
    command = [
        "mmdebstrap", "--quiet", "--variant=minbase", f"--architectures={target.arch}",
        "--components=main,non-free-firmware", f"--include={','.join(installed)}",
        *(f"--dpkgopt=path-exclude={path}" for path in _NO_PAPER), f"--dpkgopt=path-include={_LICENCES}",
        *_hooks(taken, folder / "debs"),
        recipe.SUITE, str(folder / "root.tar"), mirror(),
    ]  # fmt: skip
    run(command, epoch=EPOCH)


def _hooks(taken: tuple[str, ...], debs: Path) -> list[str]:
    """Orders of mmdebstrap: our users, and packages that are not installed, from the same lists at the same moment."""
    fetch = _FETCH.format(names=" ".join(taken))
    steps = (f"copy-in {_USERS} /usr/lib/sysusers.d", f"chroot $1 systemd-sysusers {_USERS.name}", fetch)
    return [f"--customize-hook={each}" for each in (*steps, f"sync-out /debs {debs}", "rm -rf $1/debs")]


def mirror() -> str:
    """Debian's mirror of this machine, from apt's own lists."""
    for file in (*sorted(Path("/etc/apt/sources.list.d").glob("*")), Path("/etc/apt/sources.list")):
        if file.is_file():
            for found in _MIRROR.findall(file.read_text(encoding="utf-8", errors="replace")):
                if found.rstrip("/").endswith("/debian"):
                    return str(found)
    return "http://deb.debian.org/debian"


def _emulation(target: Target) -> None:
    """For a processor that is not the host's: the kernel knows what to run its programs with."""
    if _HOST.get(platform.machine()) == target.arch:
        return
    needed({"qemu-aarch64-static": "qemu-user-static", "update-binfmts": "binfmt-support"})
    if not (_BINFMT / "register").exists():
        run(["mount", "-t", "binfmt_misc", "binfmt_misc", _BINFMT], epoch=0)
    if not (_BINFMT / "qemu-aarch64").exists():
        run(["update-binfmts", "--enable", "qemu-aarch64"], epoch=0)
    if not (_BINFMT / "qemu-aarch64").exists():
        raise StepFailed("binfmt_misc: qemu-aarch64 chưa bật được · could not be enabled")
