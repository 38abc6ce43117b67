"""HTTP of the office's documents.

Rules: a view reads the body and calls one use case. Who prepares a meeting drafts its documents, puts them up and takes
them back; they and the registry clerks issue them; what is issued is read by everybody it is for (N9).

Usage: ``app.register_blueprint(blueprint(letters, clock))``.
"""

from __future__ import annotations

import base64
import re
from typing import Final
from urllib.parse import quote

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue

from server.clock import Clock
from server.identity.model import Role
from server.letters.errors import LetterUnknown
from server.letters.matching import Difference
from server.letters.model import MAX_LINE, Kind, read_wording
from server.letters.registry import Registry
from server.letters.service import LetterService
from server.letters.views import letter_value, outdated_value, received_value, whole_value
from server.letters.waiting import WaitingLetters
from server.signing.desk import Asked
from server.signing.planning import MAX_NUMBER
from server.web import ANY_MEMBER, act_id, actor, allow, answer, body, nothing
from wire.fields import Fields
from wire.ids import MeetingId, PersonId
from wire.letter_fold import MAX_REASON
from wire.state import MemberRole

_LEADERS: Final = (MemberRole.CHAIR, MemberRole.SECRETARY)
_LETTER: Final = re.compile(r"l-[a-z2-7]{16}", re.ASCII)
_FIRST: Final = 2020
_LAST: Final = 2099
_PATH: Final = "/api/meetings/<meeting>/letters"


def blueprint(letters: LetterService, clock: Clock) -> Blueprint:
    """All routes under ``/api/meetings/<m>/letters``."""
    routes = Blueprint("letters", __name__)
    _reading(routes, letters, clock)
    _drafting(routes, letters, clock)
    _moving(routes, letters, clock)
    return routes


def _reading(routes: Blueprint, letters: LetterService, clock: Clock) -> None:
    waiting = WaitingLetters(letters)

    def name_of(person: str) -> str:
        return letters.tools.people.person(person).name

    @routes.get("/api/letters/outdated")
    @allow(signed_in=True)
    def outdated_letters() -> ResponseReturnValue:
        return answer({"letters": [outdated_value(row, seen) for row, seen in waiting.outdated(actor())]})

    @routes.get("/api/letters/received")
    @allow(signed_in=True)
    def received_letters() -> ResponseReturnValue:
        found = waiting.received(actor(), now=clock.now())
        return answer({"letters": [received_value(row, letter) for row, letter in found]})

    @routes.get(_PATH)
    @allow(Role.SECRETARY, Role.AUDITOR, member=_LEADERS)
    def list_letters(meeting: str) -> ResponseReturnValue:
        found = [letter_value(seen, name_of) for seen in letters.all(MeetingId(meeting))]
        clerks = [{"person": person, "name": name} for person, name in letters.clerks()]
        return answer({"letters": found, "clerks": clerks})

    @routes.get(f"{_PATH}/<letter>")
    @allow(Role.SECRETARY, Role.AUDITOR, member=_LEADERS)
    def read_letter(meeting: str, letter: str) -> ResponseReturnValue:
        return answer(whole_value(letters.one(MeetingId(meeting), _letter(letter)), name_of))

    @routes.get(f"{_PATH}/<letter>/preview.pdf")
    @allow(Role.SECRETARY, Role.AUDITOR, member=_LEADERS)
    def preview_letter(meeting: str, letter: str) -> ResponseReturnValue:
        return _pdf(letters.preview(MeetingId(meeting), _letter(letter), now=clock.now()), "du-thao", shown=True)

    @routes.get(f"{_PATH}/<letter>/pages")
    @allow(Role.SECRETARY, Role.AUDITOR, member=_LEADERS)
    def preview_pages(meeting: str, letter: str) -> ResponseReturnValue:
        found = letters.pictures(MeetingId(meeting), _letter(letter), now=clock.now())
        return answer({"pages": [base64.b64encode(picture).decode("ascii") for picture in found]})

    @routes.get(f"{_PATH}/<letter>/file")
    @allow(Role.SECRETARY, Role.AUDITOR, Role.CLERK, member=ANY_MEMBER)
    def letter_file(meeting: str, letter: str) -> ResponseReturnValue:
        found, pdf = letters.file(MeetingId(meeting), _letter(letter))
        waiting.has_read(found.round, actor(), clock.now())
        return _pdf(pdf, f"{found.kind.heading} {found.wording.abstract}", shown=False)


def _drafting(routes: Blueprint, letters: LetterService, clock: Clock) -> None:
    @routes.post(_PATH)
    @allow(Role.SECRETARY, member=MemberRole.SECRETARY)
    def create_letter(meeting: str) -> ResponseReturnValue:
        fields = body()
        kind = Kind(fields.choice("kind", frozenset(Kind)))
        fields.end()
        return answer(letters.create(MeetingId(meeting), kind, asked=_asked(clock)), 201)

    @routes.put(f"{_PATH}/<letter>")
    @allow(Role.SECRETARY, member=MemberRole.SECRETARY)
    def edit_letter(meeting: str, letter: str) -> ResponseReturnValue:
        fields = body()
        revision, wording = fields.number("revision", low=1), read_wording(fields.object("wording"))
        fields.end()
        asked = _asked(clock)
        return answer(letters.edit(MeetingId(meeting), _letter(letter), wording, revision=revision, asked=asked))

    @routes.delete(f"{_PATH}/<letter>")
    @allow(Role.SECRETARY, member=MemberRole.SECRETARY)
    def drop_letter(meeting: str, letter: str) -> ResponseReturnValue:
        return answer(letters.drop(MeetingId(meeting), _letter(letter), asked=_asked(clock)))


def _moving(routes: Blueprint, letters: LetterService, clock: Clock) -> None:
    @routes.post(f"{_PATH}/<letter>/put-up")
    @allow(Role.SECRETARY, member=MemberRole.SECRETARY)
    def put_up_letter(meeting: str, letter: str) -> ResponseReturnValue:
        fields = body()
        clerk = PersonId(fields.id("clerk", "u"))
        first = fields.number("first", high=MAX_NUMBER) if fields.has("first") else 0
        meant = [_difference(each) for each in fields.objects("differs", limit=4)] if fields.has("differs") else []
        fields.end()
        done = letters.put_up(
            MeetingId(meeting), _letter(letter), clerk=clerk, first=first, meant=meant, asked=_asked(clock)
        )
        return answer(done, 201)

    @routes.post(f"{_PATH}/<letter>/withdraw")
    @allow(Role.SECRETARY, member=_LEADERS)
    def withdraw_letter(meeting: str, letter: str) -> ResponseReturnValue:
        fields = body()
        reason = fields.text("reason", limit=MAX_REASON).strip()
        fields.end()
        letters.withdraw(MeetingId(meeting), _letter(letter), reason=reason, asked=_asked(clock))
        return nothing()

    @routes.post(f"{_PATH}/<letter>/revoke")
    @allow(Role.SECRETARY, member=_LEADERS)
    def revoke_letter(meeting: str, letter: str) -> ResponseReturnValue:
        fields = body()
        reason = fields.text("reason", limit=MAX_REASON).strip()
        fields.end()
        return answer(letters.revoke(MeetingId(meeting), _letter(letter), reason=reason, asked=_asked(clock)))

    @routes.post(f"{_PATH}/<letter>/issue")
    @allow(Role.SECRETARY, Role.CLERK, member=MemberRole.SECRETARY)
    def issue_letter(meeting: str, letter: str) -> ResponseReturnValue:
        body().end()
        return answer(letters.issue(MeetingId(meeting), _letter(letter), asked=_asked(clock)))


def register_blueprint(registry: Registry) -> Blueprint:
    """``/api/register``."""
    routes = Blueprint("register", __name__)

    @routes.get("/api/register/<int:year>")
    @allow(Role.CLERK, Role.SECRETARY, Role.AUDITOR)
    def read_register(year: int) -> ResponseReturnValue:
        return answer(registry.year(_year(year)))

    @routes.get("/api/register/<int:year>/csv")
    @allow(Role.CLERK, Role.SECRETARY, Role.AUDITOR)
    def register_csv(year: int) -> ResponseReturnValue:
        headers = {
            "Content-Disposition": f'attachment; filename="so-van-ban-di-{_year(year)}.csv"',
            "Cache-Control": "no-store",
        }
        return Response(registry.csv(year), mimetype="text/csv", headers=headers)

    return routes


def _year(year: int) -> int:
    if not _FIRST <= year <= _LAST:
        raise LetterUnknown
    return year


def _asked(clock: Clock) -> Asked:
    return Asked(actor(), act_id(), clock.now())


def _letter(text: str) -> str:
    if _LETTER.fullmatch(text) is None:
        raise LetterUnknown
    return text


def _difference(fields: Fields) -> Difference:
    """As it was shown to who says that they mean it."""
    found = Difference(fields.text("says", limit=MAX_LINE, empty=True), fields.text("now", limit=MAX_LINE))
    fields.end()
    return found


def _pdf(pdf: bytes, name: str, *, shown: bool) -> Response:
    tidy = re.sub(r'[\\/:*?"<>|\x00-\x1f]', " ", name).strip()[:120]
    way = "inline" if shown else "attachment"
    headers = {
        "Cache-Control": "private, no-store",
        "Content-Disposition": f"{way}; filename*=UTF-8''{quote(tidy)}.pdf",
    }
    return Response(pdf, mimetype="application/pdf", headers=headers)
