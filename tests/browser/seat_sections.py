"""Sections of a seat in every state, with the long names and titles that Vietnamese public bodies really have.

Usage: `sections("signed_in", link=offline())`.
"""

from __future__ import annotations

from typing import Any

from tests.browser.paper_twin import TwinPaper

MEETING = "m-aaaaaaaaaaaaaaaa"
CHAIR = "u-aaaaaaaaaaaaaaaa"
#: The round of minutes.
ROUND = "k-aaaaaaaaaaaaaaaa"
ME = "u-bbbbbbbbbbbbbbbb"
LONG = "Nguyễn Hoàng Phương Uyên Thảo (demo)"
TITLES = [
    "Khai mạc, tuyên bố lý do, giới thiệu đại biểu",
    "Thông qua chương trình phiên họp",
    "Báo cáo kết quả công tác kiểm sát quý III và phương hướng, nhiệm vụ trọng tâm quý IV năm 2026",
    "Tờ trình về dự thảo Nghị quyết tăng cường kiểm sát việc tạm giữ, tạm giam",
    "Thảo luận",
    "Biểu quyết thông qua Nghị quyết",
    "Kết luận và bế mạc",
]
PAPERS = {
    "p-aaaaaaaaaaaaaaaa": TwinPaper(
        "Báo cáo kết quả công tác quý III năm 2026",
        20,
        contents=[
            {"title": "Phần thứ nhất: Kết quả công tác", "page": 1, "level": 0},
            {"title": "I. Thực hành quyền công tố", "page": 2, "level": 1},
            {"title": "II. Kiểm sát hoạt động tư pháp", "page": 8, "level": 1},
            {"title": "Phần thứ hai: Phương hướng, nhiệm vụ", "page": 15, "level": 0},
        ],
    ),
    "p-bbbbbbbbbbbbbbbb": TwinPaper("Tờ trình số 3/TTr-VKS về dự thảo Nghị quyết", 300),
    "p-cccccccccccccccc": TwinPaper("Phụ lục: bảng số liệu án hình sự theo đơn vị", 2, size=(842, 595)),
    "p-dddddddddddddddd": TwinPaper("Dự thảo Nghị quyết đã ký số", 4),
}


def agenda(*, active: int = 4) -> list[dict[str, Any]]:
    """Seven items, two of them with a child; ``active`` counts from 1, 0: none has begun."""
    rows: list[tuple[str, str | None, str, str]] = [
        (f"i-{chr(96 + n) * 16}", None, str(n), title) for n, title in enumerate(TITLES, 1)
    ]
    rows.insert(5, ("i-xxxxxxxxxxxxxxxx", rows[4][0], "5.1", "Ý kiến của các đơn vị nghiệp vụ"))
    items = []
    for item, parent, number, title in rows:
        place = int(number.split(".")[0])
        state = "done" if place < active else "active" if place == active and parent is None else "waiting"
        items.append(
            {
                "item": item,
                "parent": parent,
                "number": number,
                "title": title,
                "minutes": 15 * place,
                "visibility": "internal" if number == "5.1" else "common",
                "presenter": ME if place == 4 else None,
                "state": state,
                "started_at": "2026-11-21T02:29:39.000Z" if state != "waiting" else None,
                "ended_at": None,
                "papers": [paper["paper"] for paper in papers() if paper["item"] == item],
            },
        )
    return items


def papers() -> list[dict[str, Any]]:
    """Four papers of items 3 and 4."""
    places = ["i-cccccccccccccccc", "i-dddddddddddddddd", "i-dddddddddddddddd", "i-dddddddddddddddd"]
    return [
        {
            "paper": paper,
            "item": item,
            "title": twin.title,
            "secrecy": "internal" if at == 1 else "normal",
            "version": 2 if at == 0 else 1,
            "state": "published",
            "pages": twin.pages,
            "size_bytes": 412_000 * (at * 37 + 1),
            "plain_sha256": "0" * 64,
            "owner": CHAIR,
            "signed": at == 3,
            "published_version": 2 if at == 0 else 1,
            "reason": "",
        }
        for at, ((paper, twin), item) in enumerate(zip(PAPERS.items(), places, strict=True))
    ]


def holding(*, parts: int = 0) -> dict[str, Any]:
    """All papers are there but the third, of which ``parts`` of 16 have come (16: all)."""
    found = {f"{p['paper']}.{p['published_version']}": {"have": 16, "chunks": 16, "ready": True} for p in papers()}
    found["p-cccccccccccccccc.1"] = {"have": parts, "chunks": 16, "ready": parts == 16}
    return found


def presenting(
    *, page: int = 3, person: str = CHAIR, paper: str = "p-bbbbbbbbbbbbbbbb", version: int = 1, call: int = 0
) -> dict[str, Any]:
    """The chair presents."""
    name = "Trần Văn Chủ Tọa (demo)"
    return {"paper": paper, "version": version, "page": page, "person": person, "name": name, "call": call}


LONG_QUESTION = (
    "Thông qua dự thảo Nghị quyết của Ủy ban kiểm sát về tăng cường công tác kiểm sát việc tạm giữ, tạm giam và thi "
    "hành án hình sự, trong đó giao các đơn vị nghiệp vụ phối hợp với Viện kiểm sát nhân dân các khu vực rà soát "
    "toàn bộ trường hợp quá hạn và báo cáo kết quả trước ngày 15 tháng 12 năm 2026"
)
_TEMPLATE = (("for", "Tán thành", "for"), ("against", "Không tán thành", "against"))
_OWN = tuple(
    (f"a{n}", f"Phương án {n}: giao đơn vị nghiệp vụ số {n} chủ trì, phối hợp với Văn phòng tổng hợp", means)
    for n, means in enumerate(("for", "against", "other", "other", "other", "abstain"), 1)
)


def vote(*, own: bool = False, present: bool = True, state: str = "open", **more: Any) -> dict[str, Any]:
    """A vote as this seat sees it; ``own``: six long answers of one's own wording."""
    answers = _OWN if own else (*_TEMPLATE, ("abstain", "Không biểu quyết", "abstain"))
    mine = {"person": ME, "name": LONG, "weight": 1, "present": present, "voted": False}
    return {
        "vote": "v-aaaaaaaaaaaaaaaa",
        "item": "i-dddddddddddddddd",
        "kind": "open",
        "question": LONG_QUESTION,
        "template": "own" if own else "approve",
        "answers": [{"answer": answer, "text": text, "means": means} for answer, text, means in answers],
        "rule": {"base": "all", "majority": {"num": 2, "den": 3, "more": False}, "quorum": None, "tie": "fails"},
        "seconds": 0,
        "weights": [],
        "repeats": None,
        "reason": "",
        "state": state,
        "opened_at": "2026-11-21T02:29:39.000Z",
        "closed_at": None,
        "announced_at": None,
        "ends_at": None,
        "by_clock": False,
        "turnout": {"entitled": 45, "present": 41, "cast": 17},
        "roll": [mine],
        "receipts": [],
        "ballots": [],
        "result": None,
        **more,
    }


def election(*, counted: bool = False) -> dict[str, Any]:
    """Forty-five candidates with long names; ``counted``: three of five seats are filled, and two people are tied."""
    names = [(f"a{n}", f"{LONG} {n}", "other") for n in range(1, 46)]
    answers = [{"answer": answer, "text": text, "means": means} for answer, text, means in names]
    rule = {"base": "cast", "majority": {"num": 1, "den": 2, "more": True}, "quorum": None, "tie": "fails"}
    paper: dict[str, Any] = {
        "answers": answers,
        "rule": rule,
        "election": {"least": 1, "most": 5, "seats": 5},
        "template": "candidates",
    }
    if not counted:
        return vote(question="Bầu Ban kiểm phiếu (demo)", **paper)
    votes = [41, 35, 30, 22, 22, *range(18, 0, -1), *[0] * 22]
    counts = [
        {"answer": answer, "votes": n, "people": n, "hundredths": n * 10_000 // 41}
        for (answer, _, _), n in zip(names, votes, strict=True)
    ]
    result = {
        "counts": counts,
        "sums": {"all": 45, "present": 41, "cast": 41, "decided": 0},
        "favour": 0, "against": 0, "of": 41, "need": 21, "hundredths": 0,
        "quorum": {"present": 41, "of": 45, "need": 0, "met": True},
        "tie": False, "chair": None, "outcome": "unfilled",
        "elected": ["a1", "a2", "a3"], "tied": ["a4", "a5"],
    }  # fmt: skip
    turnout = {"entitled": 45, "present": 41, "cast": 41}
    return vote(
        state="announced", question="Bầu Ban kiểm phiếu (demo)", result=result, **(paper | {"turnout": turnout})
    )


def announced() -> dict[str, Any]:
    """An open vote that has its result: twenty for, one against, one silent."""
    roll = [
        {"person": f"u-{n:016}", "name": f"{LONG} {n}", "weight": 1, "present": True, "voted": n < 21}
        for n in range(22)
    ]
    ballots = [
        {"person": one["person"], "answer": "against" if at == 20 else "for", "statement": ""}
        for at, one in enumerate(roll[:21])
    ]
    counts = [
        {"answer": answer, "votes": n, "people": n, "hundredths": n * 454}
        for answer, n in (("for", 20), ("against", 1), ("abstain", 0))
    ]
    result = {
        "counts": counts,
        "sums": {"all": 22, "present": 22, "cast": 21, "decided": 21},
        "favour": 20, "against": 1, "of": 22, "need": 12, "hundredths": 9090,
        "quorum": {"present": 22, "of": 22, "need": 0, "met": True},
        "tie": False, "chair": None, "outcome": "passed",
    }  # fmt: skip
    turnout = {"entitled": 22, "present": 22, "cast": 21}
    return vote(state="announced", roll=roll, ballots=ballots, result=result, turnout=turnout)


def speech(
    number: int, state: str = "waiting", *, kind: str = "speech", person: str = "", **more: Any
) -> dict[str, Any]:
    """A turn to speak on the item that is dealt with; ``number`` is its place while it waits."""
    at = "2026-11-21T02:41:30.000Z" if state == "speaking" else None
    return {
        "speech": f"q-{chr(96 + number) * 16}",
        "item": "i-dddddddddddddddd",
        "person": person or f"u-{chr(100 + number) * 16}",
        "kind": kind,
        "name": f"{LONG} {number}",
        "position": "Kiểm sát viên cao cấp, Vụ trưởng Vụ Thực hành quyền công tố",
        "unit": "Vụ Thực hành quyền công tố và kiểm sát điều tra án kinh tế",
        "state": state,
        "place": number if state == "waiting" else 0,
        "by": "",
        "reason": "",
        "asked_at": "2026-11-21T02:35:00.000Z",
        "called_at": None,
        "started_at": at,
        "ended_at": None,
        "limit_ms": 300_000,
        "spent_ms": 0,
        "since": at,
        "ends_at": None,
        "by_clock": False,
        "written": None,
        **more,
    }


def speaking(*speeches: dict[str, Any]) -> dict[str, Any]:
    """The section of the same name; one person and one unit have spoken before."""
    seconds = {"speech": 300, "order": 60, "question": 120, "answer": 300}
    chosen = {"order": "first", "warn": 30, "person": 0, "group": 0, "span": "meeting", "cuts": False}
    unit = {"unit": "Vụ Thực hành quyền công tố và kiểm sát điều tra án kinh tế", "turns": 5, "ms": 950_000}
    people = [{"person": "u-" + "f" * 16, "turns": 2, "ms": 250_000}]
    return {"rules": {**chosen, "seconds": seconds}, "speeches": list(speeches), "people": people, "groups": [unit]}


def full_floor(*, me: int = 3) -> dict[str, Any]:
    """Somebody speaks, ten wait; who sits here is the ``me``-th."""
    kinds = {1: "order", 2: "question"}
    waiting = [speech(n, kind=kinds.get(n, "speech"), person=ME if n == me else "") for n in range(1, 11)]
    return speaking(speech(15, "speaking", person="u-" + "f" * 16), *waiting)


def notice(number: int = 1, text: str = "Mời đồng chí ký biên bản (demo)") -> dict[str, Any]:
    """A message from the chair to who sits here."""
    return {
        "notice": f"g-{chr(96 + number) * 16}",
        "to": "seats",
        "text": text,
        "people": [ME],
        "seconds": 0,
        "by": CHAIR,
        "state": "sent",
        "sent_at": "2026-11-21T02:41:00.000Z",
        "ends_at": None,
        "read": [],
    }


def offline() -> dict[str, Any]:
    """No connection for a while."""
    return {"state": "offline", "behind": False, "since_at": "2026-11-21T02:40:00.000Z"}


def meeting(phase: str = "open") -> dict[str, Any]:
    """The meeting in a phase."""
    return {
        "id": MEETING,
        "title": "Phiên họp Ủy ban kiểm sát Viện kiểm sát nhân dân tỉnh Quảng Ninh quý IV năm 2026 (demo)",
        "type": "committee",
        "room": "r-aaaaaaaaaaaaaaaa",
        "room_name": "Phòng họp số 1, tầng 3, trụ sở Viện kiểm sát nhân dân tỉnh",
        "starts_at": "2026-11-21T01:30:00.000Z",
        "planned_minutes": 180,
        "phase": phase,
        "reason": "",
        "opened_at": None,
        "closed_at": None,
    }


def token(state: str = "ready", **more: Any) -> dict[str, Any]:
    """A token in the reader, or none."""
    there = state in {"ready", "working", "blocked"}
    name = LONG if there else ""
    pin = {"tries_left": 3 if there else None, "low": False, "last": False, "shortest": 4, "longest": 8}
    more = {
        "code": "",
        "data": {},
        "count": int(state != "absent"),
        "needed": False,
        "mine": False,
        "signs": True,
    } | more
    return {"state": state, "name": name, **pin, **more}


def signing(
    *, signed: tuple[int, ...] = (), open_: str = "", step: str = "", code: str = "", leased: bool = False,
    me: int = 1, closed: bool = False, data: dict[str, Any] | None = None, number: str = "",
) -> dict[str, Any]:  # fmt: skip
    """Minutes that the chair signs after who sits here; ``signed``: who has; ``open_``: ``ready`` or ``coming``.

    ``number``: what the signature gives the paper.
    """
    order = [people()[me], people()[0 if me else 1]]
    first = next((at for at in range(2) if at not in signed), None)
    signers = [
        {
            "person": one["id"],
            "name": one["name"],
            "signed_at": "2026-11-21T02:40:00.000Z" if at in signed else None,
            "next": at == first and not closed,
        }
        for at, one in enumerate(order)
    ]
    one: dict[str, Any] = {
        "round": ROUND,
        "kind": "minutes",
        "title": "Biên bản phiên họp Ủy ban kiểm sát Viện kiểm sát nhân dân tỉnh Quảng Ninh quý IV năm 2026 (demo)",
        "ordered": True,
        "revision": len(signed),
        "size_bytes": 412_345,
        "sha256": "5f9391f58728bf296d2fa822c6cec2cacfd9fef2aeea98ddd2d1e2d1cdb018d4",
        "opened_at": "2026-11-21T02:30:00.000Z",
        "closed_at": "2026-11-21T02:41:00.000Z" if closed else None,
        "leased_by": people()[3]["id"] if leased else None,
        "leased_until": "2026-11-21T02:42:32.000Z" if leased else None,
        "signers": signers,
        "mark": {"page": 3, "box": [320_000, 640_000, 500_000, 710_000]},
    }
    if number:
        one["number"] = {"number": number, "date": "2026-11-21"}
    if leased:
        one["ordered"] = False
        one["signers"].append({**signers[1], "person": people()[3]["id"], "name": people()[3]["name"], "next": True})
    other = one | {
        "round": "k-bbbbbbbbbbbbbbbb",
        "kind": "notice",
        "title": "Thông báo kết luận (demo)",
        "signers": [each | {"signed_at": "2026-11-21T02:35:00.000Z", "next": False} for each in signers],
        "closed_at": "2026-11-21T02:36:00.000Z",
    }
    came = {"round": ROUND, "sha256": one["sha256"], "paper": "p-bbbbbbbbbbbbbbbb", "version": 1, "code": ""}
    here = {"ready": True, "have": 2, "parts": 2} if open_ == "ready" else {"ready": False, "have": 5, "parts": 12}
    return {
        "waiting": int(signers[0]["next"] and not closed),
        "rounds": [one, other],
        "open": came | here if open_ else None,
        "work": {"round": ROUND, "step": step, "code": code, "data": data or {}} if step else None,
    }


def seat(state: str, **more: Any) -> dict[str, Any]:
    """The section ``seat``."""
    return {
        "state": state,
        "label": "42",
        "room_name": "Phòng họp số 1",
        "device": "d-aaaaaaaaaaaaaaaa",
        "code": "",
        "qr": None,
        "message": "",
    } | more


def people() -> list[dict[str, Any]]:
    """Who may sign in here; the first is the chair, the second sits here."""
    names = ["Trần Văn Chủ Tọa (demo)", LONG, "Lê Thị Mỹ Phượng (demo)", "Phạm Đức Quyết (demo)", "Vũ Ngọc Ánh (demo)"]
    position = "Phó Trưởng phòng Thực hành quyền công tố và kiểm sát điều tra án ma túy"
    unit = "Viện kiểm sát nhân dân thành phố Hồ Chí Minh"
    return [
        {"id": f"u-{chr(97 + at) * 16}", "name": name, "position": position, "unit": unit}
        for at, name in enumerate(names)
    ]


def ready() -> dict[str, Any]:
    """Who is ready for a vote, as the chair's seat is told it: eleven are not, and more did not fit (W126)."""
    whys = [*["offline"] * 3, *["locked"] * 3, *["token_out"] * 4, "left_seated", *["excused"] * 5]
    people = [
        {
            "person": f"u-{number:016}",
            "name": f"{LONG} {number}",
            "standing": "unready" if number < 10 else "away",
            "why": why,
            "seat": f"B{number}",
        }
        for number, why in enumerate(whys)
    ]
    return {
        "entitled": 45, "present": 37, "able": 27, "represented": 1, "recused": 1, "people": people, "more": 2
    }  # fmt: skip


def members(role: str) -> list[dict[str, Any]]:
    """The people as members of the meeting."""
    roles = ["chair", "member" if role == "chair" else role, "member", "guest", "member"]
    more = {"unit": "Phòng 1", "seat": None, "seat_label": "", "signed_in": True}
    return [
        {"person": one["id"], "name": one["name"], "position": one["position"], "role": part, **more}
        for one, part in zip(people(), roles, strict=True)
    ]


def marks() -> dict[str, dict[str, Any]]:
    """Private marks on the report: two lines of text, a stroke, a long note, and one that kept its page by a guess."""
    base = {"paper": "p-aaaaaaaaaaaaaaaa", "version": 1, "page": 1}
    text = "Đề nghị Vụ 7 làm rõ số liệu điểm 3, so với báo cáo quý II của Viện kiểm sát nhân dân khu vực 4"
    lines = [[1100, 1300, 7000, 1490], [1100, 1560, 5200, 1750]]
    contents: list[dict[str, Any]] = [
        {"kind": "highlight", "color": "amber", "rects": lines, "anchor": {"text": "xem xét", "box": lines[0]}},
        {"kind": "ink", "color": "blue", "width": 34, "strokes": [{"xy": [2000, 3000, 3000, 3100, 4200, 2950]}]},
        {"kind": "note", "color": "red", "at": [8800, 1400], "text": text},
        {"kind": "note", "color": "amber", "at": [1500, 2500], "text": "Hỏi lại kế toán", "since": 1, "page": 3},
    ]
    return {f"n-{chr(97 + n) * 16}": base | content for n, content in enumerate(contents)}


def kept(reason: str) -> dict[str, Any]:
    """Under maintenance since the morning; another seat is named."""
    return {"dark": False, "maintenance": {"reason": reason, "since": "2026-11-21T01:00:00.000Z", "instead": "B12"}}


def sections(state: str, *, role: str = "member", phase: str = "open", **more: Any) -> dict[str, Any]:
    """All sections of a seat in ``state``; ``more`` replaces some."""
    inside = state in {"signed_in", "locked"}
    person = people()[0] if role == "chair" else people()[1]
    found: dict[str, Any] = {
        "seat": seat(state),
        "link": {"state": "online", "behind": False, "since_at": "2026-11-21T01:00:00.000Z"},
        "person": {**person, "role": role} if inside else None,
        "expected": people()[1],
        "choices": people(),
        "holding": holding(parts=6) if inside else {},
        "acts": [],
        "recalled": None,
        "signing": None,
    }
    if state == "welcome" or inside:
        found["meeting"] = meeting(phase)
    if state == "signed_in":
        found |= {
            "members": members(role),
            "agenda": agenda(),
            "papers": papers(),
            "presenting": None,
            "display": {"mode": "item", "text": ""},
            "recall": {"expected": [], "receipts": []},
            "marks": {"ready": True, "rev": 1, "unsent": 0, "code": ""},
        }
    return found | more
