"""One office with a furnished meeting in every phase, and a database in which nothing is ever done again.

Rules: once it stands, every transaction is carried out to its last statement and then refused with
:class:`WouldBeDone`: an act that is let in answers so, whatever it is, and leaves nothing behind; the next cell finds
the same house.

Usage::

    house = PlayedHouse(tmp_path)
    house.call("chair", row, "A")
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

import pytest

from pages.renderer import Renderer
from server.documents.printer import Printer
from server.errors import Conflict
from server.identity.model import Actor, Role
from server.papers.checker import Checker
from tests.permissions.people import EVERYBODY, NOBODY, PHASES
from tests.permissions.rows import Row
from tests.support import pdfs
from tests.support.office import PASSWORD, Browser, Office, Reply, fresh_id, item
from tests.support.papers import items_of, upload
from tests.support.slips import Slips, said_body
from wire.messages import Act, Head
from wire.speak_view import rules as rules_value
from wire.speaking import SpeakingRules

_ACCOUNTS = {
    "chair": "chutri", "secretary": "thuky", "member": "daibieu", "guest": "khach", "it": "kythuat",
    "system": "hethong", "security": "anninh", "auditor": "kiemtoan",
}  # fmt: skip
_MORE: dict[str, frozenset[Role]] = {
    "desk": frozenset({Role.SECRETARY}),
    "clerk": frozenset({Role.CLERK}),
    **{name: frozenset() for name in ("writer", "deputy", "presenter", "substitute", "owner", "stranger", "absent")},
    **{name: frozenset() for name in ("replaced", "recused")},
}
_ROLES = {
    "chair": "chair", "secretary": "secretary", "writer": "secretary", "member": "member", "deputy": "member",
    "absent": "member", "replaced": "member", "recused": "member", "presenter": "presenter", "guest": "guest",
    "substitute": "guest",
}  # fmt: skip
_STEPS = {
    "submitted": (("secretary", "submit"),),
    "approved": (("chair", "approve"),),
    "open": (("chair", "open"),),
    "recess": (("chair", "recess"),),
    "closed": (("chair", "close"),),
    "locked": (("chair", "lock"),),
}
_ASK = Checker._ask  # noqa: SLF001
_PDF = pdfs.text_pdf(["Báo cáo (demo)"])
_VOTE = {
    "kind": "open", "question": "Thông qua? (demo)", "template": "approve",
    "rule": {"base": "all", "majority": {"num": 1, "den": 2, "more": True}, "quorum": None, "tie": "fails"},
}  # fmt: skip


class WouldBeDone(Conflict):
    """Everything was checked and written; only the commit is refused."""

    code = "would-be-done"


class PlayedHouse:
    """The office, its people's browsers, and the things of the meeting in each phase."""

    def __init__(self, folder: Path) -> None:
        self.office = Office(folder)
        people = self.office.people
        self.people = {role: people[name] for role, name in _ACCOUNTS.items()}
        self.people |= {role: self.office.add(role, roles) for role, roles in _MORE.items()}
        self.browsers = {role: self._browser(role) for role in EVERYBODY}
        with pytest.MonkeyPatch.context() as patch:
            # It is one file over and over.
            patch.setattr(Checker, "_ask", _once(_ASK))
            self.shared = self._of_house()
            self.things = {letter: self.shared | self._meeting(phase) for letter, phase in PHASES.items()}
        self.things["H"] = self.shared

    def _browser(self, role: str) -> Browser:
        return self.office.browser() if role == NOBODY else self.office.sign_in(_ACCOUNTS.get(role, role))

    def call(self, role: str, row: Row, phase: str) -> Reply:
        """One cell of the table, through HTTP."""
        things, browser = self.things[phase], self.browsers[role]
        path = self._path(row, things)
        content = _filled(row.body, things)
        headers = {"X-CSRF-Token": browser.csrf, "Idempotency-Key": fresh_id("a")}
        if row.method == "GET":
            return Reply.of(browser.client.get(path))
        if isinstance(content, Form):
            kind = "multipart/form-data"
            return Reply.of(browser.client.post(path, data=content.fields(), headers=headers, content_type=kind))
        return Reply.of(browser.client.open(path, method=row.method, json=content, headers=headers))

    @staticmethod
    def _path(row: Row, things: dict[str, Any]) -> str:
        path = row.rule.replace("<meeting>", str(things.get("meeting", "")))
        for name, thing in row.names.items():
            wanted = str(things.get(thing, thing))
            path = path.replace(f"<{name}>", wanted).replace(f"<int:{name}>", wanted)
        return path + str(_filled(row.path, things))

    # The house

    def _of_house(self) -> dict[str, Any]:
        admin, secretary = self.office.sign_in("hethong"), self.office.sign_in("thuky")
        unit = {
            "code": "DV",
            "name": "Đơn vị (demo)",
            "head": self.people["owner"],
            "deputies": [self.people["deputy"]],
        }
        agency = {"parent": "", "name": "Cơ quan (demo)", "short": "CQ", "place": "Hà Nội"}
        admin.put("/api/agency", agency).done()
        giving = {
            "title": "Việc (demo)", "lead": self.people["owner"], "helpers": [self.people["member"]],
            "due": "2026-12-01",
        }  # fmt: skip
        made = secretary.post("/api/tasks", giving).done()
        slips = Slips(self.office)
        return {
            **self.people,
            **{f"none_{letter}": f"{letter}-aaaaaaaaaaaaaaaa" for letter in "ydkp"},
            "none_hash": "00" * 32,
            "told": self._told(),
            "room": self.office.room,
            "unit": admin.post("/api/units", unit).done()["id"],
            "task": made["task"],
            "giving": giving,
            "rewritten": giving | {"revision": 1},
            "slip": _last(slips.sent()),
            "drafted": _last(slips.drafted()),
            "submitted": _last(slips.submitted()),
            "answers": said_body(["for", "for"]),
            "description": self.office.description(),
            "members": self._members(),
            "speaking": rules_value(SpeakingRules()),
        } | {"slip_body": slips.wording()}

    def _members(self) -> list[dict[str, Any]]:
        seats = dict(zip(("chair", "member", "guest"), self.office.seats, strict=True))
        return [{"person": self.people[name], "role": role, "seat": seats.get(name)} for name, role in _ROLES.items()]

    def _told(self) -> int:
        """A fault that the owner of a paper told of, answered."""
        said = {"kind": "fault", "text": "Trang đứng yên (demo)"}
        return int(self.browsers["owner"].post("/api/me/feedback", said).done()["number"])

    # The meetings

    def _meeting(self, phase: str) -> dict[str, Any]:
        secretary, chair = self.browsers["secretary"], self.browsers["chair"]
        meeting = secretary.post("/api/meetings", self.office.description()).done()["id"]
        base = f"/api/meetings/{meeting}"
        secretary.put(f"{base}/members", {"members": self._members()}).done()
        items = [
            item("Một", presenter=self.people["presenter"]), item("Hai", visibility="internal"),
            item("Ba", visibility="hidden"), item("Bốn"),
        ]  # fmt: skip
        secretary.put(f"{base}/agenda", {"items": items, "expected_seq": secretary.get(base).body["seq"]}).done()
        numbers = items_of(secretary, meeting)
        things: dict[str, Any] = {"meeting": meeting, "item": numbers[0], "next": numbers[3]}
        things["items"] = [each | {"item": number} for each, number in zip(items, numbers, strict=True)]
        for name, where in (("paper", 0), ("inner", 1), ("hidden", 2), ("fresh", 3)):
            things[name] = upload(secretary, meeting, _PDF, item=numbers[where]).done()["paper"]
        things |= self._asked(base, numbers[3])
        for name in ("paper", "inner", "hidden"):
            chair.post(f"{base}/papers/{things[name]}/approve").done()
        self._go(phase, base, things)
        return things

    def _asked(self, base: str, where: str) -> dict[str, Any]:
        wanted = {"item": where, "person": self.people["owner"], "what": "Báo cáo (demo)", "until": "2026-11-23"}
        made = self.browsers["secretary"].post(f"{base}/requests", {"requests": [wanted]}).done()
        changed = {name: value for name, value in wanted.items() if name != "item"}
        return {
            "request": made["requests"][0],
            "wanted": wanted | {"what": "Phụ lục (demo)"},
            "changed": changed | {"revision": 1, "what": "Báo cáo mới (demo)"},
            "upload": Form(item=where, title="Bản mới", secrecy="confidential"),
            "stub": Form(title="Bản mới", secrecy="confidential"),
        }

    def _go(self, phase: str, base: str, things: dict[str, Any]) -> None:
        if phase == "cancelled":
            self.browsers["chair"].post(f"{base}/cancel", {"reason": "Thử (demo)"}).done()
        if phase in {"draft", "cancelled"}:
            return
        for reached, steps in _STEPS.items():
            for who, word in steps:
                body = {"reason": "Thử (demo)"} if word == "lock" else {}
                self.browsers[who].post(f"{base}/{word}", body).done()
            furnish: Callable[..., None] | None = {"approved": self._approved, "open": self._opened}.get(reached)
            if furnish is not None:
                furnish(base, things, stays=reached == phase)
            if reached == phase:
                return

    def _approved(self, base: str, things: dict[str, Any], *, stays: bool) -> None:
        secretary = self.browsers["secretary"]
        secretary.post(f"{base}/publish").done()
        standing = {"member": self.people["replaced"], "person": self.people["substitute"], "reason": "x"}
        secretary.post(f"{base}/attendance/substitutes", standing | {"may_speak": True, "may_vote": True}).done()
        leaving = {"item": things["item"], "person": self.people["recused"], "reason": "x"}
        secretary.post(f"{base}/attendance/recusals", leaving).done()
        remark = {"item": things["item"], "kind": "question", "readers": "all", "text": "Vì sao? (demo)"}
        things["remark"] = self.browsers["member"].post(f"{base}/remarks", remark).done()["remark"]
        wish = {"item": things["next"], "about": "Kế hoạch (demo)", "minutes": 5}
        things["wish"] = self.browsers["member"].post(f"{base}/advance", wish).done()["advance"]
        if stays:
            things["letter"] = secretary.post(f"{base}/letters", {"kind": "invitation"}).done()["letter"]
            things["wording"] = secretary.get(f"{base}/letters/{things['letter']}").done()["wording"]

    def _opened(self, base: str, things: dict[str, Any], *, stays: bool) -> None:
        secretary, chair, member = (self.browsers[name] for name in ("secretary", "chair", "member"))
        chair.post(f"{base}/items/{things['item']}/start").done()
        chair.post(f"{base}/present", {"paper": things["paper"], "page": 1}).done()
        there = {"people": [self.people["member"], self.people["deputy"]], "presence": "present"}
        secretary.post(f"{base}/attendance", there).done()
        things["call"] = self._service_call(things["meeting"])
        about = {"to": "wall", "text": "Chờ (demo)", "send": False}
        things["notice"] = secretary.post(f"{base}/notices", about).done()["notice"]
        told = {"to": "seats", "text": "Gửi (demo)", "people": [self.people["member"]], "send": True}
        things["sent"] = secretary.post(f"{base}/notices", told).done()["notice"]
        if not stays:
            return
        things["vote"] = secretary.post(f"{base}/votes", _VOTE | {"item": things["item"]}).done()["vote"]
        things["running"] = secretary.post(f"{base}/votes", _VOTE | {"item": things["item"]}).done()["vote"]
        chair.post(f"{base}/votes/{things['running']}/open").done()
        things["called"] = self._speech(self.browsers["deputy"], base, things["item"])
        chair.post(f"{base}/speaking/{things['called']}/call").done()
        things["speech"] = self._speech(member, base, things["item"])

    @staticmethod
    def _speech(browser: Browser, base: str, where: str) -> str:
        return str(browser.post(f"{base}/speaking", {"item": where, "kind": "speech"}).done()["speech"])

    def _service_call(self, meeting: str) -> str:
        device, now, seat = fresh_id("d"), self.office.clock.now(), self.office.seats[1]
        acts = (
            ("sign_in", {"person": self.people["member"], "password": PASSWORD}),
            ("service_call", {"kind": "water"}),
        )
        act = ""
        for kind, data in acts:
            act, person = fresh_id("a"), None if kind == "sign_in" else self.people["member"]
            message = Act(Head(device, bytes(16), 1, now), act, meeting, kind, person, now, data)
            assert self.office.services.acts.perform(message, device=device, seat=seat, now=now).outcome == "done"
        return act


class Form:
    """What an upload carries beside no file: a stub."""

    def __init__(self, **fields: str) -> None:
        self._fields = fields

    def fields(self) -> dict[str, Any]:
        return dict(self._fields)


def _once(ask: Callable[[Checker, Any], Any]) -> Callable[[Checker, Any], Any]:
    """The same answer for every upload."""
    known: list[Any] = []

    def asked(checker: Checker, inbox: Any) -> Any:
        if not known:
            known.append(ask(checker, inbox))
        return known[0]

    return asked


def _drawn(*_asked: Any, **_how: Any) -> NoReturn:
    raise WouldBeDone


def _known(actor: Callable[..., Actor]) -> Callable[..., Actor]:
    """Asked once for every session; who has none is refused each time."""
    known: dict[str, Actor] = {}

    def asked(token: str, **how: Any) -> Actor:
        if token not in known:
            known[token] = actor(token, **how)
        return known[token]

    return asked


def _last(path: str) -> str:
    return path.rpartition("/")[2]


def _filled(value: Any, things: dict[str, Any]) -> Any:
    if isinstance(value, str):
        if value == "$slip":
            return things["slip_body"]
        name = value.rpartition("$")[2]
        if value == f"${name}":
            return _filled(things.get(name, f"m-{'a' * 16}"), things) if name in things else f"m-{'a' * 16}"
        return value.replace(f"${name}", str(things.get(name, "none"))) if "$" in value else value
    if isinstance(value, list):
        return [_filled(each, things) for each in value]
    if isinstance(value, dict):
        return {key: _filled(each, things) for key, each in value.items()}
    return value


@contextmanager
def nothing_is_done(house: PlayedHouse) -> Iterator[None]:
    """Every commit from now on is refused; no document is set and no page drawn: that they may be asked for is seen."""
    database = house.office.services.database
    begin = database.begin

    @contextmanager
    def refusing() -> Iterator[Any]:
        with begin() as connection:
            yield connection
            raise WouldBeDone

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(database, "begin", refusing)
        # Whose a session is stays the same here, and would be most of the work.
        patch.setattr(house.office.services.identity, "actor", _known(house.office.services.identity.actor))
        patch.setattr(Printer, "print", lambda *_a, **_k: _PDF)
        for name in ("render", "text", "search", "outline"):
            patch.setattr(Renderer, name, _drawn)
        yield
