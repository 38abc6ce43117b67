"""Rounds of signing in a real room: opened by the secretary, read and signed at the seats.

Usage::

    rounds = SigningRoom(token_room)
    k = rounds.opened(tmp_path, people.SECRETARY, people.CHAIR)
    rounds.reads(0, k); assert rounds.signs(0, k) == ""
    rounds.until_step(0, "done")
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from deploy.demo import people
from deploy.demo.errors import Refused
from tests.support import pdfs
from tests.support.token_room import TokenRoom

TITLE: Final = "Biên bản cuộc họp thử (demo)"
#: The file that is put up for signing, in the caller's folder.
FILE: Final = "minutes.pdf"


@dataclass
class SigningRoom:
    """A token room whose people sign papers."""

    room: TokenRoom

    def opened(self, folder: Path, *signers: people.Person, order: str = "ordered", pages: int = 3) -> str:
        """A round over minutes of so many pages; its id."""
        persons = self.room.room.furnished.persons
        file = folder / FILE
        file.write_bytes(pdfs.text_pdf([TITLE], pages=pages))
        asked = {
            "kind": "minutes",
            "title": TITLE,
            "order": order,
            "level": "b-b",
            "signers": [{"person": persons[who.username], "mark": {"kind": "none"}} for who in signers],
        }
        with self.room.room.sign_in(people.SECRETARY) as secretary:
            path = f"/api/meetings/{self.room.meeting}/rounds"
            return str(secretary.upload(path, file, {"round": json.dumps(asked)}, step="")["round"])

    def closed(self, round_id: str) -> None:
        """No further signatures."""
        with self.room.room.sign_in(people.SECRETARY) as secretary:
            secretary.post(f"/api/meetings/{self.room.meeting}/rounds/{round_id}/close", {}, step="")

    def told(self, round_id: str) -> dict[str, Any]:
        """The round as the consoles see it."""
        with self.room.room.sign_in(people.SECRETARY) as secretary:
            rounds = secretary.get(f"/api/meetings/{self.room.meeting}/rounds")["rounds"]
        return dict(next(each for each in rounds if each["round"] == round_id))

    def file(self, round_id: str) -> bytes:
        """Its newest file."""
        with self.room.room.sign_in(people.SECRETARY) as secretary:
            return secretary.fetch(f"/api/meetings/{self.room.meeting}/rounds/{round_id}/file")

    def section(self, seat: int) -> dict[str, Any]:
        """What the terminal says of signing; empty when nothing is for who sits there."""
        return dict(self.room.shown(seat)["signing"] or {})

    def until(self, seat: int, wanted: Callable[[dict[str, Any]], bool], *, what: str) -> dict[str, Any]:
        """The section as soon as it is what is wanted."""
        shown = self.room.until(seat, lambda shown: bool(shown["signing"]) and wanted(shown["signing"]), what=what)
        return dict(shown["signing"])

    def until_step(self, seat: int, step: str) -> dict[str, Any]:
        """The work as soon as it is at this step."""
        found = self.until(seat, lambda signing: (signing["work"] or {}).get("step") == step, what=f"it is {step}")
        return dict(found["work"])

    def reads(self, seat: int, round_id: str) -> dict[str, Any]:
        """Opens the round and waits for its file."""
        self.until(seat, lambda signing: _find(signing, round_id) is not None, what="the round is in the list")
        self.room.room.touch_page(seat).post(f"/api/rounds/{round_id}/open", {})
        found = self.until(seat, lambda signing: bool((signing["open"] or {}).get("ready")), what="the file is here")
        return dict(found["open"])

    def signs(self, seat: int, round_id: str, pin: str | None = None, **more: Any) -> str:
        """Types the PIN for what is open; the code of the refusal, empty when the card took it."""
        opened = self.section(seat)["open"]
        body = {"sha256": opened["sha256"], "pin": self.room.pin if pin is None else pin, **more}
        try:
            self.room.room.touch_page(seat).post(f"/api/rounds/{round_id}/sign", body)
        except Refused as refused:
            return refused.code
        return ""


def _find(signing: dict[str, Any], round_id: str) -> dict[str, Any] | None:
    return next((each for each in signing["rounds"] if each["round"] == round_id), None)
