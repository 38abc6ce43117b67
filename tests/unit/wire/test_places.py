"""Substitutes and recusals in the log (A3, W89, W90)."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.meeting_log import MeetingLog, item, member, named, paper
from tests.unit.wire.test_quorum import described, word
from wire import view
from wire.errors import BadField, WireError
from wire.places import is_recused, may_speak, places
from wire.quorum import here, quorum
from wire.visibility import for_display, for_person, sees


def _log() -> MeetingLog:
    log = MeetingLog()
    log.add("meeting_created", described({"by_self": True, "quorum": {"num": 2, "den": 3, "more": False}}))
    people = [("chair", "chair"), ("sec", "secretary"), ("an", "member"), ("binh", "member"), ("guest", "guest")]
    log.add("members_set", {"members": [member(name, role, seat=name) for name, role in people]})
    log.add("agenda_set", {"items": [item("one"), item("below", parent="one"), item("two")]})
    return log


def standing(member_: str, person: str, *, vote: bool = True, speak: bool = True) -> dict[str, Any]:
    rights = {"may_speak": speak, "may_vote": vote, "reason": "Giấy cử số 12"}
    who = {"member": named("u", member_), "person": named("u", person)}
    return {**who, "name": f"{person} (demo)", "position": "", "unit": "", **rights}


def leaving(name: str, person: str) -> dict[str, Any]:
    return {"item": named("i", name), "person": named("u", person), "reason": "người thân"}


def test_W89_a_substitute_sits_at_the_members_seat_and_the_member_nowhere() -> None:
    log = _log()
    log.add("person_seated", {"person": named("u", "an"), "seat": named("s", "an")})
    log.add("attendance_recorded", word("an", "present"))
    log.add("substitute_named", standing("an", "chi"))
    sitter, absent = log.state.member(named("u", "chi")), log.state.member(named("u", "an"))
    assert sitter is not None
    assert absent is not None
    assert (sitter.seat_label, sitter.role, absent.seat) == ("an", "member", None)
    assert log.state.seated == ()
    # Never both: what the roll said of the member counts no more.
    assert here(log.state) == frozenset()
    rows = {row["person"]: row for row in view.sections(log.state)["members"]}
    assert rows[named("u", "chi")]["stands_for"] == named("u", "an")
    assert (rows[named("u", "an")]["replaced_by"], rows[named("u", "an")]["may_vote"]) == (named("u", "chi"), False)
    log.add("substitute_ended", {"member": named("u", "an")})
    back = log.state.member(named("u", "an"))
    assert back is not None
    assert back.seat_label == "an"
    assert log.state.member(named("u", "chi")) is None


@pytest.mark.parametrize("vote", [True, False])
def test_A3_the_place_counts_once_with_the_rights_that_were_granted(*, vote: bool) -> None:
    log = _log()
    log.add("substitute_named", standing("an", "chi", vote=vote, speak=not vote))
    log.add("attendance_recorded", word("chi", "present"))
    log.add("attendance_recorded", word("chair", "present"))
    found = quorum(log.state)
    assert (found.entitled, found.present, found.met) == (3, 2 if vote else 1, vote)
    voters = [place.voter.person for place in places(log.state)]
    assert (named("u", "chi") in voters, named("u", "an") in voters) == (vote, not vote)
    assert may_speak(log.state, named("u", "chi")) is not vote
    assert not may_speak(log.state, named("u", "an"))


def test_W89_a_guest_who_stood_for_somebody_is_a_guest_again() -> None:
    log = _log()
    log.add("substitute_named", standing("an", "guest"))
    log.add("substitute_ended", {"member": named("u", "an"), "reason": "đã đến"})
    guest = log.state.member(named("u", "guest"))
    assert guest is not None
    assert guest.role == "guest"


@pytest.mark.parametrize(
    "data",
    [
        standing("an", "binh"),
        standing("an", "an"),
        standing("chair", "chi"),
        standing("guest", "chi"),
        standing("x", "y"),
    ],
)
def test_W89_nobody_has_two_places_and_a_guest_has_none_to_give(data: dict[str, Any]) -> None:
    with pytest.raises(BadField):
        _log().add("substitute_named", data)


def test_W89_a_new_list_of_members_ends_what_it_leaves_out() -> None:
    log = _log()
    log.add("substitute_named", standing("an", "chi"))
    log.add("member_recused", leaving("one", "binh"))
    log.add("members_set", {"members": [member("chair", "chair"), member("an", "member")]})
    assert (log.state.substitutes, log.state.recusals) == ((), ())


def test_W89_rights_that_were_lent_do_not_become_ones_own_when_the_member_is_taken_off_the_list() -> None:
    log = _log()
    log.add("substitute_named", standing("an", "chi", vote=False, speak=False))
    log.add("substitute_named", standing("binh", "guest"))
    left = [member("chair", "chair"), member("chi", "member", seat="an"), member("guest", "member", seat="binh")]
    log.add("members_set", {"members": left})
    assert [(each.name, each.role.value, each.seat) for each in log.state.members] == [
        ("Đồng chí chair (demo)", "chair", None),
        ("Đồng chí guest (demo)", "guest", None),
    ]
    assert log.state.substitutes == ()


def test_W90_whoever_is_recused_knows_of_the_item_and_of_nothing_in_it() -> None:
    log = _log()
    for name, under in (("report", "below"), ("other", "two")):
        log.add("paper_submitted", {**paper(name, under=under), "owner": named("u", "sec")})
        log.add("paper_approved", {"paper": named("p", name)})
        log.publish(name)
    log.add("member_recused", leaving("one", "an"))
    an, binh = named("u", "an"), named("u", "binh")
    assert is_recused(log.state, an, named("i", "below"))
    assert not sees(log.state, an, named("i", "below"))
    shown = view.sections(for_person(log.state, an))
    assert [each["title"] for each in shown["agenda"]] == [each["title"] for each in view.sections(log.state)["agenda"]]
    assert shown["agenda"][0]["recused"] == [an]
    assert [each["paper"] for each in shown["papers"]] == [named("p", "other")]
    assert len(for_person(log.state, binh).papers) == 2
    # Who else has to leave is for those who lead.
    assert view.sections(for_person(log.state, binh))["agenda"][0]["recused"] == []
    assert for_display(log.state).recusals == ()
    log.add("recusal_ended", leaving("one", "an"))
    assert len(for_person(log.state, an).papers) == 2


@pytest.mark.parametrize(
    "data", [leaving("one", "chair"), leaving("one", "sec"), leaving("none", "an"), leaving("one", "x")]
)
def test_W90_who_leads_leaves_no_item(data: dict[str, Any]) -> None:
    with pytest.raises(BadField):
        _log().add("member_recused", data)


_NAMES = ("chair", "sec", "an", "binh", "guest", "chi")
_steps: st.SearchStrategy[tuple[str, dict[str, Any]]] = st.one_of(
    st.builds(
        lambda a, b, vote: ("substitute_named", standing(a, b, vote=vote)),
        st.sampled_from(_NAMES),
        st.sampled_from(_NAMES),
        st.booleans(),
    ),
    st.sampled_from(_NAMES).map(lambda a: ("substitute_ended", {"member": named("u", a)})),
    st.builds(
        lambda a, p: ("attendance_recorded", word(a, p)), st.sampled_from(_NAMES), st.sampled_from(["present", "left"])
    ),
    st.sampled_from(_NAMES).map(lambda a: ("person_seated", {"person": named("u", a), "seat": named("s", a)})),
    st.lists(st.sampled_from(_NAMES[2:]), unique=True).map(
        lambda names: ("members_set", {"members": [member("chair", "chair"), *(member(n, "member") for n in names)]})
    ),
)


@given(st.lists(_steps, max_size=25))
def test_A3_there_is_one_place_a_right_whatever_happens(steps: list[tuple[str, dict[str, Any]]]) -> None:
    log = _log()
    for kind, data in steps:
        try:
            log.add(kind, data)
        except WireError:
            continue
        found = places(log.state)
        people = [person for place in found for person in {place.member.person, place.sitter.person}]
        assert len(set(people)) == len(people), "nobody sits twice, and nobody beside their substitute"
        roles = {m.person: m.role.value for m in log.state.members}
        substitutes = {each.person for each in log.state.substitutes}
        assert len(found) == sum(1 for p, role in roles.items() if role in {"chair", "member"} and p not in substitutes)
        seats = [m.seat for m in log.state.members if m.seat is not None]
        assert len(set(seats)) == len(seats)
        assert not here(log.state) & {each.member for each in log.state.substitutes}
        counted = quorum(log.state)
        by_hand = sum(1 for place in found if (place.sitter if place.votes else place.member).person in here(log.state))
        assert (counted.entitled, counted.present) == (len(found), by_hand)


@pytest.mark.parametrize(("person", "presents"), [("chi", ""), ("guest", named("u", "guest"))])
def test_W109_a_substitute_who_goes_presents_no_more_and_a_guest_stays_one(person: str, presents: str) -> None:
    log = _log()
    log.add("substitute_named", standing("an", person))
    log.add("presenter_set", {"person": named("u", person)})
    log.add("substitute_ended", {"member": named("u", "an")})
    assert log.state.presenter == presents
