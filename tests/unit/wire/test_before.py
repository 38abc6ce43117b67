"""Before a meeting, in its log: remarks, and requests to speak that come into the queue by themselves (W142–W145)."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.meeting_log import MeetingLog, item, member, named
from wire import fold
from wire.before import TABLE, Wish, WishChange, step
from wire.errors import BadField, PhaseError
from wire.speak_order import ranked
from wire.speaking import SpeechState
from wire.state import MeetingState
from wire.view import sections
from wire.visibility import for_display, for_person

NOTHING = named("h", "nothing")


class Eve:
    """An approved meeting on the eve of its day: a chair, three members of whom one is at a seat, two items."""

    def __init__(self) -> None:
        self.log = MeetingLog().created()
        people = [member("chair", "chair"), member("secretary", "secretary")]
        people += [member(name, "member", seat=name) for name in ("lan", "minh", "hoa")]
        self.people = people
        self.log.add("members_set", {"members": people})
        self.log.add("agenda_set", {"items": [item("one"), item("two")]})
        self.log.add("meeting_submitted")
        self.log.add("meeting_approved")
        self.serial = itertools.count(1)

    @property
    def state(self) -> MeetingState:
        return self.log.state

    def add(self, what: str, /, **data: Any) -> MeetingState:
        return self.log.add(what, data)

    def wish(self, name: str, on: str = "one", *, accepted: bool = True) -> str:
        """Somebody asks in advance; the id."""
        wish = named("q", f"{name} {next(self.serial)}")
        who = {"item": named("i", on), "person": named("u", name)}
        self.add("advance_asked", advance=wish, **who, about="Chỉ tiêu quý IV", minutes=5)
        if accepted:
            self.add("advance_accepted", advance=wish)
        return wish

    def ask(self, name: str, on: str = "one", kind: str = "speech") -> str:
        """Somebody asks in the room."""
        speech = named("q", f"{name} {next(self.serial)}")
        self.add("speech_asked", speech=speech, item=named("i", on), person=named("u", name), kind=kind)
        return speech

    def sit(self, *names: str) -> None:
        for name in names:
            self.add("person_seated", person=named("u", name), seat=named("s", name))

    def begin(self, on: str = "one") -> None:
        self.add("item_started", item=named("i", on))

    def queue(self, on: str = "one") -> list[str]:
        return [each.speech for each in ranked(self.state.speaking, named("i", on))]

    def remark(self, **changes: Any) -> str:
        remark = named("h", f"remark {next(self.serial)}")
        data = {"item": named("i", "one"), "person": named("u", "lan"), "kind": "question", "readers": "all"}
        self.add("remark_written", **{"remark": remark, **data, "text": "Số liệu này lấy ở đâu?", **changes})
        return remark


@pytest.fixture
def eve() -> Eve:
    return Eve()


def test_W142_a_remark_is_changed_until_it_is_answered(eve: Eve) -> None:
    remark = eve.remark()
    eve.add("remark_changed", remark=remark, kind="comment", readers="leaders", text="Nên ghi nguồn số liệu")
    found = eve.state.before.remark(remark)
    assert found is not None
    assert (found.revision, found.kind, found.readers, found.name) == (2, "comment", "leaders", "Đồng chí lan (demo)")
    answer = {"text": "Từ báo cáo tháng", "person": named("u", "outsider"), "name": "Phòng 7 (demo)"}
    eve.add("remark_answered", remark=remark, **answer)
    eve.add("remark_answered", remark=remark, **{**answer, "text": "Từ báo cáo quý"})
    found = eve.state.before.remark(remark)
    assert found is not None
    assert found.answer is not None
    assert (found.revision, found.answer.text) == (4, "Từ báo cáo quý")
    for kind, more in (
        ("remark_withdrawn", {}),
        ("remark_changed", {"kind": "comment", "readers": "all", "text": "x"}),
    ):
        with pytest.raises(BadField, match="answered"):
            eve.add(kind, remark=remark, **more)


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("remark_written", {"item": named("i", "none")}),
        ("remark_written", {"person": named("u", "nobody")}),
        ("remark_written", {"paper": named("p", "none")}),
        ("remark_written", {"page": 2}),
        ("remark_written", {"text": "x" * 4001}),
        ("remark_written", {"kind": "song"}),
        ("remark_withdrawn", {"remark": NOTHING}),
        ("advance_accepted", {"advance": named("q", "none")}),
        ("advance_asked", {"minutes": 61}),
        ("advance_asked", {"minutes": 0}),
        ("advance_ordered", {"item": named("i", "one"), "advances": [named("q", "none")]}),
    ],
)
def test_W142_W144_what_speaks_of_nothing_is_refused(eve: Eve, kind: str, data: dict[str, Any]) -> None:
    full: dict[str, dict[str, Any]] = {
        "remark_written": {
            "remark": NOTHING,
            "item": named("i", "one"),
            "person": named("u", "lan"),
            "kind": "comment",
            "readers": "all",
            "text": "Góp ý",
        },
        "advance_asked": {
            "advance": named("q", "new"),
            "item": named("i", "one"),
            "person": named("u", "lan"),
            "about": "Chỉ tiêu",
            "minutes": 5,
        },
    }
    before = eve.state
    with pytest.raises(BadField):
        eve.add(kind, **{**full.get(kind, {}), **data})
    assert eve.state is before


def test_W142_what_is_withdrawn_is_over(eve: Eve) -> None:
    remark = eve.remark()
    eve.add("remark_withdrawn", remark=remark)
    with pytest.raises(BadField, match="withdrawn"):
        eve.add("remark_answered", remark=remark, text="Muộn", person=named("u", "chair"), name="Chủ trì")


def test_W143_no_screen_of_anybody_has_them(eve: Eve) -> None:
    eve.remark(text="Điều chỉ chủ trì nên biết", readers="leaders")
    eve.wish("lan")
    for state in (eve.state, for_display(eve.state), *(for_person(eve.state, named("u", n)) for n in ("chair", "lan"))):
        text = str(sections(state))
        assert "chỉ chủ trì nên biết" not in text
        assert "Chỉ tiêu quý IV" not in text
    assert for_person(eve.state, named("u", "lan")).before.remarks == ()
    assert for_person(eve.state, None).before.advances == for_display(eve.state).before.advances == ()


@pytest.mark.parametrize("state", Wish)
@pytest.mark.parametrize("change", WishChange)
def test_W144_what_is_not_in_the_table_is_an_error(state: Wish, change: WishChange) -> None:
    if (state, change) in TABLE:
        assert step(state, change) is TABLE[state, change]
        return
    with pytest.raises(PhaseError):
        step(state, change)


def test_W144_who_is_no_member_any_more_is_out(eve: Eve) -> None:
    wish = eve.wish("lan")
    eve.add("members_set", members=[each for each in eve.people if each["person"] != named("u", "lan")])
    eve.add("members_set", members=eve.people)
    found = eve.state.before.advance(wish)
    assert found is not None
    assert found.state is Wish.GONE
    eve.sit("lan")
    eve.add("meeting_opened")
    eve.begin()
    assert eve.queue() == []


def test_W145_the_accepted_who_are_there_stand_in_the_queue_when_the_item_begins(eve: Eve) -> None:
    lan, hoa, minh = eve.wish("lan"), eve.wish("hoa"), eve.wish("minh")
    undecided = eve.wish("chair", accepted=False)
    eve.sit("lan", "hoa")
    eve.add("advance_ordered", item=named("i", "one"), advances=[hoa, lan])
    eve.add("meeting_opened")
    live = eve.ask("secretary")
    assert eve.queue() == [live]
    eve.begin()
    # In the order of who leads, before whoever asked in the room; who is away, or not accepted, is not there.
    assert eve.queue() == [hoa, lan, live]
    assert undecided not in eve.queue()
    found = eve.state.speaking.speech(hoa)
    assert found is not None
    assert (found.in_advance, found.state) == (True, SpeechState.WAITING)
    # Whoever comes while it is dealt with joins then: behind those who asked in advance, before those in the room.
    eve.sit("minh")
    assert eve.queue() == [hoa, lan, minh, live]
    assert sum(each["in_advance"] for each in sections(eve.state)["speaking"]["speeches"]) == 3


def test_W145_they_come_once_however_often_the_item_begins(eve: Eve) -> None:
    lan = eve.wish("lan")
    eve.sit("lan")
    eve.add("meeting_opened")
    eve.begin()
    eve.add("speech_started", speech=lan)
    eve.begin("two")
    eve.begin("one")
    assert eve.queue() == []
    assert [each.speech for each in eve.state.speaking.speeches] == [lan]
    # The same log read again is the same state: nothing hangs on when it was read.
    assert fold.fold(eve.log.events) == eve.state
    with pytest.raises(BadField, match="queue"):
        eve.add("advance_refused", advance=lan, reason="Muộn rồi")


def test_W145_who_asked_in_the_room_already_stands_once(eve: Eve) -> None:
    eve.wish("lan")
    eve.sit("lan")
    eve.add("meeting_opened")
    live = eve.ask("lan")
    eve.begin()
    assert eve.queue() == [live]
    found = eve.state.speaking.speech(live)
    assert found is not None
    assert found.in_advance
    eve.add("speech_started", speech=live)
    eve.add("speech_stopped", speech=live)
    eve.sit("hoa")
    assert eve.queue() == []


def test_W145_a_recused_or_represented_member_is_not_called(eve: Eve) -> None:
    lan, minh = eve.wish("lan"), eve.wish("minh")
    eve.sit("lan", "minh")
    eve.add("member_recused", item=named("i", "one"), person=named("u", "lan"), reason="Có liên quan")
    stands = {"name": "Thay (demo)", "position": "", "unit": "", "may_speak": True, "may_vote": True}
    away = {"member": named("u", "minh"), "person": named("u", "stand-in"), "reason": "Đi công tác"}
    eve.add("substitute_named", **away, **stands)
    eve.add("meeting_opened")
    eve.begin()
    assert eve.queue() == []
    eve.add("recusal_ended", item=named("i", "one"), person=named("u", "lan"), reason="Nhầm")
    assert eve.queue() == [lan]
    assert minh not in eve.queue()


def test_W145_who_may_not_know_of_the_item_any_more_is_not_called(eve: Eve) -> None:
    lan = eve.wish("lan")
    eve.sit("lan")
    eve.add("agenda_set", items=[item("one", visibility="hidden"), item("two")])
    eve.add("meeting_opened")
    eve.begin()
    assert eve.queue() == []
    eve.add("agenda_set", items=[item("one"), item("two")])
    assert eve.queue() == [lan]


def test_W145_who_asked_for_a_heading_stands_in_its_queue_when_a_part_is_begun(eve: Eve) -> None:
    lan = eve.wish("lan")
    eve.sit("lan", "hoa")
    # It got its parts after the request.
    eve.add("agenda_set", items=[item("one"), item("part", parent="one"), item("two")])
    hoa = eve.wish("hoa", on="part")
    eve.add("meeting_opened")
    eve.begin("part")
    assert (eve.queue("one"), eve.queue("part")) == ([lan], [hoa])
    eve.begin("one")
    eve.begin("part")
    assert (eve.queue("one"), eve.queue("part")) == ([lan], [hoa])
    assert fold.fold(eve.log.events) == eve.state


def test_W145_acceptance_while_the_item_goes_on_and_never_in_a_recess(eve: Eve) -> None:
    late = eve.wish("lan", accepted=False)
    eve.sit("lan")
    eve.add("meeting_opened")
    eve.begin()
    eve.add("meeting_recessed")
    eve.add("advance_accepted", advance=late)
    assert eve.queue() == []
    eve.add("meeting_resumed")
    assert eve.queue() == [late]


def test_W145_who_was_not_there_hands_it_in_in_writing(eve: Eve) -> None:
    lan = eve.wish("lan")
    gone = eve.wish("hoa")
    eve.add("advance_withdrawn", advance=gone)
    eve.add("meeting_opened")
    eve.begin()
    eve.begin("two")
    eve.add("speech_written", speech=lan, text="Bài phát biểu của tôi")
    found = eve.state.speaking.speech(lan)
    assert found is not None
    assert (found.state, found.in_advance, found.item) == (SpeechState.WRITTEN, True, named("i", "one"))
    with pytest.raises(BadField):
        eve.add("speech_written", speech=gone, text="Đã rút rồi")


_STEPS = st.lists(st.sampled_from(["one", "two", "sit lan", "leave lan", "sit hoa", "recess", "resume", "room"]))


@given(steps=_STEPS, accepted=st.booleans())
def test_W145_whatever_happens_nobody_stands_twice(steps: list[str], *, accepted: bool) -> None:
    eve = Eve()
    wishes = {eve.wish("lan", accepted=accepted), eve.wish("hoa")}
    eve.add("meeting_opened")
    asked = set()
    for each in steps:
        match each.split():
            case ["sit", name]:
                eve.sit(name)
            case ["leave", name]:
                eve.add("person_left", person=named("u", name))
            case ["room"]:
                if not any(s.person == named("u", "lan") for s in eve.state.speaking.speeches):
                    asked.add(eve.ask("lan"))
            case ["recess" | "resume" as word]:
                if (word == "recess") == (eve.state.phase == "open"):
                    eve.add(f"meeting_{word}ed" if word == "recess" else "meeting_resumed")
            case [name]:
                if eve.state.phase == "open":
                    eve.begin(name)
    found = [each.speech for each in eve.state.speaking.speeches]
    assert len(found) == len(set(found))
    assert set(found) <= wishes | asked
    standing = [each.person for each in eve.state.speaking.speeches]
    assert len(standing) == len(set(standing))
    assert all(wish.state is Wish.ACCEPTED for wish in eve.state.before.advances if wish.joined)
