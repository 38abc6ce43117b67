"""The root file system as one stream: each path once, nothing that was dropped, all of ours root's and of one time."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

import pytest

from firmware_scripts import recipe
from firmware_scripts.kernel import Kernel
from firmware_scripts.root import pour

EPOCH = 1_700_000_000


@pytest.fixture
def base(tmp_path: Path) -> Path:
    path = tmp_path / "root.tar"
    with tarfile.open(path, "w") as archive:
        for name in (
            ".",
            "./etc",
            "./etc/systemd",
            "./var",
            "./var/log",
            "./usr",
            "./usr/share",
            "./usr/share/lintian",
        ):
            member = tarfile.TarInfo(name)
            member.type, member.mode, member.mtime = tarfile.DIRTYPE, 0o750 if name == "./etc" else 0o755, 5
            archive.addfile(member)
        for name, content in (("./etc/hostname", b"debian"), ("./etc/passwd", b"root"), ("./var/log/dpkg.log", b"x"),
                              ("./usr/share/lintian/x", b"x")):  # fmt: skip
            member = tarfile.TarInfo(name)
            member.size, member.mtime, member.uid = len(content), 5, 7
            archive.addfile(member, io.BytesIO(content))
        link = tarfile.TarInfo("./etc/passwd-")
        link.type, link.linkname = tarfile.LNKTYPE, "./etc/passwd"
        archive.addfile(link)
    return path


@pytest.fixture
def kernel(tmp_path: Path) -> Kernel:
    modules = tmp_path / "modules" / "6.12"
    (modules / "kernel").mkdir(parents=True)
    (modules / "kernel" / "a.ko").write_bytes(b"module")
    return Kernel("6.12", tmp_path / "vmlinuz", modules, None)


def poured(base: Path, kernel: Kernel, layer: Path) -> dict[str, tarfile.TarInfo]:
    out = io.BytesIO()
    pour(base, kernel, layer, out, epoch=EPOCH)
    found: dict[str, tarfile.TarInfo] = {}
    with tarfile.open(fileobj=io.BytesIO(out.getvalue())) as archive:
        for member in archive:
            assert member.name not in found, member.name
            found[member.name] = member
    return found


def test_ours_goes_over_the_base_and_what_was_dropped_is_gone(base: Path, kernel: Kernel, tmp_path: Path) -> None:
    layer = tmp_path / "layer"
    (layer / "etc/systemd/system").mkdir(parents=True)
    (layer / "etc/hostname").write_text("seat")
    (layer / "etc/systemd/system/getty.service").symlink_to("/dev/null")
    (layer / "program").write_text("#!/bin/sh")
    (layer / "program").chmod(0o700)
    found = poured(base, kernel, layer)
    assert found["etc/hostname"].size == len("seat")
    assert found["etc"].mode == 0o750, "the base's own folders stay as they are"
    assert found["etc/passwd"].uid == 7
    assert found["etc/passwd-"].linkname == "etc/passwd"
    assert (found["etc/systemd/system/getty.service"].linkname, found["program"].mode) == ("/dev/null", 0o755)
    assert not {"var/log/dpkg.log", "usr/share/lintian", "usr/share/lintian/x"} & set(found)
    assert found["usr/lib/modules/6.12/kernel/a.ko"].uid == 0
    assert all(found[name].isdir() for name in ("proc", "sys", "dev", "run", "tmp", "var/lib/phonghop-seat"))
    ours = {"etc/hostname", "program", "etc/systemd/system", "usr/lib/modules/6.12/kernel/a.ko", "proc"}
    assert {found[name].mtime for name in ours} == {EPOCH}


def test_the_same_parts_are_the_same_bytes(base: Path, kernel: Kernel, tmp_path: Path) -> None:
    layer = tmp_path / "layer"
    layer.mkdir()
    for name in ("b", "a", "c"):
        (layer / name).write_text(name)
    first, second = io.BytesIO(), io.BytesIO()
    pour(base, kernel, layer, first, epoch=EPOCH)
    (layer / "a").unlink()
    (layer / "a").write_text("a")  # another time, another place in the folder
    pour(base, kernel, layer, second, epoch=EPOCH)
    assert first.getvalue() == second.getvalue()


def test_the_rules_of_usb_are_read_by_their_daemon_alone(base: Path, kernel: Kernel) -> None:
    assert poured(base, kernel, recipe.HERE / "root")["etc/usbguard/rules.conf"].mode == 0o600
