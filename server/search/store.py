"""The texts of papers in the database, sealed (table ``paper_texts``).

Rules: each has a key of its own (AES-256-GCM), wrapped under the master key; the version's name is bound in, so that no
text can stand in for another. A copy of the database alone tells nothing that is in a paper.

Usage: ``SqlTexts(master).find(tx, version)``.
"""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Sequence
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Column, ForeignKeyConstraint, Integer, LargeBinary, String, Table, select

from sealing.errors import UnwrapFailed
from server.db.metadata import metadata
from server.db.upsert import upsert
from server.keys.master import MasterKey
from server.search.errors import Unreadable
from server.search.ports import SealedText
from server.unit import Transaction
from wire.secret import Secret
from wire.topics import PaperVersion

_KEY_BYTES: Final = 32
#: One message a key, so the nonce may be constant; the key is never used again.
_NONCE: Final = bytes(12)

TEXTS: Final = Table(
    "paper_texts",
    metadata,
    Column("paper", String(18), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("wrapped_key", LargeBinary, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    ForeignKeyConstraint(["paper", "version"], ["paper_versions.paper", "paper_versions.version"]),
)


class SqlTexts:
    """The port :class:`server.search.ports.Texts` in SQL."""

    def __init__(self, master: MasterKey) -> None:
        self._master: Final = master

    def find(self, tx: Transaction, version: PaperVersion) -> list[str] | None:
        """The text of each page, None when it was not read yet; raises Unreadable."""
        wanted = (TEXTS.c.paper == version.paper) & (TEXTS.c.version == version.version)
        row = tx.execute(select(TEXTS.c.wrapped_key, TEXTS.c.sealed).where(wanted)).one_or_none()
        if row is None:
            return None
        try:
            key = self._master.unwrap(row.wrapped_key)
            packed = AESGCM(key.reveal()).decrypt(_NONCE, row.sealed, _bound(version))
        except (InvalidTag, UnwrapFailed) as exc:
            raise Unreadable(f"the text of {version} is damaged") from exc
        return [str(text) for text in json.loads(zlib.decompress(packed))]

    def seal(self, version: PaperVersion, pages: Sequence[str]) -> SealedText:
        """What may be kept of it; takes a moment, so not while others wait for a transaction."""
        key = Secret(os.urandom(_KEY_BYTES))
        packed = zlib.compress(json.dumps(list(pages), ensure_ascii=False).encode("utf-8"))
        sealed = AESGCM(key.reveal()).encrypt(_NONCE, packed, _bound(version))
        return SealedText(version, self._master.wrap(key), sealed)

    def put(self, tx: Transaction, text: SealedText) -> None:
        """Keep it in place of what is there."""
        paper, version = text.version
        row = {"paper": paper, "version": version, "wrapped_key": text.wrapped_key, "sealed": text.sealed}
        tx.execute(upsert(tx, TEXTS, values=row, key=("paper", "version")))


def _bound(version: PaperVersion) -> bytes:
    return f"paper-text {version}".encode("ascii")
