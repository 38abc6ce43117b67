"""Consultation slips through the server's routes: written, sent and answered as people do it.

Usage::

    slips = Slips(Office(tmp_path))
    slip = slips.sent(people=("daibieu", "khach"))
    slips.answer("daibieu", slip, ["for", "other"], opinion="Đề nghị bổ sung").done()
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from tests.support.office import Browser, Office, Reply

HALF = {"num": 1, "den": 2, "more": True}
RULE: dict[str, Any] = {"base": "all", "majority": HALF, "quorum": None, "tie": "fails"}
#: A day after an office begins.
DEADLINE = "2026-11-24T10:00:00.000Z"


def question(text: str = "Thông qua quy chế (demo)", template: str = "approve", **more: Any) -> dict[str, Any]:
    """As the page sends it."""
    rule = None if template == "opinion" else RULE
    return {"text": text, "template": template, "answers": [], "rule": rule, "opinion": True, **more}


def nonce(seed: object) -> str:
    """32 bytes."""
    return hashlib.sha256(str(seed).encode()).hexdigest()


class Slips:
    """An office, and what is done with slips in it."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self._browsers: dict[str, Browser] = {}

    def browser(self, name: str) -> Browser:
        """One browser a person."""
        if name not in self._browsers:
            self._browsers[name] = self.office.sign_in(name)
        return self._browsers[name]

    def later(self, **span: float) -> None:
        """Time goes by; whoever acts signs in anew."""
        self.office.clock.advance(**span)
        self._browsers.clear()

    def wording(self, people: Sequence[str] = ("daibieu", "khach"), **more: Any) -> dict[str, Any]:
        """Two questions, led by chutri."""
        return {
            "subject": "Quy chế làm việc (demo)",
            "submission": "Kính trình các đồng chí cho ý kiến.",
            "leader": self.office.people["chutri"],
            "recipients": [self.office.people[name] for name in people],
            "questions": [question(), question("Thời điểm áp dụng (demo)", "agree")],
            "deadline": DEADLINE,
            "signed": False,
            "live": False,
            "shared": True,
            **more,
        }

    def drafted(self, **more: Any) -> str:
        """A draft of thuky's."""
        made = self.browser("thuky").post("/api/consultations", self.wording(**more)).done()
        return f"/api/consultations/{made['consultation']}"

    def submitted(self, **more: Any) -> str:
        """Before its leader."""
        path = self.drafted(**more)
        self.browser("thuky").post(f"{path}/submit", {"revision": 1}).done()
        return path

    def sent(self, **more: Any) -> str:
        """Approved: people are asked."""
        path = self.submitted(**more)
        self.browser("chutri").post(f"{path}/send", {"revision": 2}).done()
        return path

    def read(self, name: str, path: str) -> dict[str, Any]:
        """As somebody sees it."""
        return self.browser(name).get(path).done()

    def answer(
        self,
        name: str,
        path: str,
        said: Sequence[str | None],
        *,
        seen: int = 0,
        opinion: str = "",
        draft: int | None = None,
        **more: Any,
    ) -> Reply:
        """Hand in; ``draft``: the revision of the one it follows."""
        body: dict[str, Any] = {"answers": said_body(said, opinion), "seen": seen}
        body |= {"nonce": nonce((name, path, said, seen)), **({} if draft is None else {"draft": draft})}
        return self.browser(name).post(f"{path}/answer", body, **more)

    def draft(self, name: str, path: str, said: Sequence[str | None], *, revision: int, opinion: str = "") -> Reply:
        """Keep a draft."""
        body = {"answers": said_body(said, opinion), "revision": revision}
        return self.browser(name).put(f"{path}/draft", body)

    def entries(self, kind: str, path: str) -> list[dict[str, Any]]:
        """The data of the record's entries of a kind about a slip, the oldest first."""
        found = self.office.services.audit.newest(f"consultation_{kind}", limit=1000)
        return [each.data for each in reversed(found) if path.endswith(each.data["consultation"])]


def said_body(said: Sequence[str | None], opinion: str = "") -> list[dict[str, Any]]:
    """One entry a question; the words with the last."""
    return [
        {"question": f"q{at}", "answer": answer, "opinion": opinion if at == len(said) else ""}
        for at, answer in enumerate(said, 1)
    ]
