"""The layer of ours: the agent, its page, its libraries for the seat's processor, and the files of ``recipe/root``.

Rules: libraries are the wheels that ``uv.lock`` names with their digests, taken for the seat's processor and Python on
any build host; pyscard is Debian's. Libraries are kept by the lock; our own code is laid on at every build.

Both are compiled for the seat's Python beforehand (``compiled.py``).

Usage: `lay(base, target, kept_in, folder, edition=…)`; then ``folder`` is a tree that goes over the base.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Final

from firmware_scripts import cache, recipe
from firmware_scripts.base import Base
from firmware_scripts.compiled import compile_below
from firmware_scripts.errors import RecipeWrong
from firmware_scripts.recipe import Edition, Target
from firmware_scripts.running import run, step

_OURS: Final = ("edge", "pages", "sealing", "wire", "web")
_HOME: Final = "opt/phonghop"
_RELEASE: Final = """PRETTY_NAME="Phòng họp không giấy: chỗ ngồi"
NAME="Debian GNU/Linux"
ID=debian
VERSION_ID=13
VERSION_CODENAME=trixie
IMAGE_ID=phonghop-seat
IMAGE_VERSION={version}
"""
_UNITS: Final = (
    "phonghop-seat.service",
    "phonghop-pcscd.path",
    "phonghop-pcscd.service",
    "phonghop-restart.path",
    "phonghop-restart.service",
    "phonghop-poweroff.path",
    "phonghop-poweroff.service",
)
#: Not built for every processor: Debian's package of the same library is in the base.
_DEBIANS: Final = ("pyscard",)


def lay(base: Base, target: Target, kept_in: Path, folder: Path, *, edition: Edition) -> None:
    """Put everything of ours into ``folder``, as it stands on a seat below ``/``."""
    lib = folder / _HOME / "lib"
    lib.mkdir(parents=True)
    dist = recipe.ROOT / "web" / "dist"
    if not dist.is_dir():
        raise RecipeWrong("web/dist: chưa dựng giao diện · the front end is not built (make web)")
    for name in _OURS:
        shutil.copytree(recipe.ROOT / name, lib / name, ignore=_unwanted)
    shutil.copy(recipe.ROOT / "phonghop.py", lib)
    compile_below(base, lib, at=f"/{_HOME}/lib")
    shutil.copytree(libraries(base, target, kept_in), lib, dirs_exist_ok=True)
    # What a test on this host compiled of the programs there is no part of an image.
    ours = shutil.ignore_patterns("__pycache__")
    shutil.copytree(recipe.HERE / "root", folder, dirs_exist_ok=True, symlinks=True, ignore=ours)
    _system(folder)
    # Over Debian's link: what seats say of their image (edge/vitals.py), and systemd of the system.
    (folder / "etc" / "os-release").write_text(_RELEASE.format(version=edition.version), encoding="utf-8")
    _updates(folder, target, edition)


def libraries(base: Base, target: Target, kept_in: Path) -> Path:
    """The folder of the agent's libraries, kept by what the lock says and by the base whose Python compiled them."""
    uv = recipe.ROOT / ".venv-tools" / "bin" / "uv"
    without = [f"--no-emit-package={name}" for name in _DEBIANS]
    export = [
        "export",
        "--quiet",
        "--frozen",
        "--no-dev",
        "--no-emit-project",
        "--extra=edge",
        "--extra=card",
        *without,
    ]
    wanted = run([uv, *export], epoch=0, folder=recipe.ROOT)

    def make(folder: Path) -> None:
        with step(f"Thư viện của thiết bị ({target.arch})", "the agent's libraries"):
            listed = folder / "requirements.txt"
            listed.write_text(wanted, encoding="utf-8")
            run(
                [
                    uv, "pip", "install", "--quiet", "--no-config", "--require-hashes", "--only-binary=:all:",
                    f"--python-platform={target.python}", f"--python-version={recipe.PYTHON}",
                    "--target", folder / "lib", "--requirements", listed, "--link-mode=copy",
                ],
                epoch=0,
            )  # fmt: skip
            shutil.rmtree(folder / "lib" / "bin", ignore_errors=True)
            compile_below(base, folder / "lib", at=f"/{_HOME}/lib")

    made_of = (wanted, target.python, recipe.PYTHON, base.folder.name)
    return cache.kept(kept_in, f"libraries-{target.arch}", made_of, make) / "lib"


def _system(folder: Path) -> None:
    """Units and rules of ``deploy/`` in their places: they are those of every installation, not of the image."""
    deploy = recipe.ROOT / "deploy"
    places = {
        "usr/lib/systemd/system": [deploy / "systemd" / name for name in _UNITS],
        "etc/polkit-1/rules.d": [deploy / "polkit" / "49-phonghop-token.rules"],
        "etc/udev/rules.d": [deploy / "udev" / "93-phonghop-token.rules"],
    }
    for place, files in places.items():
        (folder / place).mkdir(parents=True, exist_ok=True)
        for file in files:
            shutil.copy(file, folder / place)


def _updates(folder: Path, target: Target, edition: Edition) -> None:
    """What decides here whether a release may be installed: the kind of computer, and the least version."""
    plan = folder / "etc" / "rauc" / "system.conf"
    plan.write_text(
        plan.read_text(encoding="utf-8").replace("@compatible@", recipe.compatible(target)), encoding="utf-8"
    )
    (folder / "usr" / "lib" / "phonghop" / "minimum").write_text(f"{edition.minimum}\n", encoding="utf-8")


def _unwanted(folder: str, names: list[str]) -> set[str]:
    """Of our packages: what is only there for building and for tests."""
    left = {name for name in names if name in {"__pycache__", "node_modules", "tests"} or name.endswith(".md")}
    if Path(folder) == recipe.ROOT / "web":
        left |= {name for name in names if name not in {"dist", "__init__.py", "locales"}}
    return left
