"""What an image is made of, for whoever has to know: a software bill of materials (CycloneDX 1.6) beside the image.

Rules: read from what was really put in – the base's own list of installed packages, the packages taken apart, the
wheels' own descriptions, the lock of the screens' libraries – never from what was asked for. The same image has the
same bill, byte for byte.

Usage: `write(base, libraries, target, image, epoch=…)` gives the file beside the image
"""

from __future__ import annotations

import datetime as dt
import email
import hashlib
import json
import re
import tarfile
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

from firmware_scripts import recipe
from firmware_scripts.base import Base
from firmware_scripts.errors import RecipeWrong
from firmware_scripts.recipe import Edition, Target

_STATUS: Final = "var/lib/dpkg/status"
_DEB: Final = re.compile(r"(?P<name>[^_]+)_(?P<version>[^_]+)_(?P<arch>[^_]+)\.deb")
_LOCK: Final = recipe.ROOT / "web" / "package-lock.json"
_MODULES: Final = "node_modules/"


def write(base: Base, libraries: Path, target: Target, image: Path, edition: Edition) -> Path:
    """The bill's file, ``<image>.cdx.json``; raises :class:`RecipeWrong` when the base names no packages."""
    digest = _digest(image)
    parts = [*_installed(base), *_taken(base), *_wheels(libraries), *_front()]
    bom = Bom(components=parts)
    bom.serial_number = uuid.uuid5(uuid.NAMESPACE_OID, digest)
    bom.metadata.timestamp = dt.datetime.fromtimestamp(edition.epoch, dt.UTC)
    whole = Component(
        type=ComponentType.FIRMWARE,
        name=f"phonghop-seat-{target.name}",
        version=edition.version,
        bom_ref="image",
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=digest)],
    )
    bom.metadata.component = whole
    bom.register_dependency(whole, parts)
    out = image.with_name(f"{image.name}.cdx.json")
    out.write_text(JsonV1Dot6(bom).output_as_string(indent=1) + "\n", encoding="utf-8")
    return out


def _installed(base: Base) -> Iterator[Component]:
    """Debian's packages that are installed in the base."""
    with tarfile.open(base.tar) as archive:
        for member in archive:
            if member.name.removeprefix("./") == _STATUS:
                found = archive.extractfile(member)
                text = "" if found is None else found.read().decode("utf-8")
                break
        else:
            raise RecipeWrong(f"{_STATUS}: không có trong hệ thống nền · not in the base")
    for stanza in text.split("\n\n"):
        fields = email.message_from_string(stanza)
        if fields["Package"] and (fields["Status"] or "").endswith(" installed"):
            yield _debian(fields["Package"], fields["Version"], fields["Architecture"])


def _taken(base: Base) -> Iterator[Component]:
    """Packages that were taken apart: kernel, boot loader, first file system."""
    for file in sorted((base.folder / "debs").glob("*.deb")):
        match = _DEB.fullmatch(file.name)
        if match is None:
            raise RecipeWrong(file.name)
        yield _debian(match["name"], match["version"].replace("%3a", ":"), match["arch"])


def _debian(name: str, version: str, arch: str) -> Component:
    where = PackageURL("deb", "debian", name, version, {"arch": arch, "distro": recipe.SUITE})
    return Component(type=ComponentType.LIBRARY, name=name, version=version, purl=where, bom_ref=str(where))


def _wheels(libraries: Path) -> Iterator[Component]:
    """The agent's libraries, by what their wheels say of themselves."""
    for file in sorted(libraries.glob("*.dist-info/METADATA")):
        fields = email.message_from_string(file.read_text(encoding="utf-8"))
        where = PackageURL("pypi", None, fields["Name"].lower(), fields["Version"])
        stated = fields["License-Expression"]
        yield Component(
            type=ComponentType.LIBRARY,
            name=fields["Name"],
            version=fields["Version"],
            purl=where,
            bom_ref=str(where),
            licenses=[LicenseFactory().make_from_string(stated)] if stated else (),
        )


def _front() -> Iterator[Component]:
    """What the screens are built from: all that the lock does not call a tool."""
    for path, entry in sorted(json.loads(_LOCK.read_text(encoding="utf-8"))["packages"].items()):
        if not path.startswith(_MODULES) or entry.get("dev") or entry.get("optional"):
            continue
        group, _, name = path.rpartition(_MODULES)[2].rpartition("/")
        where = PackageURL("npm", group or None, name, entry["version"])
        yield Component(
            type=ComponentType.LIBRARY,
            group=group or None,
            name=name,
            version=entry["version"],
            purl=where,
            bom_ref=str(where),
            licenses=[LicenseFactory().make_from_string(entry["license"])] if "license" in entry else (),
        )


def _digest(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
