"""What the machine is told of a store that has just been opened.

Usage::

    waiting.append(opened(ports, warm=False))
"""

from __future__ import annotations

from edge.ballot_hands import line
from edge.events import Opened
from edge.model import Recalled
from edge.ports import Ports
from edge.queued import queued


def opened(ports: Ports, *, warm: bool) -> Opened:
    """All that was kept; ``warm``: its key outlived a restart, and no server was asked. Raises VaultError."""
    vault = ports.vault
    owed = [note for note in vault.notes.all() if not note.confirmed]
    last = max(owed, key=lambda note: str(note.destroyed_at), default=None)
    now_s = ports.clock.monotonic_s()
    return Opened(
        warm=warm,
        wish=vault.load_wish(),
        meetings={kept.keyring.meeting: kept.state for kept in vault.meetings()},
        queue=tuple(queued(entry) for entry in vault.outbox.waiting()),
        session=ports.run_dir.load_session(vault.sealer()),
        ballots=tuple(line(held, ballot) for held in vault.ballots.all() for ballot in held.ballots),
        marks=vault.marks.all(),
        readings=vault.readings.all(),
        recalled=None
        if last is None
        else Recalled(last.meeting, last.title, len(last.papers), last.pages, confirmed=False, since_s=now_s),
    )
