"""A second opinion: poppler's ``pdfsig``, which trusts the roots of an NSS database of ours.

Usage: ``second_opinion(pdf, tmp_path, roots={"root": der})`` gives what it says of each signature.
"""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import NamedTuple


class Opinion(NamedTuple):
    """Of one signature: its own words."""

    signature: str
    certificate: str

    @property
    def is_valid(self) -> bool:
        return self.signature == "Signature is Valid."

    @property
    def is_trusted(self) -> bool:
        return self.certificate == "Certificate is Trusted."


def second_opinion(pdf: bytes, folder: Path, *, roots: dict[str, bytes]) -> list[Opinion]:
    """What pdfsig says of the people's signatures; it knows no document time-stamps, which are left out."""
    nss = folder / "nss"
    if not nss.exists():
        nss.mkdir()
        _run("certutil", "-N", "-d", f"sql:{nss}", "--empty-password")
        for name, der in roots.items():
            (folder / f"{name}.der").write_bytes(der)
            _run("certutil", "-A", "-d", f"sql:{nss}", "-n", name, "-t", "CT,CT,CT", "-i", str(folder / f"{name}.der"))
    file = folder / "opinion.pdf"
    file.write_bytes(pdf)
    said = _run("pdfsig", "-nssdir", f"sql:{nss}", "-no-ocsp", str(file), check=False)
    parts = re.split(r"^Signature #\d+:$", said, flags=re.MULTILINE)[1:]
    return [_opinion(part) for part in parts if "has not yet been verified" not in part]


def _opinion(part: str) -> Opinion:
    def line(name: str) -> str:
        found = re.search(rf"^  - {name}: (.*)$", part, re.MULTILINE)
        return found.group(1) if found else ""

    return Opinion(line("Signature Validation"), line("Certificate Validation"))


def _run(*words: str, check: bool = True) -> str:
    done = subprocess.run(words, check=check, capture_output=True, text=True)
    return done.stdout
