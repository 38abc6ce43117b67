"""What the seat's state knows of an entry of the outbox: which it is, and of a ballot whose, in which vote.

Rules: never what a ballot says. One that waits is the holder's own, or another's that was entrusted to them (W107): a
page that is loaded anew tells one from the other by this.

Usage: ``queue = tuple(queued(entry) for entry in outbox.waiting())``.
"""

from __future__ import annotations

from edge.acts import CAST
from edge.model import Queued
from edge.outbox import Entry
from wire.errors import WireError
from wire.fields import Fields
from wire.statement import SignedStatement, Statement


def queued(entry: Entry) -> Queued:
    """The entry as the machine sees it."""
    vote, whose = _ballot(entry) if entry.kind == CAST else ("", "")
    return Queued(entry.act, entry.kind, entry.meeting, vote=vote, whose=whose)


def _ballot(entry: Entry) -> tuple[str, str]:
    data, own = Fields(dict(entry.data), entry.kind), entry.person or ""
    try:
        if data.has("statement"):
            said = Statement.read(SignedStatement.read(data).statement)
            return str(said.body.get("ballot", "")), own
        return data.id("vote", "v"), data.id("for", "u") if data.has("for") else own
    except WireError:
        # What was kept in a form nobody knows any more is sent as it is; the server says what it thinks of it.
        return "", own
