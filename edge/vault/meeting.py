"""What is kept of one meeting: keys, log, papers.

Rules: the log is what the server signed, event by event; it is folded again at every start, so a changed file never
passes as the meeting. A log that does not fold is dropped and asked for again.

Usage::

    kept = KeptMeeting.load(disk, meeting, sealer=sealer)
    kept.record(events)
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Self

from edge.plan import HeldMeeting, HeldPaper
from edge.vault.chunks import Chunks, remove_chunks
from edge.vault.disk import Disk
from edge.vault.journal import Journal
from edge.vault.keyring import Keyring, folder
from edge.vault.seal import Sealer
from sealing.epochs import EpochKey
from wire import canonical, messages
from wire.errors import WireError
from wire.events import Event
from wire.fold import apply
from wire.manifest import Manifest
from wire.secret import Secret
from wire.state import MeetingState
from wire.topics import PaperVersion

_LOG: Final = "log"


def log_name(meeting: str) -> str:
    """Where a meeting's log lies."""
    return f"{folder(meeting)}/{_LOG}"


class KeptMeeting:
    """One meeting on the disk; ``state`` is what its log folds to."""

    def __init__(self, disk: Disk, keyring: Keyring, *, log: Journal) -> None:
        self._disk = disk
        self._log = log
        self._log_cut = False
        self.keyring: Final = keyring
        self.state = MeetingState()
        self.chunks: dict[PaperVersion, Chunks] = {}

    @classmethod
    def load(cls, disk: Disk, meeting: str, *, sealer: Sealer) -> Self:
        """Read what is there; raises :class:`edge.errors.SealBroken`, and what the disk raises."""
        keyring = Keyring.load(disk, meeting, sealer=sealer)
        kept = cls(disk, keyring, log=Journal(disk, log_name(meeting), sealer=sealer))
        kept._read_log()
        for paper in keyring.papers.values():
            kept.chunks[paper.manifest.key] = Chunks.load(disk, paper.manifest)
        return kept

    def record(self, events: Sequence[Event], state: MeetingState) -> None:
        """Keep events that follow the log, and the state they lead to; raises :class:`edge.errors.DiskFull`.

        What a power cut takes is asked for again. After a full disk the file stays the beginning that it is.
        """
        self.state = state
        if self._log_cut:
            return
        self._log_cut = True
        self._log.append([canonical.encode(event.to_value()) for event in events], durable=False)
        self._log_cut = False

    def restart_log(self) -> None:
        """Begin the log anew, from nothing."""
        self._log.replace([])
        self._log_cut = False
        self.state = MeetingState()

    def add_epoch(self, key: EpochKey) -> None:
        """Keep an epoch's key."""
        self.keyring.add_epoch(key)

    def add_paper(self, manifest: Manifest, key: Secret) -> None:
        """Keep a paper's manifest and key; nothing changes when they are there."""
        if manifest.key not in self.keyring.papers:
            self.keyring.add_paper(manifest, key)
            self.chunks[manifest.key] = Chunks.load(self._disk, manifest)

    def drop_paper(self, paper: PaperVersion) -> None:
        """Destroy one paper: its key, then its chunks."""
        self.keyring.drop_paper(paper)
        self.chunks.pop(paper, None)
        remove_chunks(self._disk, paper)

    def held(self) -> HeldMeeting:
        """For the plan."""
        return HeldMeeting(
            has_box=self.keyring.box is not None,
            epochs=frozenset(self.keyring.epochs),
            seq=self.state.seq,
            papers={
                paper: HeldPaper(has_key=True, have=len(chunks.have), chunks=chunks.have.size)
                for paper, chunks in self.chunks.items()
            },
        )

    def receipt_papers(self) -> tuple[messages.HeldPaper, ...]:
        """What a receipt counts: pages of the papers that were whole, bytes of all."""
        return tuple(
            messages.HeldPaper(
                paper=paper,
                pages=chunks.manifest.pages if chunks.have.full else 0,
                held_bytes=chunks.held_bytes,
            )
            for paper, chunks in sorted(self.chunks.items())
        )

    def _read_log(self) -> None:
        state = MeetingState()
        for record in self._log.load():
            try:
                state = apply(state, Event.from_value(canonical.decode(record)))
            except WireError:
                self.restart_log()
                return
        self.state = state
