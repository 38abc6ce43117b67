"""Proxies and repeats, rules V9, W107: explicit, logged, frozen at the opening, each ballot cast by itself, once."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.office import PASSWORD, Reply, fresh_id
from tests.unit.server.voting.test_voting import CASTING_VOTE, NONCE, Room
from wire import recount
from wire.errors import BadBundle
from wire.votes import Vote


@pytest.fixture
def room(tmp_path: Path) -> Room:
    made = Room(tmp_path)
    # The member goes, having entrusted the ballot to the chair.
    assert made.act(1, "sign_out", "daibieu").outcome == "done"
    return made


def _proxies(room: Room, *pairs: tuple[str, str]) -> dict[str, Any]:
    people = room.office.people
    return {"proxies": [{"person": people[person], "holder": people[holder]} for person, holder in pairs]}


def _opened(room: Room) -> str:
    return room.open(**_proxies(room, ("daibieu", "chutri")))


def _for(room: Room, vote: str, whose: str, answer: str = "for") -> Any:
    data = {"vote": vote, "answer": answer, "nonce": NONCE, "for": room.office.people[whose]}
    return room.act(0, "vote_cast", "chutri", data)


def _vote(room: Room, vote: str) -> Vote:
    found = room.state.vote(vote)
    assert found is not None
    return found


def test_V9_W107_the_holder_casts_each_ballot_by_itself_and_each_counts_once(room: Room) -> None:
    vote = _opened(room)
    assert _vote(room, vote).turnout.voting == 2
    assert room.cast(0, "chutri", vote, "against").outcome == "done"
    assert _for(room, vote, "daibieu").outcome == "done"
    assert _for(room, vote, "daibieu", "against").code == "already-voted"
    room.chair.post(f"{room.path}/votes/{vote}/close").done()
    told = room.section(room.chair, vote)
    absent = next(line for line in told["roll"] if line["person"] == room.office.people["daibieu"])
    assert (absent["present"], absent["by"], absent["voted"]) == (False, room.office.people["chutri"], True)
    # Represented is not present: the quorum counts heads. The share is one of the ballots that may come.
    assert (told["turnout"]["present"], told["turnout"]["cast"], told["result"]["sums"]["present"]) == (1, 2, 2)
    bundle = room.secretary.get(f"{room.path}/votes/{vote}/bundle").done()
    found = recount.recount(json.dumps(bundle).encode())
    assert dict(found.counts) == {"for": 1, "against": 1, "abstain": 0}


def test_V9_a_ballot_that_was_not_entrusted_is_cast_by_nobody_else(room: Room) -> None:
    vote = room.open()
    assert _for(room, vote, "daibieu").code == "not-their-proxy"
    assert _vote(room, vote).turnout.voting == 1


def test_A2_who_is_there_after_all_at_the_opening_votes_in_person(room: Room) -> None:
    data = {"person": room.office.people["daibieu"], "password": PASSWORD}
    assert room.act(1, "sign_in", None, data).outcome == "done"
    vote = _opened(room)
    assert _for(room, vote, "daibieu").code == "not-their-proxy"
    assert room.cast(1, "daibieu", vote, "for").outcome == "done"


def test_A2_a_proxy_stands_on_the_roll_from_the_opening_and_coming_back_changes_nothing(room: Room) -> None:
    vote = _opened(room)
    data = {"person": room.office.people["daibieu"], "password": PASSWORD}
    assert room.act(1, "sign_in", None, data).outcome == "done"
    assert room.cast(1, "daibieu", vote, "against").code == "not-present-at-opening"
    assert _for(room, vote, "daibieu").outcome == "done"


@pytest.mark.parametrize(
    ("pairs", "kind", "code"),
    [
        ((("daibieu", "chutri"),), "named", "proxy-not-here"),
        ((("daibieu", "chutri"),), "secret", "proxy-not-here"),
        ((("daibieu", "chutri"),), "hands", "proxy-not-here"),
        ((("daibieu", "daibieu"),), "open", "proxy-twice"),
        ((("daibieu", "chutri"), ("chutri", "daibieu")), "open", "proxy-twice"),
        ((("khach", "chutri"),), "open", "weight-without-vote"),
    ],
)
def test_V9_a_proxy_that_cannot_be_is_refused_in_words(
    pairs: tuple[tuple[str, str], ...], kind: str, code: str, room: Room
) -> None:
    refused = room.secretary.post(f"{room.path}/votes", room.body(kind=kind, **_proxies(room, *pairs)))
    assert (refused.status, refused.code) == (400, code)


def test_V10_a_ballot_of_the_absent_without_a_proxy_is_found_by_the_recount(room: Room) -> None:
    vote = _opened(room)
    assert _for(room, vote, "daibieu").outcome == "done"
    room.chair.post(f"{room.path}/votes/{vote}/close").done()
    bundle = room.secretary.get(f"{room.path}/votes/{vote}/bundle").done()
    prepared = next(event for event in bundle["events"] if event["kind"] == "vote_prepared")
    prepared["data"]["proxies"] = []
    prepared["hash"] = recount.hash_of({name: value for name, value in prepared.items() if name != "hash"})
    with pytest.raises(BadBundle, match="not present"):
        recount.recount(json.dumps(bundle).encode())


def test_V9_a_vote_is_repeated_with_its_reason_and_linked_to_the_first(room: Room) -> None:
    first = room.open(rule=CASTING_VOTE)
    room.chair.post(f"{room.path}/votes/{first}/close").done()
    for reason in ({}, {"reason": "  "}):
        refused = room.secretary.post(f"{room.path}/votes", room.body(repeats=first, **reason))
        assert refused.status == 400
    second = room.prepare(repeats=first, reason="Kết quả ngang nhau")
    told = room.section(room.secretary, second)
    assert (told["repeats"], told["reason"]) == (first, "Kết quả ngang nhau")


# ------------------------------------------------------------ at a console


def _sent(
    room: Room, vote: str, whose: str | None, answer: str = "for", *, act: str | None = None, nonce: str = NONCE
) -> Reply:
    body = {"answer": answer, "nonce": nonce} | ({} if whose is None else {"for": room.office.people[whose]})
    return room.chair.post(f"{room.path}/votes/{vote}/ballot", body, act=act)


def test_W107_a_holder_casts_each_ballot_at_a_console_too_and_each_counts_once(room: Room) -> None:
    vote = _opened(room)
    act = fresh_id("a")
    first = _sent(room, vote, "daibieu", act=act).done()
    # The same act again, its answer having been lost, is the same ballot; another act is another one, and refused.
    assert _sent(room, vote, "daibieu", act=act).done() == first
    assert _sent(room, vote, "daibieu").code == "already-voted"
    assert _sent(room, vote, "daibieu", "against", act=act).code == "act-reused"
    assert _sent(room, vote, None, "against").status == 201
    room.chair.post(f"{room.path}/votes/{vote}/close").done()
    told = room.section(room.chair, vote)
    assert {line["person"]: line["answer"] for line in told["ballots"]} == {
        room.office.people["daibieu"]: "for",
        room.office.people["chutri"]: "against",
    }
    bundle = room.secretary.get(f"{room.path}/votes/{vote}/bundle").done()
    assert dict(recount.recount(json.dumps(bundle).encode()).counts) == {"for": 1, "against": 1, "abstain": 0}


def test_W107_the_same_ballot_at_seat_and_console_at_once_is_one(room: Room) -> None:
    vote = _opened(room)
    assert _for(room, vote, "daibieu").outcome == "done"
    assert _sent(room, vote, "daibieu", "against").code == "already-voted"


def test_W107_a_ballot_that_was_not_entrusted_is_cast_at_no_console(room: Room) -> None:
    vote = room.open()
    assert _sent(room, vote, "daibieu").code == "not-their-proxy"
    assert _sent(room, vote, "khach").code == "not-on-the-roll"
    # Nor does the one who entrusted it cast it beside: who was away at the opening votes by the proxy alone.
    other = room.office.sign_in("daibieu")
    body = {"answer": "for", "nonce": NONCE}
    assert other.post(f"{room.path}/votes/{vote}/ballot", body).code == "not-present-at-opening"
