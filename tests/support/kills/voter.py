"""A voter at a terminal: signs in again when asked, casts, asks to speak, and remembers what the screen said.

Rules: by the calls of the seat's own page. An act has one name however often it is sent; what the screen once said of a
ballot is kept, for it is a promise.

Usage::

    voter = Voter(room, 0, people.DEPUTY)
    voter.casts(vote, "open", "for"); voter.hears(vote)      # "recorded", a code, "" while nothing is known
"""

from __future__ import annotations

import random
import secrets
from dataclasses import dataclass, field
from typing import Any

from deploy.demo import people
from deploy.demo.errors import DemoError, Refused
from tests.support.kills.patience import awaited, patiently
from tests.support.room_process import RunningRoom
from tests.support.vote_room import ITEM
from wire import ids

RECORDED = "recorded"
#: What is not this seat's to answer again: the ballot is there.
_THERE = frozenset({"already-voted"})
_OVER = frozenset({"closed", "announced", "withdrawn"})
_SEALED = frozenset({"sealed", "handed_in", "looked_for", "found"})
_STANDING = frozenset({"waiting", "called", "speaking", "paused"})
_ON_THE_WAY = frozenset({"queued", "sent"})


def act_id() -> str:
    """A name for an act."""
    return ids.new("a", secrets.token_bytes(ids.RANDOM_BYTES))


@dataclass
class Ballot:
    """What somebody casts. ``told``: what the screen said last; ``receipt``: of a secret ballot."""

    vote: str
    kind: str
    answer: str
    act: str = field(default_factory=act_id)
    nonce: str = field(default_factory=lambda: secrets.token_hex(32))
    told: str = ""
    receipt: str = ""


class Voter:
    """One person at one terminal. ``pin``: of the token in its reader, else a password is typed."""

    def __init__(self, room: RunningRoom, seat: int, who: people.Person, *, pin: str = "") -> None:
        self._page = room.touch_page(seat)
        self.seat = seat
        self.name = who.name
        self.person = room.furnished.persons[who.username]
        self._pin = pin
        #: requests to speak that the log has taken
        self.asked = 0

    def shown(self) -> dict[str, Any]:
        """All that the page shows to this person, who signs in first where that is asked; raises DemoError."""
        shown = self._page.read()
        state = shown["seat"]["state"]
        if state == "signed_in":
            return shown
        if state in {"welcome", "locked"}:
            self._signs_in(locked=state == "locked")
        raise Away(state)

    def _signs_in(self, *, locked: bool) -> None:
        try:
            if self._pin:
                self._page.post("/api/token", {"pin": self._pin})
                return
            password = people.PASSWORD.reveal().decode()
            where, more = ("/api/unlock", {}) if locked else ("/api/sign-in", {"person": self.person})
            self._page.post(where, {"password": password, **more})
        except Refused as refused:
            # Not back yet, or somebody else's answer is on its way: the next look shows it.
            raise Away(refused.code) from refused

    # Votes

    def casts(self, ballot: Ballot) -> None:
        """Until the seat has taken it, or the vote is over."""
        what = f"{self.name} casts in {ballot.kind} vote"

        def once() -> bool:
            vote = self._vote(ballot.vote)
            if vote is None:
                return False
            return vote["state"] in _OVER or vote["state"] == "collecting" or self._sends(ballot)

        awaited(once, what=what)

    def _sends(self, ballot: Ballot) -> bool:
        try:
            match ballot.kind:
                case "named":
                    return self._signs(ballot)
                case "secret":
                    self._act(ballot.act, "ballot_cast", {"vote": ballot.vote, "answer": ballot.answer})
                case _:
                    data = {"vote": ballot.vote, "answer": ballot.answer, "nonce": ballot.nonce}
                    self._act(ballot.act, "vote_cast", data)
        except Refused as refused:
            if refused.code not in _THERE:
                raise
        return True

    def _signs(self, ballot: Ballot) -> bool:
        """A statement at a time: what the seat has taken before it died is on its way, or in the log."""
        shown = self.shown()
        if any(each["kind"] == "vote_cast" and each["state"] in _ON_THE_WAY for each in shown["acts"]):
            return True
        if self.hears(ballot) == RECORDED:
            return True
        ballot.act = act_id()
        data = {"vote": ballot.vote, "answer": ballot.answer, "nonce": ballot.nonce}
        self._page.post("/api/statements", {"act": ballot.act, "kind": "vote_cast", "data": data})
        self._page.post(f"/api/statements/{ballot.act}/sign", {"pin": self._pin})
        return True

    def hears(self, ballot: Ballot) -> str:
        """What the screen says of it: recorded, a refusal's code, or nothing yet; recorded stays recorded."""
        shown = self.shown()
        said = self._says_secret(shown, ballot) if ballot.kind == "secret" else self._says(shown, ballot)
        if ballot.told != RECORDED:
            ballot.told = said
        return ballot.told

    def settles(self, ballot: Ballot) -> str:
        """What the screen says in the end, at the latest when the vote is over: recorded, a code, or "unknown"."""

        def once() -> str:
            said = self.hears(ballot)
            if said:
                return said
            if ballot.kind == "named":
                self.casts(ballot)
            shown = self.shown()
            vote = next((each for each in shown["votes"] or () if each["vote"] == ballot.vote), None)
            is_over = vote is not None and vote["state"] in _OVER
            is_idle = not [each for each in shown["acts"] if each["state"] in _ON_THE_WAY]
            return "unknown" if is_over and is_idle and shown["link"]["state"] == "online" else ""

        return awaited(once, what=f"{self.name} hears of a ballot in a {ballot.kind} vote")

    def _says(self, shown: dict[str, Any], ballot: Ballot) -> str:
        if any(vote["vote"] == ballot.vote and vote["receipts"] for vote in shown["votes"] or ()):
            return RECORDED
        act = next((each for each in shown["acts"] if each["act"] == ballot.act), {"state": "", "code": ""})
        if act["code"] in _THERE:
            return ""  # another try of the same ballot was faster; the log will show it
        return {"done": RECORDED, "refused": str(act["code"])}.get(act["state"], "")

    def _says_secret(self, shown: dict[str, Any], ballot: Ballot) -> str:
        line = next((each for each in shown["ballots"] or () if each["vote"] == ballot.vote), None)
        if line is None or line["state"] == "asking":
            return ""
        assert line["state"] != "missing", f"{self.name} does not find the ballot in what was published"
        if line["state"] in _SEALED:
            ballot.receipt = line["receipt"]
            return RECORDED
        return str(line["code"]) or "refused"

    def finds(self, ballot: Ballot) -> None:
        """Until the seat has found it in what was published; a seat that was started anew after that keeps nothing."""

        def once() -> bool:
            lines = [each for each in self.shown()["ballots"] or () if each["vote"] == ballot.vote]
            assert "missing" not in [each["state"] for each in lines], f"{self.name} does not find the ballot"
            return not lines or [each["state"] for each in lines] == ["found"]

        awaited(once, what=f"{self.name} finds the secret ballot")

    # Speaking

    def asks_to_speak(self, chance: random.Random) -> None:
        """Once; until the log has it."""
        act = ids.new("a", chance.randbytes(ids.RANDOM_BYTES))
        before = self.asked
        what = f"{self.name} asks to speak"
        patiently(lambda: self._asks(act), what=what)

        def once() -> bool:
            shown = self.shown()
            state = next((each for each in shown["acts"] if each["act"] == act), {"state": "", "code": ""})
            assert state["state"] != "refused", f"{what}: {state['code']}"
            return state["state"] == "done" or self._stands(shown)

        awaited(once, what=what)
        self.asked = before + 1

    def _asks(self, act: str) -> None:
        # A seat that was killed after it had taken the act shows the request, and nobody would touch it again.
        if not self._stands(self.shown()):
            self._act(act, "speech_ask", {"item": ITEM, "kind": "speech"})

    def _stands(self, shown: dict[str, Any]) -> bool:
        speeches = (shown["speaking"] or {"speeches": ()})["speeches"]
        return any(each["person"] == self.person and each["state"] in _STANDING for each in speeches)

    # The page

    def _act(self, act: str, kind: str, data: dict[str, Any]) -> None:
        self._page.post("/api/act", {"act": act, "kind": kind, "data": data})

    def _vote(self, vote: str) -> dict[str, Any] | None:
        return next((each for each in self.shown()["votes"] or () if each["vote"] == vote), None)


class Away(DemoError):
    """The seat shows another screen than the one wanted; it is looked at again."""

    code = "seat-away"
