"""HTTP of papers: upload, decide, publish, and the pages themselves.

Rules: the form is read straight into the intake's file, never into the system's folder for temporary files. Pages,
words and search results are never kept by a browser (``no-store``): a copy in its cache would outlive the recall (P7).
Every page carries the reader's name and the time (P6).

Usage: ``app.register_blueprint(blueprint(Desk(papers, submissions, intake, renderer, clock)))``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import FormDataParser

from pages.model import MAX_WIDTH, MIN_WIDTH, Document
from pages.renderer import Renderer
from server.clock import Clock
from server.errors import Malformed
from server.identity.model import Actor, Role
from server.papers.errors import PaperFileMissing, PaperTooLarge, PaperUnknown
from server.papers.intake import Inbox, Intake
from server.papers.model import Reader
from server.papers.ports import Readings
from server.papers.service import PaperService
from server.papers.submission import Asked, NewPaper, Submissions
from server.web import ANY_MEMBER, act_id, actor, allow, answer, body
from wire import ids
from wire.errors import BadId
from wire.ids import MeetingId, PaperId
from wire.state import MeetingState, MemberRole
from wire.topics import MAX_VERSION, PaperVersion

#: People in the room read Vietnamese time; the country has one zone and no summer time.
_LOCAL: Final = dt.timezone(dt.timedelta(hours=7))
#: Of a text field; Werkzeug holds the same limit against what it reads at once (64 KiB) and what is left of before.
_FIELD_BYTES: Final = 256 * 1024
_FORM_PARTS: Final = 16
_PAPER: Final = "/api/meetings/<meeting>/papers/<paper>"
_VERSION: Final = f"{_PAPER}/<int:version>"
#: A picture up to this wide shows that there is a page, and no word of it.
_THUMBNAIL: Final = 200


@dataclass(frozen=True, slots=True)
class Desk:
    """What the views work with."""

    papers: PaperService
    submissions: Submissions
    intake: Intake
    renderer: Renderer
    clock: Clock
    readings: Readings

    def asked(self) -> Asked:
        """Who calls."""
        return Asked(actor(), act_id(), self.clock.now())

    def document(self, meeting: str, paper: str, version: int, *, page: int | None = None) -> tuple[Document, str]:
        """The paper for the renderer, and the reader's mark; raises PaperUnknown."""
        caller = actor()
        reader = Reader(caller.person, is_secretary=caller.has(Role.SECRETARY))
        wanted = PaperVersion(paper_id(paper), version if 1 <= version <= MAX_VERSION else 0)
        document, state = self.papers.document(MeetingId(meeting), wanted, reader, page=page)
        return document, _mark(caller, state, now=self.clock.now())

    def picture(self, meeting: str, paper: str, version: int, page: int) -> Response:
        """A page as WebP, as wide as the request asks; raises PaperUnknown."""
        document, mark = self.document(meeting, paper, version, page=page)
        width = page_width()
        picture = self.renderer.render(document, page, width=width, mark=mark)
        self.handed_out(meeting, document.paper, page=page if width > _THUMBNAIL else 0, front=False)
        return Response(picture, mimetype="image/webp", headers={"Cache-Control": "private, no-store"})

    def handed_out(self, meeting: str, version: PaperVersion, *, page: int = 0, front: bool = True) -> None:
        """Write down what a person is about to be given (P5, W128); raises Unavailable."""
        caller, where = actor(), MeetingId(meeting)
        if caller.person is not None:
            state = self.papers.tools.meetings.state(where)
            self.readings.read(
                state, where, version, person=caller.person, now=self.clock.now(), page=page, front=front
            )


@dataclass(frozen=True, slots=True)
class Form:
    """An upload that has come in: its fields, its file, and what the file was called."""

    fields: MultiDict[str, str]
    inbox: Inbox
    file_name: str


def blueprint(desk: Desk) -> Blueprint:
    """All routes of papers."""
    routes = Blueprint("papers", __name__)
    _taking_in(routes, desk)
    _deciding(routes, desk)
    _reading(routes, desk)
    return routes


def _taking_in(routes: Blueprint, desk: Desk) -> None:
    @routes.post("/api/meetings/<meeting>/papers")
    @allow(Role.SECRETARY, member=MemberRole.SECRETARY)
    def submit_paper(meeting: str) -> ResponseReturnValue:
        with received(desk.intake) as form:
            new = NewPaper(
                item=form.fields.get("item", ""),
                title=form.fields.get("title", ""),
                secrecy=form.fields.get("secrecy", ""),
                file_name=form.file_name,
            )
            return answer(desk.submissions.submit(MeetingId(meeting), new, form.inbox, asked=desk.asked()), 201)

    @routes.post(f"{_PAPER}/versions")
    @allow(Role.SECRETARY, member=MemberRole.SECRETARY)
    def replace_paper(meeting: str, paper: str) -> ResponseReturnValue:
        with received(desk.intake) as form:
            made = desk.submissions.replace(
                MeetingId(meeting), paper_id(paper), form.file_name, inbox=form.inbox, asked=desk.asked()
            )
            return answer(made, 201)


def _deciding(routes: Blueprint, desk: Desk) -> None:
    @routes.post(f"{_PAPER}/approve")
    @allow(member=MemberRole.CHAIR)
    def approve_paper(meeting: str, paper: str) -> ResponseReturnValue:
        body().end()
        return answer(desk.papers.approve(MeetingId(meeting), paper_id(paper), desk.asked()))

    @routes.post(f"{_PAPER}/return")
    @allow(member=MemberRole.CHAIR)
    def return_paper(meeting: str, paper: str) -> ResponseReturnValue:
        fields = body()
        reason = fields.text("reason", limit=2000)
        fields.end()
        return answer(desk.papers.send_back(MeetingId(meeting), paper_id(paper), reason, asked=desk.asked()))

    @routes.post("/api/meetings/<meeting>/publish")
    @allow(Role.SECRETARY, member=MemberRole.SECRETARY)
    def publish_papers(meeting: str) -> ResponseReturnValue:
        body().end()
        return answer(desk.papers.publish(MeetingId(meeting), desk.asked()))


def _reading(routes: Blueprint, desk: Desk) -> None:
    @routes.get(f"{_VERSION}/pages/<int:page>")
    @allow(Role.SECRETARY, member=ANY_MEMBER, display=True)
    def get_page(meeting: str, paper: str, version: int, page: int) -> ResponseReturnValue:
        return desk.picture(meeting, paper, version, page)

    @routes.get(f"{_VERSION}/text/<int:page>")
    @allow(Role.SECRETARY, member=ANY_MEMBER)
    def get_text(meeting: str, paper: str, version: int, page: int) -> ResponseReturnValue:
        document, _ = desk.document(meeting, paper, version)
        text = desk.renderer.text(document, page)
        # Readers ask for the words of the page in front, and of no other (web/src/lib/reader/TextLayer.svelte).
        desk.handed_out(meeting, document.paper, page=page)
        words = [[word.x0, word.y0, word.x1, word.y1, word.text] for word in text.words]
        return answer({"width": text.width, "height": text.height, "words": words})

    @routes.get(f"{_VERSION}/search")
    @allow(Role.SECRETARY, member=ANY_MEMBER)
    def search_paper(meeting: str, paper: str, version: int) -> ResponseReturnValue:
        document, _ = desk.document(meeting, paper, version)
        hits = desk.renderer.search(document, request.args.get("q", ""))
        desk.handed_out(meeting, document.paper)
        return answer({"hits": [{"page": hit.page, "count": hit.count, "excerpt": hit.excerpt} for hit in hits]})

    @routes.get(f"{_VERSION}/outline")
    @allow(Role.SECRETARY, member=ANY_MEMBER)
    def get_outline(meeting: str, paper: str, version: int) -> ResponseReturnValue:
        outline = desk.renderer.outline(desk.document(meeting, paper, version)[0])
        entries = [{"title": each.title, "page": each.page, "level": each.level} for each in outline.entries]
        return answer({"sizes": [list(size) for size in outline.sizes], "outline": entries})


@contextmanager
def received(intake: Intake) -> Iterator[Form]:
    """The form of this request, its file already on the disk; nothing of it is left afterwards."""
    with intake.receive(expected_bytes=request.content_length) as inbox:
        parser = FormDataParser(
            stream_factory=inbox.open,
            max_form_memory_size=_FIELD_BYTES,
            max_content_length=intake.form_limit_bytes,
            max_form_parts=_FORM_PARTS,
            silent=False,
        )
        try:
            _, fields, files = parser.parse_from_environ(request.environ)
        except RequestEntityTooLarge:
            raise PaperTooLarge(limit_mib=intake.limit_mib) from None
        except FileExistsError:
            raise Malformed(reason="more than one file") from None
        except ValueError:
            raise PaperFileMissing from None
        sent = files.get("file")
        for each in files.values():
            each.close()
        yield Form(fields, inbox, "" if sent is None else sent.filename or "")


def paper_id(text: str) -> PaperId:
    """A paper of an address; raises PaperUnknown."""
    try:
        return PaperId(ids.parse("p", text))
    except BadId:
        raise PaperUnknown from None


def page_width() -> int:
    """Of the picture that is asked for; raises Malformed."""
    given = request.args.get("width", "1200")
    if not given.isascii() or not given.isdigit() or not MIN_WIDTH <= int(given[:9]) <= MAX_WIDTH:
        raise Malformed(path="width", reason=f"{MIN_WIDTH} … {MAX_WIDTH}")
    return int(given)


def _mark(caller: Actor, state: MeetingState, *, now: dt.datetime) -> str:
    """P6: who reads, at which seat, when."""
    moment = f"{now.astimezone(_LOCAL):%H:%M %d/%m/%Y}"
    if caller.person is None:
        return f"{state.room_name} · {moment}"
    member = state.member(caller.person)
    parts: list[Any] = [caller.name, None if member is None else member.seat_label, moment]
    return " · ".join(part for part in parts if part)
