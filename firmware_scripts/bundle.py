"""Build the bundle that a seat is updated with: ``python -m firmware_scripts.bundle amd64 --certificate … --key …``.

Rules: a bundle is what RAUC calls a verity bundle (rauc.readthedocs.io, "Bundle Formats"): a squashfs with the kernel's
and the root's partition, its hash tree, and a signed manifest at the end. All but the signature is the same file from
the same sources, which RAUC's own packer does not give: it takes a salt by chance. What a seat may refuse a release by
(``release.json``: version, kind of computer, least version, last moment) is inside what the tree covers, and stands in
the manifest for servers. The key is a file's or a token's (``pkcs11:…``), never a part of an image.

Usage: `write(parts, release, signer, out, draft, epoch=…)`
"""

from __future__ import annotations

import argparse
import datetime as dt
import hashlib
import json
import shutil
import struct
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from firmware_scripts import base, bill, image, recipe, root, verity
from firmware_scripts.disk import Parts
from firmware_scripts.errors import FirmwareError, RecipeWrong
from firmware_scripts.recipe import TARGETS, Edition, Target
from firmware_scripts.running import needed, run, step
from wire.fields import print_instant

KERNEL: Final = "kernel.vfat"
ROOT: Final = "root.squashfs"
RELEASE: Final = "release.json"
BILL: Final = "bill.cdx.json"
#: How long a release may be installed when nobody says otherwise: a year.
DAYS: Final = 365
#: Most of it is packed already.
_LEVEL: Final = 3
_LENGTH: Final = struct.Struct(">Q")
_MANIFEST: Final = """[update]
compatible={compatible}
version={version}

[bundle]
format=verity
verity-hash={hash}
verity-salt={salt}
verity-size={size}

{images}[meta.phonghop]
minimum={minimum}
expires={expires}
"""
_IMAGE: Final = """[image.{name}]
filename={file}
size={size}
sha256={sha256}

"""


@dataclass(frozen=True, slots=True)
class About:
    """What a seat asks of a release before it installs it."""

    compatible: str
    version: str
    minimum: str
    expires: dt.datetime

    def to_value(self) -> dict[str, str]:
        """As ``release.json`` has it."""
        return {
            "compatible": self.compatible,
            "version": self.version,
            "minimum": self.minimum,
            "expires": print_instant(self.expires),
        }


@dataclass(frozen=True, slots=True)
class Signer:
    """Whose releases seats believe: a certificate (PEM) and its key."""

    certificate: Path
    key: str

    def __post_init__(self) -> None:
        """Raises :class:`RecipeWrong` for a PIN among the words of a command, which everybody on the machine reads."""
        if "pin-value" in self.key:
            raise RecipeWrong("Không ghi mã PIN vào lệnh; openssl sẽ hỏi · no PIN in the command; openssl asks for it")


def write(parts: Parts, about: About, signer: Signer, out: Path, draft: Path, *, listed: Path, epoch: int) -> Path:
    """Write ``out``; ``listed`` is the bill of materials. Raises :class:`FirmwareError`."""
    needed({"openssl": "openssl"})
    draft.mkdir(parents=True, exist_ok=True)
    says = draft / RELEASE
    says.write_text(json.dumps(about.to_value(), indent=1, sort_keys=True) + "\n", encoding="utf-8")
    payload = draft / "payload"
    _pack({KERNEL: parts.kernel, ROOT: parts.root, RELEASE: says, BILL: listed}, payload, epoch=epoch)
    # Every bundle has its own salt, and the same bundle the same.
    salt = hashlib.sha256(b"phonghop bundle\0" + _digest(payload)).digest()
    root_hash, tree = verity.tree(payload, salt)
    manifest = draft / "manifest.raucm"
    manifest.write_text(
        _MANIFEST.format(
            **about.to_value(),
            hash=root_hash.hex(),
            salt=salt.hex(),
            size=len(tree),
            images="".join(_images(parts)),
        ),
        encoding="utf-8",
    )
    signature = draft / "signature"
    _sign(manifest, signer, signature)
    with payload.open("ab") as whole:
        whole.write(tree)
        whole.write(signature.read_bytes())
        whole.write(_LENGTH.pack(signature.stat().st_size))
    shutil.move(payload, out)
    return out


def build(target: Target, kept_in: Path, out: Path, signer: Signer, edition: Edition, *, days: int = DAYS) -> Path:
    """The bundle's file; raises :class:`FirmwareError`."""
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out, prefix=".making-") as name:
        draft = Path(name)
        made = image.make(target, kept_in, draft, edition)
        # From the moment of the sources, as all of it: the same bundle tomorrow.
        expires = dt.datetime.fromtimestamp(edition.epoch, dt.UTC) + dt.timedelta(days=days)
        about = About(recipe.compatible(target), edition.version, edition.minimum, expires)
        file = out / f"phonghop-seat-{target.name}-{edition.version}.raucb"
        with step("Gói cập nhật", "the bundle"):
            listed = bill.write(made.base, made.libraries, target, made.parts.root, edition)
            write(made.parts, about, signer, draft / file.name, draft / "bundle", listed=listed, epoch=edition.epoch)
            (draft / file.name).replace(file)
            listed = listed.replace(file.with_name(f"{file.name}.cdx.json"))
    print(f"✓ {file}  {file.stat().st_size / recipe.MIB:.0f} MiB")
    print(f"  sha256 {_digest(file).hex()}")
    print(f"  {about.version}, sau đó ít nhất · then at least {about.minimum}, đến · until {print_instant(expires)}")
    print(f"  {listed}")
    return file


def main(argv: list[str]) -> int:
    """Exit status: 0 built, 1 not, with the reason in both languages."""
    out, keep = recipe.ROOT / "build" / "image", recipe.ROOT / "var" / "image"
    parser = argparse.ArgumentParser(prog="firmware_scripts.bundle", description="Gói cập nhật · a seat's update")
    parser.add_argument("arch", choices=sorted(TARGETS), help="loại máy · the kind of computer")
    parser.add_argument("--certificate", type=Path, required=True, help="chứng thư ký (PEM) · of whoever signs")
    parser.add_argument("--key", required=True, help="tệp khóa hoặc pkcs11:… · a file, or a token's key")
    parser.add_argument("--minimum", default="0.0", help="sau đó không cài bản cũ hơn · none older after it")
    parser.add_argument("--days", type=int, default=DAYS, help="còn cài được bao nhiêu ngày · days it may be installed")
    parser.add_argument("--out", type=Path, default=out, help="nơi đặt gói · where it goes")
    parser.add_argument("--keep", type=Path, default=keep, help="nơi giữ phần dùng lại · what is kept")
    parser.add_argument("--pi5", type=Path, metavar="DEB", help="nhân của Raspberry Pi 5 · a Raspberry Pi 5's kernel")
    given = parser.parse_args(argv)
    kept_in = given.keep.absolute()
    try:
        signer = Signer(given.certificate, given.key)
        edition = Edition(image.moment(), given.minimum)
        build(recipe.chosen(given.arch, given.pi5), kept_in, given.out.absolute(), signer, edition, days=given.days)
    except FirmwareError as wrong:
        print(f"✗ {wrong}", file=sys.stderr)
        return 1
    return 0


def _pack(files: dict[str, Path], out: Path, *, epoch: int) -> None:
    """A squashfs of these files, the same bytes each time."""

    def fill(stream: BinaryIO) -> None:
        with tarfile.open(fileobj=stream, mode="w|", format=tarfile.PAX_FORMAT) as archive:
            for name, file in sorted(files.items()):
                member = tarfile.TarInfo(name)
                member.size, member.mtime, member.mode = file.stat().st_size, epoch, 0o644
                with file.open("rb") as content:
                    archive.addfile(member, content)

    root.pack(fill, out, epoch=epoch, level=_LEVEL)
    with out.open("ab") as payload:
        payload.truncate(max(-(-out.stat().st_size // verity.BLOCK) * verity.BLOCK, verity.LEAST_BYTES))


def _images(parts: Parts) -> Iterator[str]:
    for name, label, file in ((KERNEL, "kernel", parts.kernel), (ROOT, "root", parts.root)):
        yield _IMAGE.format(name=label, file=name, size=file.stat().st_size, sha256=_digest(file).hex())


def _sign(manifest: Path, signer: Signer, out: Path) -> None:
    key = ["-inkey", signer.key]
    if signer.key.startswith("pkcs11:"):
        key = ["-engine", "pkcs11", "-keyform", "engine", *key]
    run(
        [
            "openssl", "cms", "-sign", "-nodetach", "-binary", "-nosmimecap", "-md", "sha256", "-outform", "DER",
            "-signer", signer.certificate, *key, "-in", manifest, "-out", out,
        ],
        epoch=base.EPOCH,
    )  # fmt: skip


def _digest(file: Path) -> bytes:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").digest()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
