"""Where the vault's files lie, and what opens that place: a folder, or a partition that the server's key opens.

Rules: nothing is written before :meth:`Place.open`. The partition (docs/adr/0060) is opened, made, shut and destroyed
by a small program of root, asked over one socket; it is given a key made from the store key for this alone, never the
store key itself. That program destroys nothing that it was not told to by a name: what it finds is judged here. What
is in the middle of being made is made anew, whatever is found of it, but for another key. Of what was kept, only a head
or files that are not there any more are, and whoever opens is told until it has been heard; what another key would
open, or e2fsck does not mend, is kept until IT says that it is not wanted. Everything else only failed, and stays.

Beside the partition lies a note, to be read without a key: that one is being made, or is there, and which; a loss that
nobody has heard of yet; the identifiers of the meetings in it, which the receipt of a wipe names (W186) when no key
will open it again, and by which it is seen that one is missing.
Both ways pass ``tests/contract/test_place.py``.

Usage::

    place = Partition(store, RealDisk(folder), socket)
    place.open(store_key, anew="")
    place.keep(["m-…"]); place.erase(); place.leave()
"""

from __future__ import annotations

import logging
import os
import re
import socket
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, Protocol

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from edge.errors import StoreBusy, StoreHeld, StoreShut, StoreUnreadable, VaultError
from edge.vault.disk import Disk
from wire import canonical
from wire.errors import WireError
from wire.fields import Fields
from wire.messages.machine import LOSSES, SHUT, STORE_ID_BYTES
from wire.messages.session import MAX_MEETINGS
from wire.secret import Secret

#: On the store, beside the partition.
MADE: Final = "vault.json"
#: In the partition: the same identifier as in the note.
WHICH: Final = "which"
#: Root's program answers within a second that it is at work; a machine that is busy is waited for.
ANSWER_S: Final = 10.0
#: D7: what is ordered to be destroyed is so within two seconds. What root's program is in the middle of is ended first,
#: and what is ordered waited for, twenty seconds each; then it says that it is at work.
ORDER_S: Final = 60.0
#: What root's program finds where nothing can be of use to anybody; what is lost by making it anew, if anything was.
_GONE: Final = {"new": "header", "header": "header", "erased": "header", "files": "files"}
#: Another key, or a card that gives everything tomorrow, would open it (:data:`wire.messages.machine.SHUT`).
_SHUT: Final = frozenset({"key", "torn", "unmended"})
#: Found where something was in the middle of being made; where something was kept, it only failed.
_HALF: Final = frozenset({"torn", "unmended", "unchecked"})
#: It opens, and nothing in it does.
_FOREIGN: Final = "files"
#: Said by root's program instead of opening: e2fsck has changed what it does not change by itself.
_MENDED: Final = frozenset({"mended", "written-over"})
#: Where e2fsck puts what has no name any more.
_FOUND: Final = "lost+found"
_WHICH: Final = re.compile(rf"[0-9a-f]{{{2 * STORE_ID_BYTES}}}", re.ASCII)
_INFO: Final = b"phonghop/v1/vault partition"
_LONGEST: Final = 256
_LOG: Final = logging.getLogger("phonghop.seat")


@dataclass(frozen=True, slots=True)
class Loss:
    """Something of the store is gone: one of :data:`wire.messages.machine.LOSSES`, and which loss it is."""

    why: str
    loss: str


class Place(Protocol):
    """What the vault asks of the place of its files."""

    @property
    def loss(self) -> Loss | None:
        """What nobody has heard of yet."""
        ...

    def open(self, store_key: Secret, *, anew: str) -> None:
        """The files can be reached afterwards. Raises VaultError.

        ``anew``: the question (:class:`edge.errors.StoreShut`) that IT has answered.
        """
        ...

    @property
    def keeps_foreign(self) -> bool:
        """Whether what another key has sealed stays until IT has decided."""
        ...

    def unwanted(self, anew: str) -> None:
        """What is here is sealed under another key, and is destroyed now. Raises StoreShut where it is not to be."""
        ...

    def lose(self, why: str) -> None:
        """Note that something is given up, before it is. Raises VaultError."""
        ...

    def heard(self, loss: str) -> None:
        """IT knows of this loss."""
        ...

    def erase(self) -> bool:
        """Nobody opens it again, with whatever key; what is open stays so until :meth:`leave`. Raises VaultError.

        False: every file is to be destroyed by itself.
        """
        ...

    def leave(self) -> None:
        """Shut it; raises :class:`edge.errors.StoreBusy` when somebody does not let go of it."""
        ...

    def keep(self, meetings: Iterable[str]) -> None:
        """Note which meetings are here."""
        ...

    def kept(self) -> tuple[str, ...]:
        """Which meetings were noted; also while it is shut."""
        ...


class Folder:
    """A folder of the disk, always there: what lies in it is sealed file by file."""

    def __init__(self) -> None:
        self._loss: Loss | None = None

    @property
    def loss(self) -> Loss | None:
        """Known until this program ends."""
        return self._loss

    def open(self, store_key: Secret, *, anew: str) -> None:
        """Nothing to do."""

    @property
    def keeps_foreign(self) -> bool:
        """It is given up, as it was before there was a partition (docs/adr/0007)."""
        return False

    def unwanted(self, anew: str) -> None:  # noqa: ARG002 - IT is told, and not asked
        """Remember it."""
        self.lose("key")

    def lose(self, why: str) -> None:
        """Remember it."""
        self._loss = _fresh_loss(why)

    def heard(self, loss: str) -> None:
        """Forget it."""
        if self._loss is not None and self._loss.loss == loss:
            self._loss = None

    def erase(self) -> bool:
        """The vault destroys its files itself."""
        return False

    def leave(self) -> None:
        """Nothing to do."""

    def keep(self, meetings: Iterable[str]) -> None:
        """Their names lie open."""

    def kept(self) -> tuple[str, ...]:
        """Their names lie open: nobody need ask here."""
        return ()


@dataclass(frozen=True, slots=True)
class _Note:
    """What lies beside the partition. ``which``: the partition that was made; empty: nobody knows."""

    which: str = ""
    meetings: tuple[str, ...] = ()
    loss: Loss | None = None
    #: the question put to IT, and what it is about
    asked: str = ""
    why: str = ""
    #: being made, and nobody wants what is found there: the first time, or by IT's word
    making: bool = False
    #: about to be made anew, for it is gone; what is lost by that, once it has been
    losing: str = ""
    #: being destroyed by order: what is found afterwards is no loss
    wiping: bool = False

    def to_value(self) -> dict[str, Any]:
        value: dict[str, Any] = {"which": self.which, "meetings": list(self.meetings)}
        value |= {"making": self.making, "wiping": self.wiping}
        if self.loss is not None:
            value |= {"lost": self.loss.why, "loss": self.loss.loss}
        if self.losing:
            value["losing"] = self.losing
        return value | ({"asked": self.asked, "why": self.why} if self.asked else {})

    @classmethod
    def read(cls, data: bytes) -> _Note:
        """Raises WireError."""
        fields = Fields(canonical.decode(data), MADE)
        loss = None
        if fields.has("lost"):
            loss = Loss(fields.choice("lost", LOSSES), fields.hex("loss", size=STORE_ID_BYTES))
        return cls(
            which=fields.hex("which", size=STORE_ID_BYTES) if fields.text("which", limit=40, empty=True) else "",
            meetings=fields.ids("meetings", "m", limit=MAX_MEETINGS),
            loss=loss,
            asked=fields.hex("asked", size=STORE_ID_BYTES) if fields.has("asked") else "",
            why=fields.choice("why", SHUT) if fields.has("why") else "",
            making=fields.flag("making"),
            losing=fields.choice("losing", LOSSES) if fields.has("losing") else "",
            wiping=fields.flag("wiping"),
        )


class _Found(StoreUnreadable):
    """Root's program has not done it, and says what it found: ``data`` has ``because``.

    ``is_begun``: what was to be made had been begun, and what was there before is gone.
    """

    def __init__(self, because: str, *, is_begun: bool) -> None:
        super().__init__(f"the vault is refused ({because})", because=because)
        self.because: Final = because
        self.is_begun: Final = is_begun


@dataclass(frozen=True, slots=True)
class _Making:
    """What root's program was told to make and has not answered: the line, and what was noted before it."""

    line: bytes
    before: _Note | None


class Partition:
    """A partition under LUKS2, whose files are ``disk``; ``store`` is the disk that can be read without it."""

    def __init__(
        self, store: Disk, disk: Disk, where: Path, *, is_mounted: Callable[[Path], bool] = os.path.ismount
    ) -> None:
        self._store: Final = store
        self._disk: Final = disk
        self._where: Final = where
        self._is_mounted: Final = is_mounted
        self._loss: Loss | None = None
        self._is_erased = False
        self._making: _Making | None = None

    @property
    def loss(self) -> Loss | None:
        """As it was noted."""
        return self._loss

    def open(self, store_key: Secret, *, anew: str) -> None:
        """Have it opened and mounted, or made where it is lost for good or was never made."""
        if self._making is not None:
            # Its answer says whether what was kept is still there; asked for anything else, root's program forgets it.
            self._make(self._making)
        note = self._note()
        self._loss = None if note is None else note.loss
        if note is not None and note.wiping:
            # What was ordered to be destroyed is, before anything is opened here again.
            note = self._wiped(note)
        key = _key(store_key).hex().encode("ascii")
        is_mended = False
        try:
            is_mended = self._ask(b"open " + key, "opened") in _MENDED
        except _Found as found:
            note = self._made(found, note, key, anew=anew)
        # It is mounted by another program: what is written before it is seen here would lie on the open store.
        if not self._is_mounted(self._disk.path("")):
            raise StoreUnreadable("the vault is open and not to be seen", because="not-seen")
        self._recognise(note or _Note(), is_mended=is_mended)
        self._drop_found()

    def _wiped(self, note: _Note) -> _Note:
        self._ask(b"erase", "erased", patience_s=ORDER_S)
        self._ask(b"close", "closed", patience_s=ORDER_S)
        making = _Note(making=True)
        self._put(making, known=note)
        return making

    def _made(self, found: _Found, note: _Note | None, key: bytes, *, anew: str) -> _Note:
        """Have it made anew, and return what is noted of it by then; raises what was found where that is not to be."""
        making = self._judged(found, note, anew=anew)
        self._put(making, known=note)
        _LOG.warning("vault: is made anew (%s)", found.because)
        self._make(_Making(b"make %s %s" % (found.because.encode("ascii"), key), note))
        return making

    def _make(self, making: _Making) -> None:
        """Until it is answered it is asked again, first of all. Raises what the answer says."""
        self._making = making
        try:
            self._ask(making.line, "made")
        except _Found as refused:
            if not refused.is_begun:
                # What was found is found no more, and what comes next is judged by what was kept.
                self._restore(making.before)
            self._making = None
            self._note_mended(refused)
            raise
        self._making = None

    def _judged(self, found: _Found, note: _Note | None, *, anew: str) -> _Note:
        """What stands beside a vault that is made anew now; raises what was found where that is not to be."""
        why = found.because
        self._note_mended(found)
        if note is None and why in {"new", "header"}:
            return _Note(making=True)
        if note is not None and (note.making or note.losing) and why in _GONE.keys() | _HALF:
            return note
        if why in _SHUT:
            # By IT's own word, and on record there.
            return replace(self._unwanted(note, why, anew=anew), making=True, loss=None)
        if why not in _GONE:
            raise found
        return replace(note or _Note(), losing=_GONE[why])

    def _unwanted(self, note: _Note | None, why: str, *, anew: str) -> _Note:
        """What is noted, once IT has answered the question; until then StoreShut."""
        known = note or _Note()
        if not known.asked or known.why != why:
            # An answer is good for one question, and for what it was about.
            known = replace(known, asked=_fresh(), why=why)
            self._put(known, known=note)
        if known.asked != anew:
            raise StoreShut(f"the vault does not open ({why})", asked=known.asked, why=why)
        return known

    def _recognise(self, note: _Note, *, is_mended: bool) -> None:
        """See that it is the one that the note is of: a file system that was emptied opens as well."""
        which = (self._disk.read(WHICH) or b"").decode("ascii", "replace")
        is_ours = _WHICH.fullmatch(which) is not None and note.which in {"", which}
        loss = note.loss
        if not note.making and loss is None and (is_mended or not is_ours):
            loss = _fresh_loss("files" if is_ours else note.losing or "files")
            self._put(replace(note, loss=loss), known=note)
        if not is_ours:
            which = _fresh()
            self._disk.put(WHICH, which.encode("ascii"))
        asked = (note.asked, note.why) if note.why == _FOREIGN and is_ours else ("", "")
        meetings = note.meetings if is_ours else ()
        self._put(_Note(which, meetings, loss, *asked))

    def _drop_found(self) -> None:
        """What e2fsck found without a name belongs to nothing that a recall would destroy."""
        try:
            for folder, _, names in os.walk(self._disk.path(_FOUND), topdown=False):
                inside = os.path.relpath(folder, self._disk.path(""))
                for name in names:
                    self._disk.shred(f"{inside}/{name}")
                if inside != _FOUND:
                    self._disk.remove(inside)
        except VaultError as exc:
            _LOG.warning("vault: what e2fsck found is not destroyed: %s (%s)", exc.code, exc)

    @property
    def keeps_foreign(self) -> bool:
        """The partition was opened: its files may be whole, and the key of a server that was restored another one."""
        return True

    def unwanted(self, anew: str) -> None:
        """By IT's own word, and on record there."""
        known = self._unwanted(self._note(), _FOREIGN, anew=anew)
        self._put(replace(known, meetings=(), loss=None, asked="", why=""))

    def lose(self, why: str) -> None:
        """Note it, unless another loss waits to be heard."""
        note = self._note()
        if note is not None and note.loss is None:
            self._put(replace(note, loss=_fresh_loss(why)))

    def _note_mended(self, found: _Found) -> None:
        if found.because in _MENDED:
            self.lose("files")

    def heard(self, loss: str) -> None:
        """Strike it out; what cannot be struck out is said again."""
        try:
            note = self._note()
            if note is not None and note.loss is not None and note.loss.loss == loss:
                self._put(replace(note, loss=None))
        except VaultError as exc:
            _LOG.warning("vault: that its loss was heard is not noted: %s (%s)", exc.code, exc)

    def erase(self) -> bool:
        """Its head goes, and with it everything."""
        try:
            note = self._note()
            if note is not None:
                # A cut after the next line is no loss of anything that anybody wanted.
                self._put(replace(note, wiping=True), known=note)
        except VaultError as exc:
            _LOG.warning("vault: that it is destroyed by order is not noted: %s (%s)", exc.code, exc)
        self._ask(b"erase", "erased", patience_s=ORDER_S)
        self._is_erased, self._making = True, None
        return True

    def leave(self) -> None:
        """Unmounted, and its key out of the kernel; nobody need know then what was in it."""
        is_open = self._is_mounted(self._disk.path(""))
        try:
            self._ask(b"close", "closed", patience_s=ORDER_S)
        except VaultError as exc:
            if self._is_erased and is_open:
                raise StoreHeld(f"the vault is destroyed and not left: {exc}") from exc
            raise
        if self._is_erased:
            self._store.shred(MADE)
        self._loss, self._is_erased = None, False

    def keep(self, meetings: Iterable[str]) -> None:
        """Note them; what cannot be noted is missing in a receipt, no more."""
        named = tuple(sorted(meetings))
        try:
            note = self._note()
            if note is not None:
                self._put(replace(note, meetings=named, asked="", why=""), known=note)
        except VaultError as exc:
            _LOG.warning("vault: its meetings are not noted: %s (%s)", exc.code, exc)

    def kept(self) -> tuple[str, ...]:
        """As they were noted; what cannot be read is missing in a receipt, no more."""
        try:
            note = self._note()
        except VaultError as exc:
            _LOG.warning("vault: which meetings were in it is not known: %s (%s)", exc.code, exc)
            return ()
        return () if note is None else note.meetings

    def _note(self) -> _Note | None:
        """None: there is no vault, or nobody wants what is in it. Raises VaultError: then nothing is known."""
        noted = self._store.read(MADE)
        if noted is None:
            return None
        try:
            return _Note.read(noted)
        except WireError:
            # There was one: whatever is found is a loss.
            return _Note()

    def _put(self, note: _Note, *, known: _Note | None = None) -> None:
        """Nothing is written where it says so already (``known``): a store that takes nothing keeps no vault shut."""
        if (self._note() if known is None else known) != note:
            self._store.put(MADE, canonical.encode(note.to_value()))
        self._loss = note.loss

    def _restore(self, note: _Note | None) -> None:
        if note is None:
            self._store.shred(MADE)
        else:
            self._put(note)

    def _ask(self, line: bytes, wanted: str, *, patience_s: float = ANSWER_S) -> str:
        """One line to root's program; why it is done. Raises VaultError, which never holds the line."""
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as asked:
                asked.settimeout(patience_s)
                asked.connect(str(self._where))
                asked.sendall(line + b"\n")
                said = _line(asked)
        except OSError as exc:
            raise StoreUnreadable(
                f"the vault does not answer ({exc.strerror or 'too late'})", because="no-answer"
            ) from None
        try:
            fields = Fields(canonical.decode(said), "vault")
            state = fields.text("state", limit=20)
            because = fields.text("because", limit=80) if fields.has("because") else ""
        except WireError:
            raise StoreUnreadable("the vault answers what nobody reads", because="bad-answer") from None
        if state == "working":
            raise StoreBusy("the vault is being worked at", because="working")
        if state in {"refused", "begun"}:
            raise _Found(because, is_begun=state == "begun")
        if state != wanted:
            raise StoreUnreadable(f"the vault is {state} ({because})", because="bad-answer")
        return because


def _fresh() -> str:
    return os.urandom(STORE_ID_BYTES).hex()


def _fresh_loss(why: str) -> Loss:
    return Loss(why, _fresh())


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
