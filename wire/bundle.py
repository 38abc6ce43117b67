"""A vote's bundle: everything an independent count needs, as JSON (V10, W69).

Rules: the events are the log's own, byte for byte; nothing is left out that concerns the vote. ``wire/recount.py``
reads it and counts by itself.

Usage: ``bundle_of(vote, events, title="Họp …")``.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from typing import Any, Final

from wire.events import Event
from wire.tally import verdict
from wire.vote_fold import HANDLERS
from wire.vote_view import printed
from wire.votes import Vote

FORMAT: Final = "phonghop/v1/vote-bundle"


def bundle_of(
    vote: Vote,
    events: Iterable[Event],
    *,
    title: str,
    statements: Mapping[str, tuple[bytes, bytes]] | None = None,
) -> dict[str, Any]:
    """The bundle of a counted vote. ``statements``: by person, what their token signed, and the CMS."""
    own = [event for event in events if event.kind in HANDLERS and event.data.get("vote") == vote.vote]
    return {
        "format": FORMAT,
        "meeting": own[0].meeting,
        "title": title,
        "vote": vote.vote,
        "events": [event.to_value() for event in own],
        "statements": [
            {"person": person, "statement": _text(statement), "cms": _text(cms)}
            for person, (statement, cms) in sorted((statements or {}).items())
        ],
        "result": printed(verdict(vote)),
    }


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
