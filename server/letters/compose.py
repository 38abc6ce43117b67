"""From a meeting to the document: the wording that is proposed, and the value that is set (N8, N10).

Rules: pure. What is proposed comes from the meeting and is text from then on: people change it. What guests may not
know – internal and hidden items – is in no proposal and in no appendix. The number and the day are blanks: the registry
clerk gives them. A name stands without the mark of demo data, as it is signed.

Usage::

    wording = proposed(Kind.INVITATION, Facts(state, house, answers_by=day))
    document = composed(letter.kind, wording, facts, signer="Nguyễn Văn A", now=now)
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

from server.agency.model import House
from server.attendance.table import HOUSE
from server.documents.model import (
    Appendix,
    Basis,
    Column,
    Document,
    Foot,
    Heading,
    Part,
    Points,
    Signing,
    Symbol,
    Table,
    Text,
    day_in_words,
    time_in_words,
)
from server.letters.days import day_of
from server.letters.model import MAX_LINES, POINT, Kind, Wording
from wire.agenda import numbers
from wire.places import LEADING
from wire.state import Item, MeetingState, Member, MemberRole, PaperState
from wire.tally import Outcome, verdict
from wire.visibility import is_common
from wire.votes import Vote, VoteState

#: As many names, items or papers stand in the text; more go to an appendix, or are named together.
FEW: Final = 6
#: How the text of a document ends (Phụ lục I, II.6).
_END: Final = "./."
#: How the sentence of what was carried begins.
_PASSED: Final = "Thông qua"
_PEOPLE: Final = (Column("STT", 4, "center"), Column("Họ và tên", 16), Column("Chức vụ, đơn vị", 26))
_AGENDA: Final = (
    Column("TT", 4, "center"),
    Column("Nội dung", 30),
    Column("Người trình bày", 14),
    Column("Phút", 5, "center"),
)
_TASKS: Final = (
    Column("STT", 4, "center"),
    Column("Nhiệm vụ", 24),
    Column("Chủ trì", 13),
    Column("Phối hợp", 13),
    Column("Thời hạn", 9, "center"),
)


@dataclass(frozen=True, slots=True)
class Facts:
    """What a document is made from. ``answers_by``: until when answers are in time; None without a date.

    ``tasks``: what was given, as everybody may know it: what, who leads, who helps, until when.
    """

    state: MeetingState
    house: House
    answers_by: dt.date | None = None
    tasks: tuple[tuple[str, str, tuple[str, ...], str], ...] = ()

    @property
    def agency(self) -> str:
        """In one line."""
        return " ".join(self.house.name)

    @property
    def chair(self) -> Member | None:
        """Who chairs."""
        return next((each for each in self.state.members if each.role is MemberRole.CHAIR), None)

    @property
    def guests(self) -> tuple[Member, ...]:
        """Whom the invitation names: all but who invites, and who keeps the minutes."""
        return tuple(each for each in self.state.members if each.role not in LEADING)

    @property
    def items(self) -> tuple[Item, ...]:
        """What everybody may know of the agenda."""
        return tuple(each for each in self.state.agenda if is_common(self.state, each))

    @property
    def votes(self) -> tuple[Vote, ...]:
        """The announced results that everybody may know of."""
        known = {each.item for each in self.items}
        return tuple(each for each in self.state.votes if each.state is VoteState.ANNOUNCED and each.item in known)


def plain(name: str) -> str:
    """As it stands in a document: without the mark of demo data."""
    return name.partition(" (")[0]


def about(member: Member) -> str:
    """``đồng chí Nguyễn Văn A, Viện trưởng``."""
    return "đồng chí " + ", ".join(each for each in (plain(member.name), member.position) if each)


def capital(words: str) -> str:
    """With a capital in front."""
    return words[:1].upper() + words[1:]


def proposed(kind: Kind, facts: Facts) -> Wording:
    """What a new draft says, to be changed by people."""
    chair = facts.chair
    signed = Wording(
        "",
        (),
        authority=() if chair is None else (chair.position or "Chủ trì",),
        signer="" if chair is None else chair.person,
    )
    made = {Kind.INVITATION: _invitation, Kind.NOTICE: _notice, Kind.RESOLUTION: _resolution}[kind](facts)
    # As it will be read back: a paragraph a line, and no more lines than a draft has.
    body = tuple(line.strip() for text in made.body for line in text.splitlines() if line.strip())
    return Wording(
        made.abstract,
        body[:MAX_LINES],
        authority=signed.authority,
        signer=signed.signer,
        basis=made.basis,
        recipients=made.recipients,
        people=made.people,
        agenda=made.agenda,
        tasks=made.tasks,
    )


def _invitation(facts: Facts) -> Wording:
    state, guests, items = facts.state, facts.guests, [each for each in facts.items if each.parent is None]
    lines = []
    if 0 < len(guests) <= FEW:
        lines += [f"{facts.agency} trân trọng kính mời:"]
        lines += [POINT + capital(about(each)) for each in guests]
    else:
        lines += [f"{facts.agency} trân trọng kính mời các đồng chí có tên trong danh sách kèm theo."]
    lines.append(f"Tới dự: {plain_title(state.title)}.")
    if facts.chair is not None:
        lines.append(f"Chủ trì: {capital(about(facts.chair))}.")
    if state.starts_at is not None and day_of(state.starts_at) is not None:
        lines.append(f"Thời gian: {moment(state.starts_at)}.")
    if state.room_name:
        lines.append(f"Địa điểm: {state.room_name}.")
    if 0 < len(items) <= FEW:
        lines += ["Nội dung:", *(POINT + plain_title(each.title) for each in items)]
    elif items:
        lines.append("Nội dung: theo chương trình kèm theo.")
    lines += _papers(facts)
    if facts.answers_by is not None:
        lines.append(
            "Đề nghị các đồng chí trả lời dự họp, báo vắng hoặc cử người dự thay trên hệ thống phòng họp không giấy"
            f" chậm nhất {day_in_words(facts.answers_by)}."
        )
    return Wording(
        plain_title(state.title),
        tuple(lines),
        recipients=("Như trên", "Lưu: VT"),
        people=not 0 < len(guests) <= FEW,
        agenda=len(items) > FEW,
    )


def _papers(facts: Facts) -> list[str]:
    common = {each.item for each in facts.items}
    shown = [each for each in facts.state.papers if each.item in common and each.state is PaperState.PUBLISHED]
    if not shown:
        return []
    if len(shown) > FEW:
        return [f"Tài liệu: {len(shown)} tài liệu, đọc trên hệ thống phòng họp không giấy."]
    return ["Tài liệu, đọc trên hệ thống phòng họp không giấy:", *(POINT + plain_title(each.title) for each in shown)]


def _notice(facts: Facts) -> Wording:
    state, chair = facts.state, facts.chair
    who = "chủ trì" if chair is None else about(chair)
    held = "" if state.opened_at is None else f"Ngày {_day(state.opened_at)}, "
    lines = [f"{held}{facts.agency} tổ chức {plain_title(state.title)}, do {who} chủ trì."]
    lines.append("Sau khi nghe báo cáo và ý kiến của các đại biểu, chủ trì kết luận như sau:")
    numbered = numbers(state.agenda)
    concluded = {each.item: each.text for each in state.conclusions}
    # What the chair concluded nothing of is for the writer to add: a document says no dots.
    lines += [
        f"{numbered[each.item]}. {each.title}: {concluded[each.item]}" for each in facts.items if each.item in concluded
    ] or ["1. …"]
    if facts.tasks:
        lines.append("Các nhiệm vụ được giao, đơn vị chủ trì và thời hạn hoàn thành: theo danh mục kèm theo.")
    return Wording(
        f"Kết luận của {who} tại {plain_title(state.title)}",
        tuple(lines),
        recipients=("Các đơn vị dự họp", "Lưu: VT"),
        tasks=bool(facts.tasks),
    )


def _resolution(facts: Facts) -> Wording:
    state = facts.state
    passed = [each for each in facts.votes if verdict(each).outcome is Outcome.PASSED]
    lines = [f"Điều {number}. {_passed(each.question)}" for number, each in enumerate(passed, 1)] or ["Điều 1. …"]
    count = len(lines)
    lines.append(f"Điều {count + 1}. Các đơn vị có liên quan chịu trách nhiệm thi hành nghị quyết này.")
    held = "" if state.opened_at is None else f" ngày {_day(state.opened_at)}"
    return Wording(
        f"Về {plain_title(state.title)}",
        tuple(lines),
        basis=(f"Căn cứ kết quả {plain_title(state.title)}{held};",),
        recipients=(f"Như Điều {count + 1}", "Lưu: VT"),
    )


def _passed(question: str) -> str:
    """The sentence of a question that was carried; most questions already ask whether something is to be passed."""
    words = question.strip().rstrip(".")
    rest = words[len(_PASSED) :]
    # A whole word: "Thông quan lô hàng" asks for something else.
    begins = words[: len(_PASSED)].casefold() == _PASSED.casefold() and not rest[:1].isalnum()
    return f"{_PASSED}{rest}." if begins else f"{_PASSED}: {words}."


def plain_title(title: str) -> str:
    """A meeting's title as documents name it."""
    return title.removesuffix(" (demo)")


def moment(at: dt.datetime) -> str:
    """``08 giờ 30, thứ Tư, ngày 02 tháng 12 năm 2026``, in Viet Nam."""
    local = at.astimezone(HOUSE)
    return f"{time_in_words(local.time())}, {_WEEKDAYS[local.weekday()]}, {day_in_words(local.date())}"


_WEEKDAYS: Final = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")


def _day(at: dt.datetime) -> str:
    return day_in_words(at.astimezone(HOUSE).date()).removeprefix("ngày ")


# ---------------------------------------------------------------- the document


def composed(kind: Kind, wording: Wording, facts: Facts, *, signer: str, now: dt.datetime) -> Document:
    """The document that ``wording`` says, number and day left blank; ``signer``: their name."""
    parts: list[Part] = [Basis(line) for line in _basis(wording.basis)]
    if kind is Kind.RESOLUTION:
        parts.append(Heading("QUYẾT NGHỊ:", centred=True))
    parts += _body(wording.body)
    return Document(
        facts.house.issuing,
        Symbol(f"{kind.abbreviation}-{facts.house.short}"),
        kind.heading,
        wording.abstract,
        tuple(parts),
        Foot(Signing(wording.authority or ("…",), plain(signer)), recipients=wording.recipients),
        now.astimezone(HOUSE).year,
        urgency=wording.urgency,
        appendices=_appendices(kind, wording, facts),
    )


def _basis(lines: tuple[str, ...]) -> list[str]:
    """Each ends with a semicolon, the last with a full stop (Phụ lục I, II.6)."""
    bare = [line.rstrip(" ;.") for line in lines]
    return [line + (";" if number + 1 < len(bare) else ".") for number, line in enumerate(bare)]


def _body(lines: tuple[str, ...]) -> list[Part]:
    parts: list[Part] = []
    points: list[str] = []
    ended = (*lines[:-1], lines[-1].rstrip(" ./") + _END) if lines else ()
    for line in ended:
        if line.startswith(POINT):
            points.append(line.removeprefix(POINT))
            continue
        if points:
            parts.append(Points(tuple(points)))
            points = []
        parts.append(Text(line))
    return [*parts, Points(tuple(points))] if points else parts


def _appendices(kind: Kind, wording: Wording, facts: Facts) -> tuple[Appendix, ...]:
    wanted = []
    if wording.people:
        rows = tuple(
            (str(at), plain(each.name), ", ".join(word for word in (each.position, each.unit) if word))
            for at, each in enumerate(facts.guests, 1)
        )
        wanted.append(("Danh sách đại biểu được mời", Table(_PEOPLE, rows, "Đại biểu được mời")))
    if wording.agenda:
        wanted.append(("Chương trình họp", Table(_AGENDA, _items(facts), "Chương trình họp")))
    if wording.tasks and facts.tasks:
        given = tuple(
            (str(at), title, plain(lead), ", ".join(plain(each) for each in helpers), due)
            for at, (title, lead, helpers, due) in enumerate(facts.tasks, 1)
        )
        wanted.append(("Danh mục nhiệm vụ được giao", Table(_TASKS, given, "Nhiệm vụ được giao")))
    labels = ("Phụ lục",) if len(wanted) == 1 else ("Phụ lục I", "Phụ lục II", "Phụ lục III")
    note = f"(Kèm theo {kind.heading} của {facts.agency})"
    return tuple(Appendix(label, title, (table,), note) for label, (title, table) in zip(labels, wanted, strict=False))


def _items(facts: Facts) -> tuple[tuple[str, ...], ...]:
    numbered = numbers(facts.state.agenda)
    found = []
    for each in facts.items:
        presenter = None if each.presenter is None else facts.state.member(each.presenter)
        name = "" if presenter is None else plain(presenter.name)
        found.append((numbered[each.item], each.title, name, str(each.minutes) if each.minutes else ""))
    return tuple(found)
