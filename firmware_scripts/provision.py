"""Write into an image, or onto a card, which house it belongs to.

Rules: the settings are judged by the agent's own reader before anything is written, and written whole or not at all. An
image holds no secret: an address, the fingerprint of the house's certificate authority, and the certificate of whoever
signs its releases; without the last it takes no updates. A card that a list names holds its one-time code besides,
which is worth nothing once the terminal was let in; a code is never an argument, for arguments are seen by everybody.

Usage: ``python -m firmware_scripts.provision FILE --server URL --ca-sha256 HEX``; ``FILE`` may be a card's device. With
``--list CSV --serial NUMBER`` the code is the list's, with ``--once`` one that is made and told; ``--list CSV`` alone
makes the codes of a whole list.
"""

from __future__ import annotations

import argparse
import json
import secrets
import struct
import sys
import tempfile
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from edge.errors import SettingsWrong
from edge.settings import Settings
from firmware_scripts import boot, codes
from firmware_scripts.errors import FirmwareError, NotOurImage, RecipeWrong
from firmware_scripts.running import needed, run

_SECTOR: Final = 512
#: UEFI specification, section 5.3: the header's signature, and where its first partition entry says it begins.
_GPT: Final = b"EFI PART"
_FIRST_LBA: Final = slice(32, 40)
_ENTRY: Final = 128
_SETTINGS: Final = "phonghop.toml"
#: As RAUC's settings name it (recipe/root/etc/rauc/system.conf).
_UPDATES: Final = "updates.pem"


def boot_offset(image: Path) -> int:
    """Where the boot partition begins, in bytes; raises :class:`NotOurImage`."""
    return partition_offset(image, 1)


def partition_offset(image: Path, number: int) -> int:
    """Where a partition begins, counted from 1, in bytes, 0 for one that is not there; raises :class:`NotOurImage`."""
    with image.open("rb") as file:
        file.seek(_SECTOR)
        header = file.read(_SECTOR)
        if header[:8] != _GPT:
            raise NotOurImage(f"{image}: không có bảng phân vùng GPT · no GPT")
        (entries,) = struct.unpack("<Q", header[72:80])
        file.seek(entries * _SECTOR + (number - 1) * _ENTRY)
        (first,) = struct.unpack("<Q", file.read(_ENTRY)[_FIRST_LBA])
    return int(first) * _SECTOR


def provision(
    image: Path,
    *,
    server: str,
    ca_sha256: str,
    serial: str = "",
    updates_ca: Path | None = None,
    kernel_words: str = "",
    code: str = "",
) -> None:
    """Write the settings, and whose releases are believed (None: nobody's); ``code``: to be let in by, once.

    Raises :class:`SettingsWrong` or :class:`FirmwareError`.
    """
    told = {"server_url": server, "ca_sha256": ca_sha256, "serial": serial, "enrolment_code": code}
    # A string of JSON is one of TOML: a cell with a quotation mark or an end of line in it stays one value.
    lines = [f"{name} = {json.dumps(value)}" for name, value in told.items() if value]
    with tempfile.TemporaryDirectory() as name:
        settings = Path(name) / _SETTINGS
        settings.write_text("\n".join(lines) + "\n", encoding="utf-8")
        Settings.load({}, settings)
        believed = None if updates_ca is None else _certificates(updates_ca, Path(name) / _UPDATES)
        needed({"mcopy": "mtools"})
        place = f"{image}@@{boot_offset(image)}"
        listed = run(["mdir", "-b", "-i", place, "::"], epoch=0)
        if _SETTINGS not in listed:
            raise NotOurImage(f"{image}: phân vùng đầu không phải của phòng họp · the first partition is not ours")
        run(["mcopy", "-o", "-i", place, settings, f"::{_SETTINGS}"], epoch=0)
        if believed is not None:
            run(["mcopy", "-o", "-i", place, believed, f"::{_UPDATES}"], epoch=0)
        elif _UPDATES in listed:
            # Of the house that had the card before.
            run(["mdel", "-i", place, f"::{_UPDATES}"], epoch=0)
        if kernel_words:
            counter = Path(name) / "state.env"
            counter.write_bytes(boot.state(ORDER="A", A_LEFT=str(boot.TRIES), B_LEFT="0", EXTRA=kernel_words))
            run(["mcopy", "-o", "-i", place, counter, "::state.env"], epoch=0)


def _certificates(given: Path, out: Path) -> Path:
    """The certificates of a file, written anew: what else is in it, a key at worst, goes on no card."""
    try:
        found = x509.load_pem_x509_certificates(given.read_bytes())
    except (OSError, ValueError) as wrong:
        raise RecipeWrong(f"{given}: không phải chứng thư PEM · no certificates in PEM ({wrong})") from wrong
    out.write_bytes(b"".join(each.public_bytes(Encoding.PEM) for each in found))
    return out


def main(argv: list[str]) -> int:
    """Exit status: 0 written, 1 not, 2 wrong settings."""
    parser = _parser()
    given = parser.parse_args(argv)
    if given.image is None and given.list is None:
        parser.error("cần tệp ảnh hoặc --list · an image or --list is needed")
    if given.image is not None and not (given.server and given.ca_sha256):
        parser.error("cần --server và --ca-sha256 · both are needed")
    if given.image is not None and (given.list or given.once) and not given.serial:
        parser.error("mã một lần đi với --serial · a one-time code goes with --serial")
    try:
        code, made = _code(given.list, given.serial if given.image else "", once=given.once)
        if given.image is not None:
            provision(
                given.image,
                server=given.server,
                ca_sha256=given.ca_sha256,
                serial=given.serial,
                updates_ca=given.updates_ca,
                code=code,
            )
    except SettingsWrong as wrong:
        print("\n".join(("✗ Thiết lập chưa đúng · the settings are wrong:", *wrong.problems)), file=sys.stderr)
        return 2
    except (FirmwareError, OSError) as wrong:
        print(f"✗ {wrong}", file=sys.stderr)
        return 1
    if given.once:
        print(f"  {given.serial}: {code}")
    if given.image is not None or made:
        print(f"✓ {given.image or given.list}")
    else:
        print(f"  {given.list}: dòng nào cũng có mã, không phải ghi gì · all rows have codes, nothing to write")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="firmware_scripts.provision", description="Thiết lập · settings of a house")
    parser.add_argument("image", type=Path, nargs="?", help="tệp ảnh hoặc thẻ · an image, or a card's device")
    parser.add_argument("--server", default="", help="https://…")
    parser.add_argument("--ca-sha256", default="", help="vân tay chứng thư gốc · of the site's authority")
    parser.add_argument("--serial", default="", help="số trên vỏ máy · the number on the housing")
    parser.add_argument("--updates-ca", type=Path, help="chứng thư gốc ký bản cập nhật · of whoever signs releases")
    codes_of = parser.add_mutually_exclusive_group()
    codes_of.add_argument("--list", type=Path, help="danh sách thiết bị (CSV); mã còn thiếu được tạo · makes codes")
    codes_of.add_argument("--once", action="store_true", help="tạo một mã một lần và in ra · makes and tells one code")
    return parser


def _code(listed: Path | None, serial: str, *, once: bool) -> tuple[str, int]:
    """The one-time code of a card, empty without a list or serial, and how many were made where there was none."""
    if once:
        return codes.new_code(secrets.token_bytes), 1
    if listed is None:
        return "", 0
    found = codes.read(listed)
    made = found.make_codes(secrets.token_bytes)
    if made:
        found.write()
        print(f"  {listed}: {made} mã mới · new codes")
    return found.code_of(serial) if serial else "", made


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
