"""Modules of the first file system: each after what it stands on, plain; one the kernel does not have is refused."""

from __future__ import annotations

import lzma
from pathlib import Path

import pytest

from firmware_scripts.errors import RecipeWrong
from firmware_scripts.kernel import Kernel


@pytest.fixture
def kernel(tmp_path: Path) -> Kernel:
    folder = tmp_path / "6.12"
    (folder / "kernel").mkdir(parents=True)
    for name in ("ext4", "jbd2", "mbcache", "virtio-blk"):
        (folder / f"kernel/{name}.ko.xz").write_bytes(lzma.compress(name.encode()))
    (folder / "kernel/plain.ko").write_bytes(b"plain")
    (folder / "modules.builtin").write_text("kernel/fs/overlay.ko\n")
    (folder / "modules.dep").write_text(
        "kernel/ext4.ko.xz: kernel/jbd2.ko.xz kernel/mbcache.ko.xz\n"
        "kernel/jbd2.ko.xz:\nkernel/mbcache.ko.xz:\nkernel/virtio-blk.ko.xz:\nkernel/plain.ko:\n"
    )
    return Kernel("6.12", tmp_path / "vmlinuz", folder, None)


def test_what_a_module_stands_on_comes_before_it_once(kernel: Kernel) -> None:
    found = kernel.first_modules(("ext4", "overlay", "jbd2", "virtio_blk", "plain"))
    assert found == [
        ("mbcache.ko", b"mbcache"), ("jbd2.ko", b"jbd2"), ("ext4.ko", b"ext4"), ("virtio_blk.ko", b"virtio-blk"),
        ("plain.ko", b"plain"),
    ]  # fmt: skip


def test_a_module_the_kernel_does_not_have_is_said(kernel: Kernel) -> None:
    with pytest.raises(RecipeWrong, match="btrfs"):
        kernel.first_modules(("btrfs",))
