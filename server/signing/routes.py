"""HTTP of signing rounds: open, see, sign in two halves, close; and the pictures that marks are drawn with.

Rules: the upload is checked like a paper (in a child process, made safe unless it is signed already) before anything
else happens; a display sees nothing of it; the file is never kept by a browser (``no-store``).

Usage: ``app.register_blueprint(blueprint(SigningRoutes(desk, intake, checker, renderer, clock)))``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import FormDataParser

from pages.model import Document, PageText
from pages.renderer import Renderer
from server.clock import Clock
from server.errors import Malformed
from server.identity.model import Role
from server.papers.checker import Checker
from server.papers.errors import PaperFileMissing, PaperTooLarge, SecrecyMarkFound
from server.papers.intake import Inbox, Intake
from server.papers.sealed import SealedFile
from server.signing.desk import Asked, NewRound, PaperKind, SigningDesk
from server.signing.errors import RoundUnknown
from server.signing.model import Level, Order
from server.signing.planning import wish_of
from server.web import ANY_MEMBER, act_id, actor, allow, answer, body, nothing
from wire import canonical
from wire.asking import Kind
from wire.fields import Fields
from wire.ids import MeetingId, PersonId
from wire.state import MemberRole

_FIELD_BYTES: Final = 256 * 1024
_FORM_PARTS: Final = 8
_ROUND: Final = re.compile(r"k-[a-z2-7]{16}", re.ASCII)
_PATH: Final = "/api/meetings/<meeting>/rounds"
_SIGNATURE_BYTES: Final = 2048
_LEADERS: Final = (MemberRole.CHAIR, MemberRole.SECRETARY)


@dataclass(frozen=True, slots=True)
class SigningRoutes:
    """What the views work with."""

    desk: SigningDesk
    intake: Intake
    checker: Checker
    renderer: Renderer
    clock: Clock
    ask: Callable[[Kind, Mapping[str, Any]], str]

    def asked(self) -> Asked:
        """Who calls."""
        return Asked(actor(), act_id(), self.clock.now())

    def open(self, meeting: MeetingId) -> dict[str, Any]:
        """The form of this request as a new round."""
        with self.intake.receive(expected_bytes=request.content_length) as inbox:
            fields = self._form(inbox)
            new = _new_round(fields)
            checked = self.checker.check(inbox)
            if checked.findings.mark is not None:
                raise SecrecyMarkFound(mark=checked.findings.mark)
            texts = self._texts(checked.keep, checked.findings.pages)
            with checked.keep.reader() as file:
                pdf = file.read()
            return self.desk.open(meeting, new, pdf, texts=texts, asked=self.asked())

    def _form(self, inbox: Inbox) -> Fields:
        parser = FormDataParser(
            stream_factory=inbox.open,
            max_form_memory_size=_FIELD_BYTES,
            max_content_length=self.intake.form_limit_bytes,
            max_form_parts=_FORM_PARTS,
            silent=False,
        )
        try:
            _, fields, files = parser.parse_from_environ(request.environ)
        except RequestEntityTooLarge:
            raise PaperTooLarge(limit_mib=self.intake.limit_mib) from None
        except FileExistsError:
            raise Malformed(reason="more than one file") from None
        except ValueError:
            raise PaperFileMissing from None
        sent = files.get("file")
        for each in files.values():
            each.close()
        if sent is None:
            raise PaperFileMissing
        try:
            return Fields(canonical.decode_lenient(fields.get("round", "{}").encode("utf-8", "replace")), "round")
        except (ValueError, RecursionError):
            raise Malformed(path="round", reason="is not JSON") from None

    def _texts(self, sealed: SealedFile, pages: int) -> list[PageText]:
        document = Document(sealed.path, sealed.plain_bytes, sealed.name, sealed.key)
        return [self.renderer.text(document, page) for page in range(1, pages + 1)]


def blueprint(desk: SigningRoutes) -> Blueprint:
    """All routes of rounds and pictures."""
    routes = Blueprint("signing", __name__)
    _rounds(routes, desk)
    _signing(routes, desk)
    _pictures(routes, desk)
    return routes


def _rounds(routes: Blueprint, desk: SigningRoutes) -> None:
    @routes.get(_PATH)
    @allow(Role.SECRETARY, Role.AUDITOR, member=ANY_MEMBER)
    def list_rounds(meeting: str) -> ResponseReturnValue:
        return answer(desk.desk.seen(MeetingId(meeting), actor(), now=desk.clock.now()))

    @routes.post(_PATH)
    @allow(Role.SECRETARY, member=MemberRole.SECRETARY)
    def open_round(meeting: str) -> ResponseReturnValue:
        return answer(desk.open(MeetingId(meeting)), 201)

    @routes.get(f"{_PATH}/<round_id>/file")
    @allow(signed_in=True)
    def get_round_file(meeting: str, round_id: str) -> ResponseReturnValue:
        desk.desk.must_read(MeetingId(meeting), _round(round_id), actor())
        title, pdf = desk.desk.file(MeetingId(meeting), _round(round_id))
        for told in desk.desk.tools.given:
            told(round_id, actor(), desk.clock.now())
        name = re.sub(r'[\\/:*?"<>|\x00-\x1f]', " ", title).strip()[:120] or "van-ban"
        headers = {
            "Cache-Control": "private, no-store",
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}.pdf",
        }
        return Response(pdf, mimetype="application/pdf", headers=headers)

    @routes.post(f"{_PATH}/<round_id>/close")
    @allow(Role.SECRETARY, member=_LEADERS)
    def close_round(meeting: str, round_id: str) -> ResponseReturnValue:
        body().end()
        desk.desk.close(MeetingId(meeting), _round(round_id), desk.asked())
        return nothing()

    @routes.get("/api/signing/waiting")
    @allow(signed_in=True)
    def list_waiting() -> ResponseReturnValue:
        return answer({"rounds": desk.desk.waiting(PersonId(actor().person_id), now=desk.clock.now())})


def _signing(routes: Blueprint, desk: SigningRoutes) -> None:
    @routes.post(f"{_PATH}/<round_id>/ask")
    @allow(signed_in=True)
    def ask_bridge(meeting: str, round_id: str) -> ResponseReturnValue:
        body().end()
        person = PersonId(actor().person_id)
        about = desk.desk.about(MeetingId(meeting), _round(round_id), person, now=desk.clock.now())
        return answer({"message": desk.ask(Kind.PAPER, about)})

    @routes.post(f"{_PATH}/<round_id>/begin")
    @allow(signed_in=True)
    def begin_signing(meeting: str, round_id: str) -> ResponseReturnValue:
        fields = body()
        fingerprint = fields.hex("certificate", size=32)
        fields.end()
        return answer(
            desk.desk.begin(MeetingId(meeting), _round(round_id), fingerprint=fingerprint, asked=desk.asked())
        )

    @routes.post(f"{_PATH}/<round_id>/complete")
    @allow(signed_in=True)
    def complete_signing(meeting: str, round_id: str) -> ResponseReturnValue:
        fields = body()
        fence, signature = fields.number("fence", low=1), fields.base64("signature")[:_SIGNATURE_BYTES]
        fields.end()
        done = desk.desk.complete(
            MeetingId(meeting), _round(round_id), fence=fence, signature=signature, asked=desk.asked()
        )
        return answer(done)

    @routes.post(f"{_PATH}/<round_id>/give-back")
    @allow(signed_in=True)
    def give_back(meeting: str, round_id: str) -> ResponseReturnValue:
        fields = body()
        fence = fields.number("fence", low=1)
        fields.end()
        desk.desk.give_back(MeetingId(meeting), _round(round_id), fence=fence, asked=desk.asked())
        return nothing()


def _pictures(routes: Blueprint, desk: SigningRoutes) -> None:
    @routes.get("/api/signing/pictures")
    @allow(Role.SECURITY_ADMIN, Role.SECRETARY)
    def list_pictures() -> ResponseReturnValue:
        return answer({"pictures": desk.desk.pictures()})

    @routes.get("/api/signing/pictures/<owner>")
    @allow(Role.SECURITY_ADMIN)
    def get_picture(owner: str) -> ResponseReturnValue:
        headers = {"Cache-Control": "private, no-store"}
        return Response(desk.desk.picture(owner[:18]), mimetype="image/png", headers=headers)

    @routes.put("/api/signing/pictures/<owner>")
    @allow(Role.SECURITY_ADMIN)
    def set_picture(owner: str) -> ResponseReturnValue:
        fields = body()
        png = fields.base64("png")
        fields.end()
        desk.desk.set_picture(owner[:18], png, asked=desk.asked())
        return nothing()


def _new_round(fields: Fields) -> NewRound:
    signers = []
    for entry in fields.objects("signers", limit=1000):
        person = PersonId(entry.id("person", "u"))
        mark = entry.object("mark")
        signers.append((person, wish_of(mark)))
        mark.end()
        entry.end()
    new = NewRound(
        kind=PaperKind(fields.choice("kind", frozenset(PaperKind))),
        title=fields.text("title", limit=300).strip(),
        order=Order(fields.choice("order", frozenset(Order))),
        level=Level(fields.choice("level", frozenset(Level))),
        signers=tuple(signers),
    )
    fields.end()
    return new


def _round(text: str) -> str:
    if _ROUND.fullmatch(text) is None:
        raise RoundUnknown
    return text
