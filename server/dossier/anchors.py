"""Which certificates a check trusts, and where they are from.

Rules G49: anchors are given by whoever checks; those that a dossier brings itself are used only when that is asked for,
and the report says so. Which were used is shown with their fingerprints.

Usage: ``Anchors.of_folder(Path("anchors"))``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from server.dossier.findings import Findings
from server.trust.certificates import MAX_BYTES, read
from server.trust.errors import CertificateUnreadable
from server.trust.model import Facts
from server.trust.paths import Known
from wire.note import NoteKey

_PEM: Final = re.compile(rb"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", re.DOTALL)
_FROM_DOSSIER: Final = "authorities/anchors/"
_OTHERS: Final = "authorities/others/"


@dataclass(frozen=True, slots=True)
class Anchors:
    """``facts`` are trusted; ``others`` only help to find the way. ``own``: the dossier's own word was taken."""

    facts: tuple[Facts, ...] = ()
    others: tuple[bytes, ...] = field(default=(), repr=False)
    own: bool = False
    #: of records, given by whoever checks
    keys: tuple[NoteKey, ...] = ()

    @property
    def known(self) -> Known:
        """As the judge of paths takes them."""
        return Known(tuple(one.der for one in self.facts), self.others)

    @classmethod
    def of_folder(cls, folder: Path) -> Anchors:
        """All certificates in the files of a folder (or of one file), DER or PEM; raises CertificateUnreadable."""
        files = [folder] if folder.is_file() else sorted(each for each in folder.iterdir() if each.is_file())
        return cls(tuple(facts for file in files for facts in _read_all(file.read_bytes())))

    def with_dossier(self, files: Mapping[str, bytes], *, trusted: bool) -> Anchors:
        """With what a dossier brings: its helpers always, its anchors only when they are ``trusted``."""
        helpers = tuple(_certificates(files, _OTHERS, _FROM_DOSSIER))
        if not trusted:
            return replace(self, others=tuple(one.der for one in helpers))
        facts = (*self.facts, *_certificates(files, _FROM_DOSSIER))
        return replace(self, facts=facts, others=tuple(one.der for one in helpers), own=True)

    def tell(self, found: Findings) -> None:
        """Say which anchors are used."""
        if not self.facts:
            found.unsure("anchors-none")
        for one in self.facts:
            found.right("anchor", name=one.name, fingerprint=one.fingerprint)
        if self.own:
            found.unsure("anchors-own")


def record_keys(file: Path) -> tuple[NoteKey, ...]:
    """The keys of records in a file, one a line; raises BadNote, OSError."""
    lines = file.read_bytes()[: 100 * MAX_BYTES].decode("utf-8", "replace").split("\n")
    return tuple(NoteKey.read(line) for line in lines if line.strip())


def _read_all(data: bytes) -> list[Facts]:
    if len(data) > 100 * MAX_BYTES:
        raise CertificateUnreadable
    pems = _PEM.findall(data)
    return [read(pem) for pem in pems] if pems else [read(data)]


def _certificates(files: Mapping[str, bytes], *folders: str) -> Iterable[Facts]:
    for name in files:
        if name.startswith(folders):
            try:
                yield read(files[name])
            except CertificateUnreadable:
                continue
