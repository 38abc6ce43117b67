"""Where the vault's files lie, and what opens that place: a folder, or a partition that the server's key opens.

Rules: nothing is written before :meth:`Place.open`. The partition (docs/adr/0060) is opened, shut and destroyed by
a small program of root, asked over one socket; it is given a key made from the store key for this alone, never the
store key itself. A partition that no key will open again is made anew, and whoever opens is told. Beside it, where it
can be read without a key, lies that there is one, and the identifiers of the meetings in it: the receipt of a wipe
names them (W186) when no key will open it any more. Both ways pass ``tests/contract/test_place.py``.

Usage::

    place = Partition(store, folder, socket)
    lost = place.open(store_key)
    place.keep(["m-…"]); place.erase(); place.leave()
"""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final, Protocol

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from edge.errors import StoreUnreadable, VaultError
from edge.vault.disk import Disk
from wire import canonical
from wire.errors import WireError
from wire.fields import Fields
from wire.messages.session import MAX_MEETINGS
from wire.secret import Secret

#: On the store, beside the partition.
MADE: Final = "vault.json"
#: A card of years is formatted within this; opening takes a second.
OPEN_S: Final = 180.0
#: D7: what is ordered to be destroyed is so within two seconds; a machine that is busy is waited for.
ERASE_S: Final = 30.0
#: There was nothing, or nothing that anybody wanted any more.
NO_LOSS: Final = frozenset({"new", "erased"})
_INFO: Final = b"phonghop/v1/vault partition"
_LONGEST: Final = 256
_LOG: Final = logging.getLogger("phonghop.seat")


class Place(Protocol):
    """What the vault asks of the place of its files."""

    def open(self, store_key: Secret) -> str:
        """The files can be reached afterwards; returns why they are lost, or an empty text. Raises VaultError."""
        ...

    def erase(self) -> None:
        """Nobody opens it again, with whatever key; what is open stays so until :meth:`leave`. Raises VaultError."""
        ...

    def leave(self) -> None:
        """Shut it."""
        ...

    def keep(self, meetings: Iterable[str]) -> None:
        """Note which meetings are here."""
        ...

    def kept(self) -> tuple[str, ...]:
        """Which meetings were noted; also while it is shut."""
        ...


class Folder:
    """A folder of the disk, always there: what lies in it is sealed file by file."""

    def open(self, store_key: Secret) -> str:  # noqa: ARG002 - as every place
        """Nothing to do."""
        return ""

    def erase(self) -> None:
        """The vault destroys its files itself."""

    def leave(self) -> None:
        """Nothing to do."""

    def keep(self, meetings: Iterable[str]) -> None:
        """Their names lie open."""

    def kept(self) -> tuple[str, ...]:
        """Their names lie open: nobody need ask here."""
        return ()


class Partition:
    """A partition under LUKS2, mounted at ``folder``; ``store`` is the disk that can be read without it."""

    def __init__(
        self, store: Disk, folder: Path, where: Path, *, is_mounted: Callable[[Path], bool] = os.path.ismount
    ) -> None:
        self._store: Final = store
        self._folder: Final = folder
        self._where: Final = where
        self._is_mounted: Final = is_mounted

    def open(self, store_key: Secret) -> str:
        """Have it opened and mounted."""
        made = self._ask(b"open " + _key(store_key).hex().encode("ascii"), ("opened", "made"), patience_s=OPEN_S)
        # It is mounted by another program: what is written before it is seen here would lie on the open store.
        if not self._is_mounted(self._folder):
            raise StoreUnreadable(f"{self._folder}: the vault is open and not to be seen")
        was_known = self._store.read(MADE) is not None
        if made or not was_known:
            self._note(())
        if made:
            _LOG.warning("vault: made anew (%s)", made)
        return made if was_known and made not in NO_LOSS else ""

    def erase(self) -> None:
        """Its header goes, and with it everything."""
        self._ask(b"erase", ("erased",), patience_s=ERASE_S)
        self._store.remove(MADE)

    def leave(self) -> None:
        """Unmounted, and its key out of the kernel; what does not work is said and stops nothing."""
        try:
            self._ask(b"close", ("closed",), patience_s=ERASE_S)
        except VaultError as exc:
            _LOG.warning("vault: not shut (%s)", exc)

    def keep(self, meetings: Iterable[str]) -> None:
        """Note them; what cannot be noted is missing in a receipt, no more."""
        named = tuple(sorted(meetings))
        try:
            if named != self.kept():
                self._note(named)
        except VaultError as exc:
            _LOG.warning("vault: its meetings are not noted: %s (%s)", exc.code, exc)

    def kept(self) -> tuple[str, ...]:
        """As they were noted."""
        noted = self._store.read(MADE)
        if noted is None:
            return ()
        try:
            return Fields(canonical.decode(noted), MADE).ids("meetings", "m", limit=MAX_MEETINGS)
        except WireError:
            return ()

    def _note(self, meetings: tuple[str, ...]) -> None:
        self._store.put(MADE, canonical.encode({"meetings": list(meetings)}))

    def _ask(self, line: bytes, wanted: tuple[str, ...], *, patience_s: float) -> str:
        """One line to root's program; returns its reason. Raises StoreUnreadable, which never holds the line."""
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as asked:
                asked.settimeout(patience_s)
                asked.connect(str(self._where))
                asked.sendall(line + b"\n")
                said = _line(asked)
        except OSError as exc:
            raise StoreUnreadable(f"the vault does not answer ({exc.strerror or 'too late'})") from None
        try:
            fields = Fields(canonical.decode(said), "vault")
            state = fields.text("state", limit=20)
            because = fields.text("because", limit=80) if fields.has("because") else ""
        except WireError:
            raise StoreUnreadable("the vault answers what nobody reads") from None
        if state not in wanted:
            raise StoreUnreadable(f"the vault is {state} ({because})")
        return because


def _key(store_key: Secret) -> bytes:
    """What opens the partition, 32 bytes (RFC 5869): root's program learns nothing of what seals the files in it."""
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=_INFO).derive(store_key.reveal())


def _line(asked: socket.socket) -> bytes:
    said = b""
    while not said.endswith(b"\n") and len(said) <= _LONGEST:
        piece = asked.recv(_LONGEST)
        if not piece:
            break
        said += piece
    return said.removesuffix(b"\n")
