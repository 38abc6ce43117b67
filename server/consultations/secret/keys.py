"""The keys of a secret slip, in a file of their own: one signs blind, one shuts the urn (W173, W174).

Rules: written once, wrapped by the master key, overwritten once and removed when the slip is over. They lie in no
database: what a database, its journals and its backups keep of the urn cannot be opened any more from then on. The
folder belongs into no backup (docs/OPERATIONS.md).

Usage::

    keys.make("f-…")                         # the modulus, hexadecimal
    keys.sign("f-…", blinded)                # raises UrnLost, BadField
    keys.open("f-…", keys.shut("f-…", slots)) == slots
    keys.destroy("f-…")
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from sealing.errors import UnwrapFailed
from server.consultations.errors import UrnLost
from server.keys.master import MasterKey
from server.pki.files import write_private
from server.voting.secret.keys import TokenKey
from wire.secret import Secret

_KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12
_SUFFIX: Final = ".key"


class UrnKeys:
    """The port :class:`server.consultations.ports.Urns`."""

    def __init__(
        self,
        folder: Path,
        master: MasterKey,
        random: Callable[[int], bytes] = os.urandom,
        signer: Callable[[], TokenKey] = TokenKey.generate,
    ) -> None:
        self._folder: Final = folder
        self._master: Final = master
        self._random: Final = random
        self._signer: Final = signer
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def make(self, slip: str) -> str:
        """Fresh keys, on the disk when it returns; gives the modulus, hexadecimal. Of a slip that is not sent yet."""
        signer = self._signer()
        both = Secret(self._random(_KEY_BYTES) + signer.to_secret().reveal())
        write_private(self._file(slip), Secret(self._master.wrap(both)))
        return signer.public

    def sign(self, slip: str, blinded: bytes) -> bytes:
        """BlindSign (RFC 9474 §4.3); the same of the same. Raises UrnLost, BadField."""
        signer = TokenKey.from_secret(Secret(self._both(slip)[_KEY_BYTES:]))
        return signer.sign(blinded, random=self._random)

    def shut(self, slip: str, slots: bytes) -> bytes:
        """The urn for the database; raises UrnLost."""
        nonce = self._random(_NONCE_BYTES)
        return nonce + AESGCM(self._both(slip)[:_KEY_BYTES]).encrypt(nonce, slots, _bound(slip))

    def open(self, slip: str, box: bytes) -> bytes:
        """What was shut; raises UrnLost."""
        try:
            return AESGCM(self._both(slip)[:_KEY_BYTES]).decrypt(box[:_NONCE_BYTES], box[_NONCE_BYTES:], _bound(slip))
        except (InvalidTag, ValueError) as exc:
            raise UrnLost from exc

    def holds(self, slip: str) -> bool:
        """Whether the keys are there and can be read now."""
        try:
            self._both(slip)
        except UrnLost:
            return False
        return True

    def destroy(self, slip: str) -> None:
        """Overwritten, then removed; not being there is fine. Raises OSError: then it may be there still."""
        file = self._file(slip)
        if not file.exists():
            return
        with file.open("r+b") as kept:
            kept.write(os.urandom(file.stat().st_size))
            kept.flush()
            os.fsync(kept.fileno())
        file.unlink()

    def all(self) -> list[str]:
        """The slips that have keys."""
        return sorted(file.stem for file in self._folder.glob(f"*{_SUFFIX}"))

    def _file(self, slip: str) -> Path:
        return self._folder / f"{slip}{_SUFFIX}"

    def _both(self, slip: str) -> bytes:
        try:
            return self._master.unwrap(self._file(slip).read_bytes()).reveal()
        except (OSError, UnwrapFailed) as exc:
            raise UrnLost from exc


def _bound(slip: str) -> bytes:
    return b"phonghop/v1/consultation-urn\0" + slip.encode()
