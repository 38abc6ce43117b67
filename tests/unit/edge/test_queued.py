"""What a page is told of ballots in the outbox, W107: whose and in which vote, never what they say."""

from __future__ import annotations

import datetime as dt
from typing import Any

from edge.acts import CAST
from edge.events import Stored
from edge.outbox import Entry
from edge.queued import queued
from tests.support.meeting_log import MEETING, MeetingLog, named
from tests.support.playbook import Playbook, act_id

NOW = dt.datetime(2026, 11, 22, 2, 0, tzinfo=dt.UTC)
LAN, AWAY, VOTE = named("u", "lan"), named("u", "away"), named("v", "one")


def _entry(data: dict[str, Any], kind: str = CAST) -> Entry:
    return Entry(act_id(1), kind, MEETING, LAN, NOW, data)


def test_W107_a_ballot_that_waits_says_whose_it_is_and_in_which_vote() -> None:
    own = queued(_entry({"vote": VOTE, "answer": "for", "nonce": "00" * 32}))
    assert (own.vote, own.whose) == (VOTE, LAN)
    held = queued(_entry({"vote": VOTE, "answer": "for", "nonce": "00" * 32, "for": AWAY}))
    assert (held.vote, held.whose) == (VOTE, AWAY)
    assert "for'" not in repr(held)
    other = queued(_entry({}, "meeting_recess"))
    assert (other.vote, other.whose) == ("", "")


def test_W107_a_ballot_nobody_can_read_any_more_is_still_its_persons() -> None:
    assert queued(_entry({"vote": 7})).whose == LAN


def test_W107_the_page_is_told() -> None:
    book = Playbook().enrolled().welcomed(MeetingLog().prepared())
    book.on(Stored(queued(_entry({"vote": VOTE, "answer": "for", "nonce": "00" * 32, "for": AWAY})), 1))
    told = [(each.vote, each.whose) for each in book.state.acts]
    assert told == [(VOTE, AWAY)]
