"""HTTP of the minutes.

Rules: a view reads the body and calls one use case. Who leads writes; members read and comment what was shared, of the
items they may know of; guests and outside presenters read nothing of it. Names of paragraphs come from outside: what is
none is not found.

Usage: ``app.register_blueprint(blueprint(MinutesRoutes(...)))``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Protocol

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from server.clock import Clock
from server.idempotency.service import ActKey
from server.identity.model import Role
from server.meetings.commands import By
from server.meetings.service import MeetingService
from server.minutes import errors, model, views
from server.minutes.blocks import MAX_TEXT, PARAGRAPH
from server.minutes.conclusions import Concluding, conclude
from server.minutes.document import Minutes
from server.minutes.freezing import Freezing, Numbering
from server.minutes.model import Author, CommentState, Edit
from server.minutes.ports import People
from server.minutes.press import MinutesPress
from server.minutes.service import Ask, MinutesService, Whole
from server.signing.desk import Asked
from server.signing.planning import MAX_NUMBER
from server.signing.readers import reads_file
from server.web import ANY_MEMBER, act_id, actor, allow, answer, body, nothing
from wire import ids
from wire.conclusions import MAX_TEXT as MAX_CONCLUSION
from wire.errors import BadId
from wire.fields import Fields
from wire.ids import MeetingId, PersonId
from wire.state import MemberRole

_LEADERS: Final = (MemberRole.CHAIR, MemberRole.SECRETARY)
_PATH: Final = "/api/meetings/<meeting>/minutes"
_ANSWERS: Final = frozenset({CommentState.ACCEPTED.value, CommentState.ANSWERED.value})


class Reminders(Protocol):
    """What waits for a person."""

    def waiting(self, person: str, *, is_secretary: bool, now: Any) -> list[dict[str, Any]]:
        """Minutes to comment, and comments to answer."""
        ...


@dataclass(frozen=True, slots=True)
class MinutesRoutes:
    """What the views work with."""

    minutes: MinutesService
    meetings: MeetingService
    people: People
    press: MinutesPress
    reminders: Reminders
    freezing: Freezing
    clock: Clock

    def by(self) -> By:
        """Who calls, as the rules see them."""
        who = actor()
        return By(who.person_id, is_secretary=who.has(Role.SECRETARY))

    def ask(self, kind: str, content: Any) -> Ask:
        """Who calls, for what."""
        who, by = actor(), self.by()
        name = self.people.person(by.person).name
        return Ask(Author(by, name), who.label, ActKey(act_id(), who.label, kind, content), self.clock.now())

    def seen(self, meeting: str) -> tuple[Whole, Minutes, bool]:
        """The minutes, the part of them that the caller may read, and whether they lead."""
        whole, by = self.minutes.whole(MeetingId(meeting)), self.by()
        leads = model.leads(whole.state, by, reads_record=actor().has(Role.AUDITOR))
        if leads:
            return whole, whole.minutes, True
        model.must_read(whole.state, whole.sheet, by)
        return whole, model.readable(whole.state, whole.minutes, by), False


def blueprint(desk: MinutesRoutes) -> Blueprint:
    """All routes under ``/api/meetings/<m>/minutes``, and an item's conclusion."""
    routes = Blueprint("minutes", __name__)
    _reading(routes, desk)
    _writing(routes, desk)
    _comments(routes, desk)
    _signing(routes, desk)
    _concluding(routes, desk)
    return routes


def _reading(routes: Blueprint, desk: MinutesRoutes) -> None:
    @routes.get(_PATH)
    @allow(Role.SECRETARY, Role.AUDITOR, member=ANY_MEMBER)
    def read_minutes(meeting: str) -> ResponseReturnValue:
        whole, shown, leads = desk.seen(meeting)
        reads = reads_file(whole.state, whole.sheet.round, actor())
        told = views.whole_value(whole, shown, by=desk.by(), leads=leads, reads=reads, now=desk.clock.now())
        number = desk.freezing.number(whole.sheet.round)
        clerks = desk.freezing.clerks() if told["may"]["write"] else []
        return answer(told | views.numbering_value(number, clerks))

    @routes.get(f"{_PATH}/history")
    @allow(Role.SECRETARY, Role.AUDITOR, member=_LEADERS)
    def minutes_history(meeting: str) -> ResponseReturnValue:
        wanted = request.args.get("paragraph")
        # What is no name is not even asked for: PostgreSQL takes no NUL.
        if wanted is not None and PARAGRAPH.fullmatch(wanted) is None:
            raise errors.NoSuchParagraph(paragraph=wanted.replace("\0", "")[:60])
        lines = desk.minutes.history(MeetingId(meeting), wanted)
        return answer({"history": [views.line_value(each) for each in lines]})

    @routes.get(f"{_PATH}/draft.pdf")
    @allow(Role.SECRETARY, Role.AUDITOR, member=ANY_MEMBER)
    def draft_minutes(meeting: str) -> ResponseReturnValue:
        whole, shown, _ = desk.seen(meeting)
        pdf = desk.press.draft(whole, shown, now=desk.clock.now())
        headers = {
            "Content-Disposition": f'inline; filename="bien-ban-{meeting}.pdf"',
            "Cache-Control": "private, no-store",
        }
        return Response(pdf, mimetype="application/pdf", headers=headers)

    @routes.get("/api/minutes/waiting")
    @allow(signed_in=True)
    def waiting_minutes() -> ResponseReturnValue:
        by = desk.by()
        found = desk.reminders.waiting(by.person, is_secretary=by.is_secretary, now=desk.clock.now())
        return answer({"minutes": found})


def _writing(routes: Blueprint, desk: MinutesRoutes) -> None:
    @routes.put(f"{_PATH}/paragraphs/<paragraph>")
    @allow(Role.SECRETARY, member=_LEADERS)
    def edit_paragraph(meeting: str, paragraph: str) -> ResponseReturnValue:
        fields = body()
        edit = Edit(
            text=fields.text("text", limit=MAX_TEXT, empty=True) if fields.has("text") else None,
            version=fields.number("version"),
            record=fields.text("record", limit=MAX_TEXT, empty=True) if fields.has("record") else None,
            reason=fields.text("reason", limit=model.MAX_REASON, empty=True) if fields.has("reason") else "",
            restored=fields.has("restored") and fields.flag("restored"),
        )
        fields.end()
        content = {"meeting": meeting, "paragraph": paragraph, "text": edit.text, "version": edit.version}
        ask = desk.ask("minutes_edit", {**content, "reason": edit.reason})
        return answer(desk.minutes.edit(MeetingId(meeting), paragraph, edit, ask=ask))

    @routes.post(f"{_PATH}/paragraphs")
    @allow(Role.SECRETARY, member=_LEADERS)
    def add_paragraph(meeting: str) -> ResponseReturnValue:
        fields = body()
        after, text = fields.text("after", limit=60), fields.text("text", limit=MAX_TEXT)
        fields.end()
        ask = desk.ask("minutes_add", {"meeting": meeting, "after": after, "text": text})
        return answer(desk.minutes.add(MeetingId(meeting), text, after=after, ask=ask), 201)


def _comments(routes: Blueprint, desk: MinutesRoutes) -> None:
    @routes.post(f"{_PATH}/comment-period")
    @allow(Role.SECRETARY, member=_LEADERS)
    def share_minutes(meeting: str) -> ResponseReturnValue:
        fields = body()
        until = fields.instant("until") if fields.has("until") else None
        fields.end()
        asked = {"meeting": meeting, "until": None if until is None else until.isoformat()}
        return answer(desk.minutes.share(MeetingId(meeting), until, ask=desk.ask("minutes_share", asked)))

    @routes.post(f"{_PATH}/comments")
    @allow(Role.SECRETARY, member=ANY_MEMBER)
    def comment_minutes(meeting: str) -> ResponseReturnValue:
        fields = body()
        paragraph, text = fields.text("paragraph", limit=60), fields.text("text", limit=model.MAX_COMMENT)
        fields.end()
        ask = desk.ask("minutes_comment", {"meeting": meeting, "paragraph": paragraph, "text": text})
        return answer(desk.minutes.comment(MeetingId(meeting), paragraph, text, ask=ask), 201)

    @routes.post(f"{_PATH}/comments/<int:comment>/answer")
    @allow(Role.SECRETARY, member=_LEADERS)
    def answer_comment(meeting: str, comment: int) -> ResponseReturnValue:
        fields = body()
        said = CommentState(fields.choice("state", _ANSWERS))
        text = fields.text("text", limit=model.MAX_COMMENT, empty=said is CommentState.ACCEPTED)
        fields.end()
        content = {"meeting": meeting, "comment": comment, "state": said.value, "text": text}
        ask = desk.ask("minutes_answer", content)
        return answer(desk.minutes.answer(MeetingId(meeting), comment, said, text, ask=ask))


def _signing(routes: Blueprint, desk: MinutesRoutes) -> None:
    @routes.post(f"{_PATH}/put-up")
    @allow(Role.SECRETARY, member=_LEADERS)
    def put_up_minutes(meeting: str) -> ResponseReturnValue:
        fields = body()
        numbering = _numbering(fields) if fields.has("clerk") else None
        fields.end()
        asked = Asked(actor(), act_id(), desk.clock.now())
        return answer(desk.freezing.put_up(MeetingId(meeting), asked=asked, by=desk.by(), numbering=numbering), 201)

    @routes.post(f"{_PATH}/return")
    @allow(Role.SECRETARY, member=ANY_MEMBER)  # of the members: who is asked to sign, and who leads
    def return_minutes(meeting: str) -> ResponseReturnValue:
        fields = body()
        reason = fields.text("reason", limit=model.MAX_REASON)
        fields.end()
        by, asked = desk.by(), Asked(actor(), act_id(), desk.clock.now())
        author = Author(by, desk.people.person(by.person).name)
        desk.freezing.give_back(MeetingId(meeting), reason, asked=asked, author=author)
        return nothing()


def _concluding(routes: Blueprint, desk: MinutesRoutes) -> None:
    @routes.post("/api/meetings/<meeting>/items/<item>/conclusion")
    @allow(Role.SECRETARY, member=_LEADERS)
    def conclude_item(meeting: str, item: str) -> ResponseReturnValue:
        fields = body()
        said = Concluding(fields.text("text", limit=MAX_CONCLUSION, empty=True), fields.number("seen"))
        fields.end()
        ask = desk.ask("conclude", {"meeting": meeting, "item": item, "text": said.text, "seen": said.seen})
        told = desk.meetings.change(
            MeetingId(meeting),
            actor=ask.actor,
            now=ask.now,
            decide=lambda log: conclude(log.state, _item(item), said, by=ask.author.by),
            key=ask.key,
        )
        return answer(told)


def _numbering(fields: Fields) -> Numbering:
    """``{clerk, seal?, first?}``."""
    return Numbering(
        PersonId(fields.id("clerk", "u")),
        seal=fields.has("seal") and fields.flag("seal"),
        first=fields.number("first", low=1, high=MAX_NUMBER) if fields.has("first") else 0,
    )


def _item(text: str) -> str:
    try:
        return ids.parse("i", text)
    except BadId:
        return ""
