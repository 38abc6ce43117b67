"""The draft of the minutes from the record: facts in, sections of blocks out (BB1, BB2).

Rules: pure; the same log gives the same draft. The order is that of Mẫu 1.9 (NĐ 30/2020, Phụ lục III): times, place,
who attended, chair, secretary, what happened item by item, the end.

Usage: ``drafted(facts_of(state, events))``.
"""

from __future__ import annotations

from collections.abc import Iterator

from server.minutes import voted
from server.minutes.attendance import Absent, Attendance, Came, Left
from server.minutes.blocks import CLOSING, OPENING, Block, BlockKind, Section
from server.minutes.facts import Facts, ItemFacts, Speaker
from server.minutes.saying import Clock, lasted, listed, sentence, two, whole
from wire.speaking import SpeechKind
from wire.state import Presence

_TURNS = {
    SpeechKind.SPEECH: ("speeches", "Ý kiến phát biểu"),
    SpeechKind.QUESTION: ("questions", "Chất vấn"),
    SpeechKind.ANSWER: ("answers", "Giải trình"),
    SpeechKind.ORDER: ("orders", "Kiến nghị về thủ tục"),
}
_ROLL = ("attendance_recorded", "members_set", "substitute_named", "substitute_ended", "person_seated", "person_left")


def drafted(facts: Facts) -> tuple[Section, ...]:
    """The whole draft."""
    clock = Clock(facts.state.opened_at)
    items = (
        Section(each.item.item, f"{each.number}. {each.item.title}", tuple(_item(each, clock))) for each in facts.items
    )
    return (
        Section(OPENING, "", tuple(_opening(facts, clock))),
        *items,
        Section(CLOSING, "", tuple(_closing(facts, clock))),
    )


def _fact(block: str, text: str, seqs: tuple[int, ...] = ()) -> Block:
    return Block(block, BlockKind.FACT, text, seqs)


def _opening(facts: Facts, clock: Clock) -> Iterator[Block]:
    state, sources, roll = facts.state, facts.sources, facts.sources.of_kinds(*_ROLL)
    described = sources.of_kinds("meeting_created", "meeting_described")
    if state.opened_at is not None:
        yield _fact("start", f"Thời gian bắt đầu: {whole(state.opened_at)}.", sources.of_kinds("meeting_opened"))
    if state.room_name:
        yield _fact("place", sentence(f"Địa điểm: {state.room_name}"), described)
    yield from _people(facts.attendance, clock, roll)
    members = sources.of_kinds("members_set")
    if facts.chair is not None:
        yield _fact("chair", sentence(f"Chủ trì (chủ tọa): {facts.chair.whole}"), members)
    if facts.secretaries:
        names = listed(each.whole for each in facts.secretaries)
        yield _fact("secretary", sentence(f"Thư ký (người ghi biên bản): {names}"), members)
    yield Block("opening.notes", BlockKind.NOTE, "")


def _people(found: Attendance, clock: Clock, roll: tuple[int, ...]) -> Iterator[Block]:
    yield _fact("attended", f"Thành phần tham dự: {_counted(found)}", roll)
    if found.absent:
        yield _fact("absent", sentence(f"Vắng mặt: {listed(map(_missing, found.absent))}"), roll)
    if found.late:
        yield _fact("late", sentence(f"Đến muộn: {listed(_delayed(each, clock) for each in found.late)}"), roll)
    if found.left:
        yield _fact("left", sentence(f"Rời cuộc họp: {listed(_gone(each, clock) for each in found.left)}"), roll)
    if found.substitutes:
        standing = (
            f"{each.who.titled} dự thay {each.member.titled}"
            f" ({'có' if each.may_vote else 'không có'} quyền biểu quyết{_because(each.reason)})"
            for each in found.substitutes
        )
        yield _fact("substitutes", sentence(f"Người dự thay: {listed(standing)}"), roll)
    if found.guests:
        yield _fact("guests", sentence(f"Khách mời: {listed(each.whole for each in found.guests)}"), roll)


def _counted(found: Attendance) -> str:
    words = f"{two(found.came)}/{two(found.entitled)} thành viên dự họp (danh sách kèm theo)."
    quorum = found.quorum
    if quorum is None:
        return words
    then = f" Khi khai mạc có mặt {two(quorum.present)}/{two(quorum.entitled)} thành viên"
    if quorum.need is None:
        return f"{words}{then}."
    met = "đủ" if quorum.met else "chưa đủ"
    return f"{words}{then}, theo quy định cần {two(quorum.need)}: {met} số thành viên để họp."


def _missing(absent: Absent) -> str:
    word = {Presence.EXCUSED: "có lý do", Presence.ABSENT: "không có lý do"}.get(
        absent.presence or Presence.LEFT, "chưa điểm danh"
    )
    return f"{absent.who.titled} ({word}{_because(absent.reason)})"


def _delayed(came: Came, clock: Clock) -> str:
    when = "không ghi giờ đến" if came.at is None else f"lúc {clock.at(came.at)}"
    return f"{came.who.titled} ({when}{_because(came.reason)})"


def _gone(left: Left, clock: Clock) -> str:
    back = "" if left.back_at is None else f", trở lại lúc {clock.at(left.back_at)}"
    return f"{left.who.titled} (lúc {clock.at(left.at)}{back}{_because(left.reason)})"


def _because(reason: str) -> str:
    return f": {' '.join(reason.split())}" if reason else ""


def _item(found: ItemFacts, clock: Clock) -> Iterator[Block]:
    name = found.item.item
    yield _fact(f"{name}.course", _course(found, clock), found.seqs)
    if found.recused:
        away = listed(f"{who.titled}{_because(reason)}" for who, reason in found.recused)
        yield _fact(f"{name}.recused", sentence(f"Không tham gia nội dung này: {away}"), found.away)
    yield Block(f"{name}.notes", BlockKind.NOTE, "")
    for kind, (word, title) in _TURNS.items():
        turns = [each for each in found.speakers if each.kind is kind]
        if turns:
            seqs = tuple(sorted(seq for each in turns for seq in each.seqs))
            yield _fact(f"{name}.{word}", "\n".join([f"{title}:", *map(_turn, turns)]), seqs)
    if found.handed:
        names = listed(f"{each.who.titled} ({each.characters} ký tự)" for each in found.handed)
        seqs = tuple(sorted(seq for each in found.handed for seq in each.seqs))
        yield _fact(f"{name}.written", sentence(f"Ý kiến gửi bằng văn bản: {names}"), seqs)
    for vote in found.votes:
        yield _fact(vote.vote.vote, voted.said(vote, clock), vote.seqs)
    if found.conclusion is not None:
        text = f"Kết luận của chủ tọa: {found.conclusion.text.strip()}"
        yield _fact(f"{name}.conclusion", text, (found.conclusion.seq,))


def _course(found: ItemFacts, clock: Clock) -> str:
    if not found.spans:
        return "Nội dung này chưa được tiến hành."
    begun, ended = found.spans[0][0], found.spans[-1][1]
    course = f"Tiến hành từ {clock.at(begun)} đến {clock.at(ended)} ({lasted(1000 * found.seconds)})."
    return course if found.presenter is None else f"{course} {sentence(f'Người trình bày: {found.presenter.whole}')}"


def _turn(speaker: Speaker) -> str:
    about = f" ({speaker.who.about})" if speaker.who.about else ""
    return f"- Đồng chí {speaker.who.name}{about}: {two(speaker.turns)} lượt, {lasted(speaker.spent_ms)};"


def _closing(facts: Facts, clock: Clock) -> Iterator[Block]:
    state, sources = facts.state, facts.sources
    if facts.recesses:
        spans = listed(
            f"từ {clock.at(each.since)}" + ("" if each.until is None else f" đến {clock.at(each.until)}")
            for each in facts.recesses
        )
        yield _fact("recess", sentence(f"Tạm nghỉ: {spans}"), sources.of_kinds("meeting_recessed", "meeting_resumed"))
    yield Block("closing.notes", BlockKind.NOTE, "")
    if state.closed_at is not None:
        ended = f"Cuộc họp kết thúc vào {whole(state.closed_at)}./."
        yield _fact("end", ended, sources.of_kinds("meeting_closed"))
