"""The seat's store: opened by the key the server gives, emptied by the recalls it orders.

Rules: before :meth:`Vault.open` nothing can be read. A part that does not open with the key is destroyed and asked for
again. Where nothing opens it is another key's, and ``place.py`` says what becomes of it: a folder is given up, a
partition stays until IT has decided. Where the files lie, and what opens that, is ``place.py``'s as well.
An interrupted destruction is finished while the store opens, before anything of it can be shown. Used by the agent's
one thread; page threads are handed :class:`pages.model.Document` values.

Usage::

    vault = Vault(RealDisk(data_dir))
    lost = vault.open(store_key)
    vault.meeting(meeting).record(events, state)
"""

from __future__ import annotations

import contextlib
import datetime as dt
import logging
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Final, TypeVar

from edge import marks_book, readings_book
from edge.errors import DiskFull, SealBroken, StoreClosed, VaultError
from edge.marks_book import MarksBook
from edge.outbox import NAME as OUTBOX_NAME
from edge.outbox import Outbox
from edge.plan import Held
from edge.readings_book import ReadingsBook
from edge.vault import ballots, recalled
from edge.vault.ballots import BallotBook
from edge.vault.chunks import FOLDER as PAPERS
from edge.vault.chunks import Chunks, ciphertext_name, remove_chunks
from edge.vault.disk import Disk
from edge.vault.keyring import FOLDER as MEETINGS
from edge.vault.keyring import folder, kept_papers, shred_keys
from edge.vault.meeting import KeptMeeting, log_name
from edge.vault.place import Folder, Loss, Place
from edge.vault.recalled import Note, Notes
from edge.vault.seal import Sealer
from pages.model import Document
from wire import canonical
from wire.errors import WireError
from wire.fields import Fields
from wire.messages import Wish
from wire.secret import Secret
from wire.topics import PaperVersion, parse_paper_version

_T = TypeVar("_T")
_LOG: Final = logging.getLogger("phonghop.seat")
_CHECK: Final = "check"
_WISH: Final = "wish"


class Vault:
    """Everything the seat keeps, closed until :meth:`open`."""

    def __init__(self, disk: Disk, place: Place | None = None) -> None:
        self._disk: Final = disk
        self._place: Final[Place] = Folder() if place is None else place
        self._sealer: Sealer | None = None
        self._outbox: Outbox | None = None
        self._notes: Notes | None = None
        self._ballots: BallotBook | None = None
        self._marks: MarksBook | None = None
        self._readings: ReadingsBook | None = None
        self._meetings: dict[str, KeptMeeting] = {}
        #: recalls that a full disk has not let be written yet
        self._unwritten: dict[str, Note] = {}

    @property
    def is_open(self) -> bool:
        """Whether the store key is here."""
        return self._sealer is not None

    @property
    def outbox(self) -> Outbox:
        """The outbox; raises :class:`StoreClosed`."""
        if self._outbox is None:
            raise StoreClosed
        return self._outbox

    @property
    def ballots(self) -> BallotBook:
        """The secret ballots that wait here; raises :class:`StoreClosed`."""
        if self._ballots is None:
            raise StoreClosed
        return self._ballots

    @property
    def marks(self) -> MarksBook:
        """The private marks of who sits here; raises :class:`StoreClosed`."""
        if self._marks is None:
            raise StoreClosed
        return self._marks

    @property
    def readings(self) -> ReadingsBook:
        """What was read here and is not told yet; raises :class:`StoreClosed`."""
        if self._readings is None:
            raise StoreClosed
        return self._readings

    @property
    def notes(self) -> Notes:
        """The recalls; raises :class:`StoreClosed`."""
        if self._notes is None:
            raise StoreClosed
        return self._notes

    @property
    def loss(self) -> Loss | None:
        """What was given up, and IT has not heard of (W195)."""
        return self._place.loss

    def heard(self, loss: str) -> None:
        """IT knows of it."""
        self._place.heard(loss)

    def open(self, store_key: Secret, *, anew: str = "") -> tuple[str, ...]:
        """Read everything; returns the places in it that could not be read and were given up.

        Given up is what the disk gives and no key opens. ``anew``: IT has said that a store which this key does not
        open is not wanted (:class:`edge.errors.StoreShut`). Raises :class:`edge.errors.DiskFull` or
        :class:`edge.errors.StoreUnreadable` when the disk itself fails: nothing more is touched then, nothing is open.
        """
        try:
            return self._open(store_key, anew)
        except VaultError:
            self.close()
            raise

    def _open(self, store_key: Secret, anew: str) -> tuple[str, ...]:
        self._place.open(store_key, anew=anew)
        sealer = Sealer(store_key)
        lost: list[str] = []
        if not self._fits(sealer):
            if self._is_foreign(sealer):
                self._place.unwanted(anew)
                self._destroy_all()
                lost.append(_CHECK)
            self._disk.put(_CHECK, sealer.seal(b"phonghop", place=_CHECK))
        self._notes = self._load_or_shred(lambda: Notes.load(self._disk, sealer), recalled.FOLDER, lost)
        self._outbox = self._load_or_shred(lambda: Outbox.open(self._disk, sealer), OUTBOX_NAME, lost)
        self._ballots = self._load_or_shred(lambda: BallotBook.load(self._disk, sealer), ballots.FOLDER, lost)
        if self._ballots.lost:
            self._place.lose("files")
        lost.extend(self._ballots.lost)
        marks_book.shred_keys(self._disk, but=self._disk.names(MEETINGS))
        self._marks = self._load_or_shred(lambda: MarksBook.load(self._disk, sealer), marks_book.FOLDER, lost)
        self._readings = self._load_or_shred(lambda: ReadingsBook.load(self._disk, sealer), readings_book.NAME, lost)
        for meeting in self._disk.names(MEETINGS):
            try:
                self._meetings[meeting] = KeptMeeting.load(self._disk, meeting, sealer=sealer)
            except (SealBroken, WireError):
                self._place.lose("files")
                self._remove_meeting(meeting, kept_papers(self._disk, meeting))
                lost.append(folder(meeting))
        self._sealer = sealer
        self._remove_strays()
        if not {note.meeting for note in self._notes.all()}.union(self._meetings).issuperset(self._place.kept()):
            self._place.lose("files")
        self._place.keep(self._meetings)
        return tuple(lost)

    def close(self) -> None:
        """Forget every key; the disk keeps what it has."""
        self._sealer = self._outbox = self._notes = self._ballots = self._marks = self._readings = None
        self._meetings.clear()
        self._unwritten.clear()

    def wipe(self) -> None:
        """Destroy everything, readable or not (a revoked device); raises VaultError when that is not done.

        :class:`edge.errors.StoreHeld`: it is destroyed, and open until the machine starts again.
        """
        left: VaultError | None = None
        is_gone = False
        try:
            is_gone = self._place.erase()
        except VaultError as exc:
            # Then what can be reached goes file by file all the same, and it is not said to be done.
            left = exc
        try:
            self._destroy_all()
        except VaultError as exc:
            _LOG.warning("store: not every file is destroyed by itself: %s (%s)", exc.code, exc)
            left = left if is_gone else left or exc
        try:
            self._place.leave()
        except VaultError as exc:
            raise left or exc from exc
        if left is not None:
            raise left

    def _destroy_all(self) -> None:
        self.close()
        marks_book.shred_keys(self._disk)
        for meeting in self._disk.names(MEETINGS):
            self._remove_meeting(meeting, kept_papers(self._disk, meeting))
        for place in (
            recalled.FOLDER,
            ballots.FOLDER,
            marks_book.FOLDER,
            OUTBOX_NAME,
            readings_book.NAME,
            _WISH,
            _CHECK,
        ):
            self._shred(place)
        self._remove_strays()

    def meetings(self) -> tuple[KeptMeeting, ...]:
        """All meetings that are kept."""
        return tuple(self._meetings.values())

    def meeting_names(self) -> tuple[str, ...]:
        """The meetings that are here; also while the store is closed."""
        return tuple(self._disk.names(MEETINGS)) or self._place.kept()

    def find(self, meeting: str) -> KeptMeeting | None:
        """A meeting that is kept."""
        return self._meetings.get(meeting)

    def meeting(self, meeting: str) -> KeptMeeting:
        """A meeting, made when it is not there; raises :class:`StoreClosed`."""
        if self._sealer is None:
            raise StoreClosed
        kept = self._meetings.get(meeting)
        if kept is None:
            kept = KeptMeeting.load(self._disk, meeting, sealer=self._sealer)
            self._place.keep((*self._meetings, meeting))
            self._meetings[meeting] = kept
        return kept

    def chunks(self, paper: PaperVersion) -> Chunks | None:
        """The chunks of a paper, whichever meeting it belongs to."""
        return next((kept.chunks[paper] for kept in self._meetings.values() if paper in kept.chunks), None)

    def all_chunks(self) -> tuple[Chunks, ...]:
        """The chunks of every paper."""
        return tuple(chunks for kept in self._meetings.values() for chunks in kept.chunks.values())

    def document(self, meeting: str, paper: PaperVersion) -> Document | None:
        """A whole paper for the page renderer; None while it is not whole."""
        kept = self._meetings.get(meeting)
        chunks = None if kept is None else kept.chunks.get(paper)
        if kept is None or chunks is None or not chunks.have.full:
            return None
        held = kept.keyring.papers[paper]
        path = self._disk.path(ciphertext_name(paper))
        return Document(path, held.manifest.plain_bytes, paper, held.key)

    def held(self) -> Held:
        """What is kept, for the plan."""
        return Held(
            meetings={name: kept.held() for name, kept in self._meetings.items()},
            receipts={note.meeting: note.confirmed for note in self.notes.all()},
        )

    def destroy(self, meeting: str, *, act: str, title: str, now: Callable[[], dt.datetime]) -> Note:
        """Destroy a meeting: note what is held, the keys, all else. Repeating it finishes it.

        ``act`` names the receipt if there is none yet; ``now`` is asked once the keys are gone. Raises
        :class:`edge.errors.DiskFull` when there is no room for the note even then.
        """
        note = self.notes.get(meeting) or self._unwritten.get(meeting)
        kept = self._meetings.pop(meeting, None)
        papers = kept_papers(self._disk, meeting)
        if note is None:
            note = Note(meeting, act, title, () if kept is None else kept.receipt_papers())
            # Without room the keys go before the note: then a power cut may cost the count, never the recall.
            with contextlib.suppress(DiskFull):
                self.notes.put(note)
        self._unwritten[meeting] = note
        if kept is not None:
            kept.keyring.destroy()
        shred_keys(self._disk, meeting)
        self.marks.close_meeting(meeting)
        if note.destroyed_at is None:
            note = self._unwritten[meeting] = replace(note, destroyed_at=now())
        if self.notes.get(meeting) != note:
            self._put_note(note, papers)
        self._remove_meeting(meeting, papers)
        del self._unwritten[meeting]
        self._place.keep(self._meetings)
        return note

    def _put_note(self, note: Note, papers: Iterable[PaperVersion]) -> None:
        try:
            self.notes.put(note)
        except DiskFull:
            # What these keys opened makes room.
            for paper in papers:
                remove_chunks(self._disk, paper)
            self.notes.put(note)

    def forget(self, meeting: str) -> None:
        """Destroy a meeting without a note."""
        kept = self._meetings.pop(meeting, None)
        # First: what is cut in the middle is no loss of anything.
        self._place.keep(self._meetings)
        papers = kept_papers(self._disk, meeting)
        if kept is not None:
            kept.keyring.destroy()
        self.marks.close_meeting(meeting)
        self._remove_meeting(meeting, papers)

    def unfinished(self) -> tuple[Note, ...]:
        """Recalls that a power cut interrupted: keys half destroyed, or files left."""
        left = set(self._disk.names(MEETINGS))
        return tuple(note for note in self.notes.all() if note.destroyed_at is None or note.meeting in left)

    def save_wish(self, wish: Wish) -> None:
        """Keep the wish for a start without a server."""
        if self._sealer is not None:
            self._disk.put(_WISH, self._sealer.seal(canonical.encode(wish.to_value()), place=_WISH))

    def load_wish(self) -> Wish | None:
        """The last wish, or None."""
        sealed = self._disk.read(_WISH)
        if self._sealer is None or sealed is None:
            return None
        try:
            return Wish.read(Fields(canonical.decode(self._sealer.open(sealed, place=_WISH)), "wish"))
        except (SealBroken, WireError):
            return None

    def free_bytes(self) -> int:
        """What the disk can still take."""
        return self._disk.free_bytes()

    def sealer(self) -> Sealer:
        """What seals under the store key; raises :class:`StoreClosed`."""
        if self._sealer is None:
            raise StoreClosed
        return self._sealer

    def _fits(self, sealer: Sealer) -> bool:
        return _opens(self._disk, _CHECK, sealer)

    def _is_foreign(self, sealer: Sealer) -> bool:
        """Whether all is another key's. Where it is kept for that, one small file that is torn says nothing of it."""
        if not self._place.keeps_foreign:
            return self._disk.read(_CHECK) is not None
        folders = (recalled.FOLDER, ballots.FOLDER, marks_book.FOLDER, *map(folder, self._disk.names(MEETINGS)))
        sealed = [_WISH, *(f"{each}/{name}" for each in folders for name in self._disk.names(each))]
        there = [name for name in sealed if self._disk.size(name)]
        return bool(there) and not any(_opens(self._disk, name, sealer) for name in there)

    def _load_or_shred(self, load: Callable[[], _T], place: str, lost: list[str]) -> _T:
        try:
            return load()
        except (SealBroken, WireError):
            self._place.lose("files")
            self._shred(place)
            lost.append(place)
            return load()

    def _shred(self, place: str) -> None:
        if place in {recalled.FOLDER, ballots.FOLDER, marks_book.FOLDER}:
            for name in self._disk.names(place):
                self._disk.shred(f"{place}/{name}")
            self._disk.remove(place)
        else:
            self._disk.shred(place)

    def _remove_meeting(self, meeting: str, papers: Iterable[PaperVersion]) -> None:
        """Keys first; the ciphertext is noise after that."""
        shred_keys(self._disk, meeting)
        for paper in papers:
            remove_chunks(self._disk, paper)
        self._disk.remove(log_name(meeting))
        for name in self._disk.names(folder(meeting)):
            self._disk.shred(f"{folder(meeting)}/{name}")
        self._disk.remove(folder(meeting))

    def _remove_strays(self) -> None:
        """Ciphertext whose meeting is gone: a power cut came between key and chunks."""
        known = {paper for kept in self._meetings.values() for paper in kept.chunks}
        for name in self._disk.names(PAPERS):
            stem = name.rpartition(".")[0]
            try:
                is_known = parse_paper_version(stem) in known
            except WireError:
                is_known = False
            if not is_known:
                self._disk.remove(f"{PAPERS}/{name}")


def _opens(disk: Disk, name: str, sealer: Sealer) -> bool:
    sealed = disk.read(name)
    try:
        sealer.open(sealed or b"", place=name)
    except SealBroken:
        return False
    return True
