"""The table for the house: accounts, rooms, units, record, and what is one's own. No meeting's phase matters here."""

from __future__ import annotations

from typing import Final

from tests.permissions.people import (
    ADMINS,
    AUDITOR,
    CHAIR,
    CLERK,
    DESK,
    IT,
    LEADERS,
    OWNER,
    SECURITY,
    SIGNED_IN,
    SYSTEM,
)
from tests.permissions.rows import Row, row

#: In every phase: the house has none.
ANY: Final = "H"


def _to(*acts: str, who: frozenset[str], body: object = None, reaches: bool = False, **names: str) -> tuple[Row, ...]:
    return tuple(row(act, {who: ANY}, body, reaches=reaches, **names) for act in acts)


#: Who leads the house, its one unit, or a meeting; and who reads everything.
_REPORTED: Final = LEADERS | AUDITOR | OWNER | {"deputy"}

OWN: Final[tuple[Row, ...]] = (
    *_to(
        "GET /api/agency",
        "GET /api/consultations",
        "GET /api/invitations",
        "GET /api/letters/outdated",
        "GET /api/letters/received",
        "GET /api/me",
        "GET /api/me/calendar",
        "GET /api/me/certificates",
        "GET /api/me/readings",
        "GET /api/me/second-factor",
        "GET /api/me/sign-ins",
        "GET /api/meetings",
        "GET /api/minutes/waiting",
        "GET /api/readings/waiting",
        "GET /api/reports/mine",
        "GET /api/requests",
        "GET /api/remarks",
        "GET /api/rooms",
        "GET /api/signing/waiting",
        "GET /api/tasks",
        "GET /api/tasks/counts",
        "GET /api/tasks/counts.csv",
        "GET /api/tasks/counts.xlsx",
        "GET /api/units",
        who=SIGNED_IN,
    ),
    row("GET /api/me/feedback", {SIGNED_IN: ANY}),
    row("POST /api/me/feedback", {SIGNED_IN: ANY}, {"kind": "fault", "text": "x"}),
    row("POST /api/me/feedback/<int:number>/read", {OWNER: ANY}, {}, number="told"),
    row("GET /api/search", {SIGNED_IN: ANY}, query="?q=hop"),
    *(
        row(f"GET /api/reports{which}", {_REPORTED: ANY}, query=f"?from=2026-11-01&to=2026-11-30{more}", reaches=True)
        for which, more in (
            ("", ""),
            ("/meetings", "&of=held"),
            ("/report.csv", ""),
            ("/report.xlsx", ""),
            ("/report.pdf", ""),
        )
    ),
    row("GET /api/tasks/days/<day>", {SIGNED_IN: ANY}, day="2026-11-25"),
    row("GET /api/workdays/<int:year>", {SIGNED_IN: ANY}, year="2026"),
    row("DELETE /api/me/calendar", {SIGNED_IN: ANY}, {}),
    row("POST /api/me/calendar", {SIGNED_IN: ANY}, {"titles": True}),
    *_to(
        "POST /api/bridge/watch",
        "POST /api/me/password",
        "POST /api/me/second-factor",
        "POST /api/me/second-factor/codes",
        "POST /api/me/second-factor/confirm",
        "POST /api/signatures/check",
        who=SIGNED_IN,
        body={"surplus": 1},
        reaches=True,
    ),
    *_to(
        "POST /api/me/certificates/<use>",
        "POST /api/me/certificates/<use>/ask",
        who=SIGNED_IN,
        body={"surplus": 1},
        reaches=True,
        use="login",
    ),
    # These two would end the session that asks: that nobody but who is signed in may is shown, the act elsewhere.
    *_to("POST /api/lock", "POST /api/sign-out", who=SIGNED_IN, body={"surplus": 1}, reaches=True),
)

_PERSON: Final = {"username": "moi", "name": "M", "position": "", "unit": "", "roles": [], "password": "mật khẩu mới"}

HOUSE: Final[tuple[Row, ...]] = (
    row("PUT /api/agency", {SYSTEM: ANY}, {"parent": "", "name": "Cơ quan", "short": "CQ", "place": "Hà Nội"}),
    row("GET /api/people", {DESK | IT | ADMINS | CHAIR: ANY}),
    row("POST /api/people", {ADMINS: ANY}, _PERSON),
    row("POST /api/people/<person>/disable", {ADMINS: ANY}, {}, person="stranger"),
    row("POST /api/people/<person>/enable", {ADMINS: ANY}, {}, person="stranger"),
    row("POST /api/people/<person>/second-factor/reset", {SECURITY: ANY}, {}, person="stranger"),
    row("POST /api/people/<person>/password", {SECURITY: ANY}, {"seed": "A" * 43 + "="}, person="stranger"),
    row("POST /api/people/<person>/unit", {SYSTEM: ANY}, {"unit": "$unit"}, person="stranger"),
    row("GET /api/people/list/template", {ADMINS: ANY}),
    *_to("POST /api/people/list/look", "POST /api/people/list/take", who=ADMINS, body={"surplus": 1}, reaches=True),
    row("POST /api/sign-ins", {SECURITY | AUDITOR: ANY}, {}),
    row("GET /api/people/<person>/holdings", {ADMINS: ANY}, person="stranger"),
    row("POST /api/people/<person>/hand-over", {ADMINS: ANY}, {"lines": [], "reason": "x"}, person="stranger"),
    row("GET /api/hand-overs", {ADMINS | AUDITOR: ANY}),
    row("GET /api/hand-overs/<int:number>", {ADMINS | AUDITOR: ANY}, reaches=True, number="1"),
    row("GET /api/hand-overs/<int:number>/protocol.pdf", {ADMINS | AUDITOR: ANY}, reaches=True, number="1"),
    row("POST /api/hand-overs/<int:number>/go-on", {ADMINS: ANY}, {}, reaches=True, number="1"),
    row("GET /api/reviews", {ADMINS | AUDITOR: ANY}),
    row("POST /api/reviews", {ADMINS: ANY}, {}, reaches=True),
    row("POST /api/reviews/confirm", {ADMINS: ANY}, {"people": ["$stranger"]}, reaches=True),
    row("POST /api/reviews/end", {ADMINS: ANY}, {}, reaches=True),
    row("POST /api/units", {SYSTEM: ANY}, {"code": "MOI", "name": "Đơn vị mới"}),
    row("PUT /api/units/<unit>", {SYSTEM: ANY}, {"code": "DV", "name": "Đổi tên", "revision": 1}, unit="unit"),
    row("POST /api/units/<unit>/move", {SYSTEM: ANY}, {"revision": 1}, unit="unit"),
    row("POST /api/units/<unit>/close", {SYSTEM: ANY}, {"revision": 1}, reaches=True, unit="unit"),
    row("POST /api/units/<unit>/open", {SYSTEM: ANY}, {"revision": 1}, reaches=True, unit="unit"),
    row("GET /api/units/<unit>/people", {DESK | IT | CLERK | ADMINS: ANY}, unit="unit"),
    row("POST /api/workdays", {SYSTEM: ANY}, {"day": "2026-12-24", "kind": "off", "name": "Nghỉ"}),
    row("DELETE /api/workdays/<day>", {SYSTEM: ANY}, {}, reaches=True, day="2026-12-25"),
    row(
        "GET /api/rooms/<room>/taken", {DESK: ANY}, query="?starts_at=2026-12-07T01:30:00.000Z&minutes=60", room="room"
    ),
    row("GET /api/meeting-types", {DESK | SYSTEM: ANY}),
    *_to("POST /api/meeting-types", who=SYSTEM, body={"surplus": 1}, reaches=True),
    *_to("PUT /api/meeting-types/<outline>", who=SYSTEM, body={"surplus": 1}, reaches=True, outline="none_y"),
    *_to("DELETE /api/meeting-types/<outline>", who=SYSTEM, body={}, reaches=True, outline="none_y"),
    row("GET /api/meeting-templates", {DESK: ANY}),
    *_to(
        "PUT /api/meeting-templates/<outline>",
        "DELETE /api/meeting-templates/<outline>",
        who=DESK,
        body={},
        reaches=True,
        outline="none_y",
    ),
    row("POST /api/meetings", {DESK: ANY}, "$description"),
    *_to("GET /api/series", "POST /api/series", who=DESK, body={}, reaches=True),
    row("GET /api/service", {DESK | IT: ANY}),
)

#: Who sees that the record holds; what it says is the auditor's.
_READERS: Final = DESK | IT | SECURITY | AUDITOR

TECHNICAL: Final[tuple[Row, ...]] = (
    row("GET /api/devices", {IT: ANY}),
    row("GET /api/readings/refused", {IT: ANY}),
    *(
        row(f"POST /api/devices/<device>/{act}", {IT: ANY}, {}, reaches=True, device="none_d")
        for act in ("approve", "refuse", "revoke", "seat")
    ),
    row("POST /api/devices/<device>/wipe", {IT: ANY}, {}, reaches=True, device="none_d"),
    row("POST /api/devices/<device>/alerts/<kind>/settle", {IT: ANY}, {}, reaches=True, device="none_d", kind="copied"),
    row("POST /api/rooms", {IT: ANY}, {"name": "Phòng mới", "seats": [{"label": "A", "x": 1, "y": 1}]}),
    row("GET /api/devices.csv", {IT: ANY}),
    *_to(
        "GET /api/devices/book",
        "GET /api/devices/book.csv",
        "GET /api/devices/book.xlsx",
        "GET /api/devices/book/standing",
        who=IT,
    ),
    row("GET /api/devices/<device>/book", {IT: ANY}, reaches=True, device="none_d"),
    *_to("POST /api/devices/book/entries", "POST /api/devices/book/plans", who=IT, body={"surplus": 1}, reaches=True),
    *(
        row(f"POST /api/devices/book/{act}", {IT: ANY}, {}, reaches=True, number="9999")
        for act in ("entries/<int:number>/end", "entries/<int:number>/correct", "plans/<int:number>/end")
    ),
    *_to("GET /api/devices/list", "GET /api/devices/list/attention", "GET /api/devices/list/template", who=IT),
    *_to("POST /api/devices/list/look", "POST /api/devices/list/take", who=IT, body={"surplus": 1}, reaches=True),
    *(
        row(f"POST /api/devices/list/<int:number>/{act}", {IT: ANY}, {}, reaches=True, number="9999")
        for act in ("take-back", "settle")
    ),
    row("POST /api/devices/orders", {IT: ANY}, {"surplus": 1}, reaches=True),
    row("POST /api/devices/wake", {IT: ANY}, {"surplus": 1}, reaches=True),
    row("POST /api/devices/<device>/maintenance", {IT: ANY}, {}, reaches=True, device="none_d"),
    row("POST /api/devices/<device>/maintenance/end", {IT: ANY}, {}, reaches=True, device="none_d"),
    row("GET /api/rooms/<room>/screens", {IT | DESK: ANY}, room="room"),
    row("PUT /api/rooms/<room>/screens", {IT: ANY}, {"hours": None, "was": None}, room="room"),
    row("GET /api/updates", {IT: ANY}),
    row("POST /api/updates/releases", {IT: ANY}, {}, reaches=True),
    row("DELETE /api/updates/releases/<sha256>", {IT: ANY}, {}, reaches=True, sha256="0" * 64),
    row("POST /api/updates/rollouts", {IT: ANY}, {}, reaches=True),
    *(
        row(f"POST /api/updates/rollouts/<rollout>/{act}", {IT: ANY}, {}, reaches=True, rollout="none")
        for act in ("stop", "resume", "hurry", "end", "skip")
    ),
    row("GET /api/rooms/<room>/check", {IT | DESK: ANY}, room="room"),
    row("PUT /api/rooms/<room>/plan", {IT: ANY}, {"moved": [], "added": []}, room="room"),
    row("POST /api/rooms/<room>/display-link", {IT: ANY}, {}, room="room"),
    *_to("GET /api/record", "GET /api/record/export", "POST /api/record/verify", who=_READERS, body={}),
    *_to("POST /api/record/entries", "POST /api/record/entries/file", who=AUDITOR, body={}),
    row("POST /api/record/restored", {SECURITY: ANY}, {"surplus": 1}, reaches=True),
    *_to("GET /api/register/<int:year>", "GET /api/register/<int:year>/csv", who=DESK | CLERK | AUDITOR, year="2026"),
    row("GET /api/archive", {DESK | CLERK | AUDITOR: ANY}),
    row("POST /api/archive/transfers", {DESK | CLERK: ANY}, {}, reaches=True),
    row("GET /api/archive/transfers/<int:number>/list.pdf", {DESK | CLERK | AUDITOR: ANY}, reaches=True, number="1"),
    row("POST /api/archive/transfers/<int:number>/handed", {DESK | CLERK: ANY}, {}, reaches=True, number="1"),
    row("POST /api/archive/transfers/<int:number>/back", {DESK | CLERK: ANY}, {}, reaches=True, number="1"),
    row("GET /api/signing/pictures", {SECURITY | DESK: ANY}),
    row("GET /api/signing/pictures/<owner>", {SECURITY: ANY}, reaches=True, owner="stranger"),
    row("PUT /api/signing/pictures/<owner>", {SECURITY: ANY}, {}, reaches=True, owner="stranger"),
    row("GET /api/trust", {SECURITY | AUDITOR: ANY}),
    *_to(
        "POST /api/trust/authorities",
        "POST /api/trust/certificates",
        "POST /api/trust/challenges",
        "POST /api/trust/read",
        who=SECURITY,
        body={"surplus": 1},
        reaches=True,
    ),
    *_to(
        "POST /api/trust/authorities/<fingerprint>/remove",
        "POST /api/trust/certificates/<fingerprint>/withdraw",
        who=SECURITY,
        body={"surplus": 1},
        reaches=True,
        fingerprint="none_hash",
    ),
)

_GIVER: Final = frozenset({"secretary"})
_PART: Final = _GIVER | OWNER | {"member"}
_NOTE: Final = {"text": "Ghi chú (demo)"}

DESK_OF_FAULTS: Final[tuple[Row, ...]] = (
    row("GET /api/feedback", {IT: ANY}),
    row("POST /api/feedback/<int:number>/take", {IT: ANY}, {}, number="told"),
    row("POST /api/feedback/<int:number>/answer", {IT: ANY}, {"answer": "x"}, number="told"),
)

TASKS: Final[tuple[Row, ...]] = (
    row("POST /api/tasks", {DESK: ANY}, "$giving"),
    row("GET /api/tasks/<task>", {_PART: ANY}, task="task"),
    row("PUT /api/tasks/<task>", {_GIVER: ANY}, "$rewritten", task="task"),
    row("POST /api/tasks/<task>/<move>", {OWNER: ANY}, {}, task="task", move="accept"),
    row("POST /api/tasks/<task>/<move>", {_GIVER: ANY}, _NOTE, task="task", move="urge"),
    row("POST /api/tasks/<task>/<move>", {_GIVER: ANY}, _NOTE, task="task", move="drop"),
    row("POST /api/tasks/<task>/<move>", {_PART: ANY}, _NOTE, task="task", move="note"),
    row("POST /api/tasks/<task>/<move>", {OWNER | {"member"}: ANY}, _NOTE, task="task", move="refer"),
    row("POST /api/tasks/<task>/files", {OWNER | {"member"}: ANY}, {}, reaches=True, task="task"),
    row("GET /api/tasks/<task>/files/<int:number>", {_PART: ANY}, reaches=True, task="task", number="1"),
)

_SLIP: Final = "/api/consultations/<consultation>"
_LEADER: Final = frozenset({"chair"})
_STAFF: Final = DESK | _LEADER
_ASKED: Final = frozenset({"member", "guest"})
_LATER: Final = {"deadline": "2026-11-26T10:00:00.000Z", "reason": "x"}
_ANSWER: Final = {"answers": "$answers", "seen": 0, "nonce": "5a" * 32}

SLIPS: Final[tuple[Row, ...]] = (
    row("POST /api/consultations", {DESK: ANY}, "$slip"),
    row(f"GET {_SLIP}", {_STAFF | AUDITOR | _ASKED: ANY}, consultation="slip"),
    row(f"PUT {_SLIP}", {DESK: ANY}, {"revision": 1, "wording": "$slip"}, consultation="drafted"),
    row(f"DELETE {_SLIP}", {DESK: ANY}, {}, consultation="drafted"),
    row(f"POST {_SLIP}/submit", {DESK: ANY}, {"revision": 1}, consultation="drafted"),
    row(f"POST {_SLIP}/take-back", {DESK: ANY}, {}, consultation="submitted"),
    row(f"POST {_SLIP}/return", {_LEADER: ANY}, {"reason": "x"}, consultation="submitted"),
    row(f"POST {_SLIP}/send", {_LEADER: ANY}, {"revision": 2}, consultation="submitted"),
    row(f"POST {_SLIP}/remind", {_STAFF: ANY}, {}, consultation="slip"),
    row(f"POST {_SLIP}/remove", {_STAFF: ANY}, {"person": "$guest", "reason": "x"}, consultation="slip"),
    row(
        f"POST {_SLIP}/extend",
        {_STAFF: ANY},
        {"deadline": "2026-11-26T10:00:00.000Z", "reason": "x"},
        consultation="slip",
    ),
    row(f"POST {_SLIP}/close", {_STAFF: ANY}, {"reason": "x"}, consultation="slip"),
    row(f"POST {_SLIP}/withdraw", {_STAFF: ANY}, {"reason": "x"}, consultation="slip"),
    row(f"PUT {_SLIP}/draft", {_ASKED: ANY}, {"answers": "$answers", "revision": 0}, consultation="slip"),
    row(f"POST {_SLIP}/answer", {_ASKED: ANY}, _ANSWER, consultation="slip"),
    row(f"POST {_SLIP}/answer/ask", {_ASKED: ANY}, {"answers": "$answers"}, reaches=True, consultation="slip"),
    row(f"POST {_SLIP}/draw", {_ASKED: ANY}, {"blinded": "5a" * 256, "browser": ""}, reaches=True, consultation="slip"),
    *(
        row(f"GET {_SLIP}/{what}", {_STAFF | AUDITOR: ANY, _ASKED: ""}, reaches=True, consultation="slip")
        for what in ("bundle", "answers.csv", "answers.xlsx", "summary.pdf", "summary/pages")
    ),
    row(f"POST {_SLIP}/papers", {DESK: ANY}, {}, reaches=True, consultation="drafted"),
    row(f"DELETE {_SLIP}/papers/<paper>", {DESK: ANY}, {}, reaches=True, consultation="drafted", paper="none_p"),
    *(
        row(
            f"GET {_SLIP}/papers/<paper>/<int:version>/{what}",
            {_STAFF | AUDITOR | _ASKED: ANY},
            reaches=True,
            consultation="slip",
            paper="none_p",
            version="1",
            page="1",
        )
        for what in ("pages/<int:page>", "text/<int:page>", "search", "outline")
    ),
)
