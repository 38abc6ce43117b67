"""Who is ready to vote, rules W113, W114, W126, A2: said before the opening and what is in the way; decides nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from server.meetings.ports import Outcome
from server.voting.ready import Line, Readiness, SeatSight, Sights, Standing
from tests.support.office import START, Office, fresh_id
from tests.unit.server.voting.test_voting import Room
from wire.errors import BadField
from wire.fields import Fields
from wire.messages import Head, Health
from wire.readiness import KIND, Counts, Short

READY = SeatSight("A1", online=True, screen="signed_in", token="signs")


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return Room(tmp_path)


def _seen(room: Room, seats: dict[str, SeatSight], consoles: dict[str, bool] | None = None) -> None:
    people = room.office.people
    sights = Sights(
        {people[name]: sight for name, sight in seats.items()},
        {people[name]: by_token for name, by_token in (consoles or {}).items()},
    )
    room.office.services.voting.sights = lambda _meeting: sights


def _ready(room: Room, kind: str = "open") -> dict[str, Any]:
    return room.chair.get(f"{room.path}/votes/ready?kind={kind}&item={room.item}").done()


def _why(room: Room, kind: str, name: str = "chutri") -> str:
    line = next(each for each in _ready(room, kind)["people"] if each["person"] == room.office.people[name])
    return f"{line['standing']} {line['why']}".strip()


def test_W114_everybody_at_a_working_seat_is_ready_and_guests_are_not_asked(room: Room) -> None:
    _seen(room, {"chutri": READY, "daibieu": READY, "khach": READY})
    found = _ready(room, "named")
    assert (found["entitled"], found["present"], found["able"]) == (2, 2, 2)
    assert {each["standing"] for each in found["people"]} == {"ready"}


@pytest.mark.parametrize(
    ("sight", "kind", "why"),
    [
        (SeatSight("A1", online=False, screen="signed_in", token="signs"), "open", "offline"),
        (SeatSight("A1", online=True, screen="locked", token="signs"), "open", "locked"),
        (SeatSight("A1", online=True, screen="outdated", token="signs"), "secret", "behind"),
        (SeatSight("A1", online=True, screen="signed_in", token="absent"), "named", "token_out"),
        (SeatSight("A1", online=True, screen="signed_in", token=""), "named", "token_out"),
        (SeatSight("A1", online=True, screen="signed_in", token="off"), "named", "token_out"),
        (SeatSight("A1", online=True, screen="signed_in", token="unusable"), "named", "token_bad"),
        (SeatSight("A1", online=True, screen="signed_in", token="no_signing"), "named", "no_signing"),
    ],
)
def test_W114_what_is_in_the_way_at_a_seat_is_named(room: Room, sight: SeatSight, kind: str, why: str) -> None:
    _seen(room, {"chutri": sight, "daibieu": READY})
    assert _why(room, kind) == f"unready {why}"
    assert _ready(room, kind)["able"] == 1
    # A token is wanted where it signs, and nowhere else; hands need nothing.
    assert _why(room, "hands") == "ready"
    if why.startswith(("token", "no_")):
        assert _why(room, "open") == "ready"


@pytest.mark.parametrize(
    ("by_token", "kind", "found"),
    [
        (False, "open", "ready"),
        (False, "named", "unready console_password"),
        (True, "named", "ready"),
        (True, "secret", "unready console_secret"),
        (False, "secret", "unready console_secret"),
        (False, "hands", "ready"),
    ],
)
def test_W114_a_chair_at_a_console_is_warned_of_what_cannot_be_cast_there(
    room: Room, *, by_token: bool, kind: str, found: str
) -> None:
    _seen(room, {"daibieu": READY}, {"chutri": by_token})
    assert _why(room, kind) == found


def test_W114_who_has_a_seat_that_is_cut_off_can_still_cast_at_a_console(room: Room) -> None:
    cut = SeatSight("A1", online=False, screen="signed_in", token="signs")
    _seen(room, {"chutri": cut, "daibieu": READY}, {"chutri": False})
    assert _why(room, "open") == "ready"
    assert _why(room, "secret") == "unready offline"


def test_W114_who_is_not_there_is_named_with_what_the_roll_says(room: Room) -> None:
    _seen(room, {"chutri": READY})
    people = room.office.people
    told = {"people": [people["daibieu"]], "presence": "left", "reason": "Đi họp khác"}
    room.secretary.post(f"{room.path}/attendance", told).done()
    assert _why(room, "open", "daibieu") == "away left_seated"
    assert room.act(1, "sign_out", "daibieu").outcome == "done"
    assert _why(room, "open", "daibieu") == "away left"
    found = _ready(room)
    assert (found["entitled"], found["present"], found["able"]) == (2, 1, 1)


def test_W114_whose_proxy_is_there_is_told_apart_from_who_is_away(room: Room) -> None:
    _seen(room, {"chutri": READY})
    people = room.office.people
    assert room.act(1, "sign_out", "daibieu").outcome == "done"
    assert _why(room, "open", "daibieu") == "away not_here"
    vote = room.prepare(proxies=[{"person": people["daibieu"], "holder": people["chutri"]}])
    found = room.chair.get(f"{room.path}/votes/ready?vote={vote}").done()
    line = next(each for each in found["people"] if each["person"] == people["daibieu"])
    assert (line["standing"], line["holder"], found["represented"]) == ("represented", "chutri (demo)", 1)


def test_A2_the_opening_is_not_bound_to_what_was_said_of_it(room: Room) -> None:
    """Who is present stands on the roll as present, whether their seat answers or not."""
    _seen(room, {})
    assert _ready(room)["able"] == 0
    vote = room.open()
    found = room.state.vote(vote)
    assert found is not None
    assert found.turnout.present == 2


def test_W114_only_who_leads_is_told_who_is_ready(room: Room) -> None:
    path = f"{room.path}/votes/ready?kind=open&item={room.item}"
    assert room.office.sign_in("daibieu").get(path).status == 403
    assert room.secretary.get(path).status == 200
    assert room.chair.get(f"{room.path}/votes/ready?kind=dance&item={room.item}").status == 400
    assert room.chair.get(f"{room.path}/votes/ready").status == 400


def test_W114_without_screens_nobody_is_called_ready(tmp_path: Path) -> None:
    office = Office(tmp_path)
    meeting = office.meeting("open")
    chair = office.sign_in("chutri")
    path = f"/api/meetings/{meeting}"
    item = chair.get(path).done()["sections"]["agenda"][0]["item"]
    found = chair.get(f"{path}/votes/ready?kind=open&item={item}").done()
    # Whoever opens it counts as present, and is at no screen that the server knows of.
    assert (found["present"], found["able"]) == (1, 0)


def test_W113_a_health_with_a_word_nobody_knows_for_its_reader_is_refused() -> None:
    head = Head("d-" + "a" * 16, b"\0" * 16, 1, START)
    told = Health(head, 0, {}, 100, "signed_in", token="signs")
    assert Health.read(Fields(told.to_value(), "health")) == told
    silent = Health(head, 0, {}, 100, "signed_in")
    assert "token" not in silent.to_value()
    with pytest.raises(BadField):
        Health.read(Fields({**told.to_value(), "token": "inside"}, "health"))


# ---------------------------------------------------------------- at the chair's seat


def _asks(room: Room, seat: int, name: str, data: dict[str, Any] | None = None) -> Outcome:
    return room.act(seat, KIND, name, {"kind": "named", "item": room.item} if data is None else data)


def test_W126_the_chair_is_told_at_the_seat_who_could_not_vote_and_nobody_else_by_name(room: Room) -> None:
    out = SeatSight("A1", online=True, screen="signed_in", token="absent")
    _seen(room, {"chutri": READY, "daibieu": out})
    told = Short.read(_asks(room, 0, "chutri").data)
    assert told.counts == Counts(entitled=2, present=2, able=1)
    assert [(line.person, line.why) for line in told.people] == [(room.office.people["daibieu"], "token_out")]
    vote = room.prepare(kind="open")
    assert Short.read(_asks(room, 0, "chutri", {"vote": vote}).data).counts.able == 2


@pytest.mark.parametrize(("seat", "name"), [(1, "daibieu"), (2, "khach"), (1, "chutri"), (0, "daibieu")])
def test_W126_no_other_seat_is_told(room: Room, seat: int, name: str) -> None:
    refused = _asks(room, seat, name)
    assert (refused.outcome, refused.data.get("people")) == ("refused", None)
    assert refused.code == ("not-allowed" if (seat, name) in {(1, "daibieu"), (2, "khach")} else "not-signed-in-here")


def test_W126_what_was_asked_is_in_no_log_and_told_to_no_room(room: Room) -> None:
    _seen(room, {"chutri": READY})
    before = room.state
    for data in (None, {"kind": "loud", "item": room.item}, {"vote": fresh_id("v")}):
        act = fresh_id("a")
        first = room.act(0, KIND, "chutri", data or {"kind": "open", "item": room.item}, act=act)
        assert first.outcome == ("done" if data is None else "refused")
        with room.office.services.database.read() as tx:
            assert room.office.services.ledger.find(tx, act) is None
    assert room.state.seq == before.seq


def test_W126_whom_the_opening_asks_about_comes_first() -> None:
    lines = (
        Line("u-1", "Một", Standing.AWAY, "not_here"),
        Line("u-2", "Hai", Standing.READY),
        Line("u-3", "Ba", Standing.AWAY, "left_seated"),
        Line("u-4", "Bốn", Standing.UNREADY, "offline"),
        Line("u-5", "Năm", Standing.REPRESENTED, holder="Hai"),
    )
    told = Readiness(lines, recused=1).in_short()
    assert [line.name for line in told.people] == ["Bốn", "Ba", "Một"]
    assert told.counts == Counts(entitled=5, present=2, able=1, represented=1, recused=1)
