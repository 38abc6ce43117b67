"""The lease of a round, whatever people do and in whatever order."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

import web
from server.errors import ServerError
from server.signing import model
from server.signing.model import Level, Order, Round, Signer
from server.signing.verdict import BREAKING, REASONS, Changed, Result
from wire.ids import PersonId

START = dt.datetime(2026, 10, 5, 8, 0, tzinfo=dt.UTC)
PEOPLE = [PersonId(f"u-{letter * 16}") for letter in "abcd"]


@dataclass
class _Seen:
    """What one person remembers of their newest lease."""

    fence: int = -1


_STEPS = st.lists(
    st.tuples(st.sampled_from(["take", "finish", "back", "stale"]), st.integers(0, 3), st.integers(0, 40)), max_size=40
)


@given(steps=_STEPS, order=st.sampled_from(list(Order)))
def test_G2_G3_G4_nobody_signs_twice_or_out_of_turn_or_under_an_old_number(
    steps: list[tuple[str, int, int]], order: Order
) -> None:
    found = Round("k", order, Level.B_B, tuple(Signer(person) for person in PEOPLE[:3]))
    seen = {person: _Seen() for person in PEOPLE}
    now, signed = START, list[PersonId]()
    for what, who, seconds in steps:
        person, now = PEOPLE[who], now + dt.timedelta(seconds=seconds)
        before = found
        try:
            if what == "take":
                found = model.take(found, person, now=now)
                seen[person].fence = found.fence
            elif what == "back":
                found = model.give_back(found, person, fence=seen[person].fence)
            else:
                fence = seen[person].fence - (what == "stale")
                found = model.finish(found, person, fence=fence, now=now)
                signed.append(person)
                assert what == "finish"
                assert before.lease is not None
                assert (before.lease.person, before.lease.fence) == (person, fence)
                assert now < before.lease.until
        except ServerError:
            assert found == before
        assert found.fence >= before.fence
        assert found.revision == len(signed) == len(set(signed))
        assert found.is_complete == (found.closed_at is not None)
    if order is Order.ORDERED:
        assert signed == PEOPLE[: len(signed)]


def test_G28_every_reason_result_and_change_has_words_in_both_languages() -> None:
    assert BREAKING < REASONS
    for language in web.LANGUAGES:
        texts = web.catalogue(language)["signatures"]
        assert set(texts["reasons"]) == REASONS
        assert set(texts["results"]) == set(Result)
        assert set(texts["changed"]) == set(Changed)
