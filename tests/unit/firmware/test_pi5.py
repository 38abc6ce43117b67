"""A Raspberry Pi 5: its maker's kernel from a package, and a kind of computer of its own."""

from __future__ import annotations

import gzip
import shutil
import subprocess
from pathlib import Path

import pytest

from firmware_scripts import kernel, recipe
from firmware_scripts.base import Base
from firmware_scripts.errors import RecipeWrong

VERSION = "6.12.34+rpt-rpi-2712"
CONTROL = b"Package: linux-image\nVersion: 1\nArchitecture: arm64\nMaintainer: -\nDescription: -\n"
needs_tools = pytest.mark.skipif(shutil.which("depmod") is None, reason="kmod is of the image's tools")


def package(folder: Path, *, image: bytes | None, tree: str = "bcm2712-rpi-5-b.dtb") -> Path:
    """A package laid out as Raspberry Pi's."""
    root = folder / "package"
    modules = root / "lib/modules" / VERSION
    files = {
        root / "DEBIAN/control": CONTROL,
        modules / "kernel/fs/ext4.ko": b"",
        modules / "modules.order": b"",
        modules / "modules.builtin": b"",
        root / "usr/lib" / f"linux-image-{VERSION}" / "broadcom" / tree: b"tree",
    }
    if image is not None:
        files[root / f"boot/vmlinuz-{VERSION}"] = image
    for file, content in files.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    made = folder / "kernel.deb"
    subprocess.run(["dpkg-deb", "--root-owner-group", "--build", root, made], check=True, capture_output=True)
    return made


@needs_tools
@pytest.mark.parametrize("image", [b"MZ plain", gzip.compress(b"MZ plain")], ids=["plain", "compressed"])
def test_its_kernel_comes_from_the_package_and_is_one_that_u_boot_starts(tmp_path: Path, image: bytes) -> None:
    target = recipe.chosen("arm64", package(tmp_path, image=image))
    found = kernel.unpack(Base(tmp_path), target, tmp_path / "unpacked")
    assert (found.version, found.image.read_bytes()) == (VERSION, b"MZ plain")
    assert found.trees is not None
    assert [file.name for file in (found.trees / "broadcom").glob(target.trees)] == ["bcm2712-rpi-5-b.dtb"]


@needs_tools
def test_a_package_without_a_kernel_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RecipeWrong, match="no kernel in it"):
        kernel.unpack(Base(tmp_path), recipe.chosen("arm64", package(tmp_path, image=None)), tmp_path / "unpacked")


def test_it_is_a_kind_of_computer_of_its_own(tmp_path: Path) -> None:
    deb = tmp_path / "kernel.deb"
    deb.write_bytes(b"")
    assert recipe.compatible(recipe.chosen("arm64", deb)) == "phonghop-seat-arm64-pi5"
    assert recipe.compatible(recipe.chosen("arm64", None)) == "phonghop-seat-arm64"
    for arch, file in (("amd64", deb), ("arm64", tmp_path / "none.deb")):
        with pytest.raises(RecipeWrong, match=r"needs a kernel's \.deb"):
            recipe.chosen(arch, file)
