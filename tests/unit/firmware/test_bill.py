"""What an image is made of is read from what was put in, and the same parts have the same bill."""

from __future__ import annotations

import io
import json
import tarfile
from pathlib import Path
from typing import Any

import pytest

from firmware_scripts import bill
from firmware_scripts.base import Base
from firmware_scripts.errors import RecipeWrong
from firmware_scripts.recipe import TARGETS, Edition

EDITION = Edition(1_755_000_000)
STATUS = """Package: cage
Status: install ok installed
Version: 0.2.0-2
Architecture: amd64

Package: gone
Status: deinstall ok config-files
Version: 1
Architecture: amd64
"""


@pytest.fixture
def base(tmp_path: Path) -> Base:
    (tmp_path / "debs").mkdir()
    (tmp_path / "debs" / "busybox-static_1%3a1.37.0-6_amd64.deb").write_bytes(b"")
    with tarfile.open(tmp_path / "root.tar", "w") as archive:
        member = tarfile.TarInfo("./var/lib/dpkg/status")
        member.size = len(STATUS)
        archive.addfile(member, io.BytesIO(STATUS.encode()))
    return Base(tmp_path)


@pytest.fixture
def libraries(tmp_path: Path) -> Path:
    about = tmp_path / "lib" / "flask-3.1.3.dist-info" / "METADATA"
    about.parent.mkdir(parents=True)
    about.write_text("Metadata-Version: 2.4\nName: Flask\nVersion: 3.1.3\nLicense-Expression: BSD-3-Clause\n\nText\n")
    return tmp_path / "lib"


def written(base: Base, libraries: Path, image: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(
        bill.write(base, libraries, TARGETS["amd64"], image, EDITION).read_text(encoding="utf-8")
    )
    return found


def test_it_names_what_is_installed_taken_apart_and_built_in(base: Base, libraries: Path, tmp_path: Path) -> None:
    image = tmp_path / "seat.img"
    image.write_bytes(b"image")
    found = written(base, libraries, image)
    names = {part["purl"] for part in found["components"]}
    assert {
        "pkg:deb/debian/cage@0.2.0-2?arch=amd64&distro=trixie",
        "pkg:deb/debian/busybox-static@1:1.37.0-6?arch=amd64&distro=trixie",
        "pkg:pypi/flask@3.1.3",
    } <= names
    assert not [name for name in names if "gone" in name or "vitest" in name]
    assert [name for name in names if name.startswith("pkg:npm/svelte@")], "the screens' libraries"
    assert (found["bomFormat"], found["specVersion"]) == ("CycloneDX", "1.6")
    assert found["metadata"]["component"]["name"] == "phonghop-seat-amd64"
    assert found == written(base, libraries, image)
    image.write_bytes(b"another")
    assert found["serialNumber"] != written(base, libraries, image)["serialNumber"]


def test_a_base_that_names_no_packages_is_said(tmp_path: Path, libraries: Path) -> None:
    (tmp_path / "debs").mkdir()
    with tarfile.open(tmp_path / "root.tar", "w"):
        pass
    (tmp_path / "seat.img").write_bytes(b"")
    with pytest.raises(RecipeWrong, match="dpkg"):
        bill.write(Base(tmp_path), libraries, TARGETS["amd64"], tmp_path / "seat.img", EDITION)
