"""The keys this server is known by: what it signs with, and the mailbox that seats seal their messages to.

Rules: made once, all together, in a folder that only the server reads.

Usage::

    keys = SiteKeys.load_or_create(settings.data_dir / "keys")
    keys.signer.sign(data); keys.mailbox.public
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sealing import boxes
from sealing.boxes import BoxKey
from sealing.errors import BadKey
from sealing.signatures import ServerSigner
from server.keys.errors import KeysDamaged
from server.keys.master import MasterKey, read_secret
from server.pki.files import write_private

_MASTER: Final = "master.key"
_SIGNING: Final = "signing.key"
_MAILBOX: Final = "mailbox.key"
_RECORD: Final = "record.key"


@dataclass(frozen=True, slots=True)
class SiteKeys:
    """Ed25519 for messages and, by a key of its own, for the record; X25519 for the mailbox, AES for the database."""

    signer: ServerSigner
    mailbox: BoxKey
    master: MasterKey
    record: ServerSigner

    @classmethod
    def load_or_create(cls, folder: Path) -> SiteKeys:
        """The keys of ``folder``, made when it is empty; raises :class:`KeysDamaged`."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        # The master key is made first and last lost: others without it mean a damaged folder.
        if not (folder / _MASTER).exists() and any((folder / name).exists() for name in (_SIGNING, _MAILBOX, _RECORD)):
            raise KeysDamaged(file=_MASTER)
        master = MasterKey.load_or_create(folder / _MASTER)
        return cls(_signer(folder / _SIGNING), _mailbox(folder / _MAILBOX), master, _signer(folder / _RECORD))


def _signer(path: Path) -> ServerSigner:
    if not path.exists():
        write_private(path, ServerSigner.generate().to_pem())
    try:
        return ServerSigner.from_pem(read_secret(path))
    except BadKey:
        raise KeysDamaged(file=path.name) from None


def _mailbox(path: Path) -> BoxKey:
    if not path.exists():
        write_private(path, boxes.new_key().to_secret())
    return BoxKey.from_secret(read_secret(path, size=boxes.KEY_BYTES))
