"""The table for what is done with a meeting itself: preparing, leading, its papers, its roll.

Rules: written from product.md and the guides, not from the code; ``$name`` stands for a thing of the furnished meeting.
"""

from __future__ import annotations

from typing import Final

from tests.permissions.people import (
    ALL,
    AUDITOR,
    CHAIR,
    CLERK,
    DESK,
    IT,
    LEADERS,
    OTHERS,
    OWNER,
    SECRETARIES,
    SIGNED_IN,
    TABLE,
)
from tests.permissions.rows import Row, row

PRESENTER: Final = frozenset({"presenter"})
#: Once it is approved; before, only those who prepare a meeting know of it.
TOLD: Final = "AORCLX"
READERS: Final = LEADERS | AUDITOR
_SUBSTITUTE: Final = {"member": "$absent", "person": "$stranger", "may_speak": True, "may_vote": False, "reason": "x"}
_LEAVING: Final = {"item": "$item", "person": "$member", "reason": "x"}
_REASON: Final = {"reason": "Có lý do (demo)"}

LIFE: Final[tuple[Row, ...]] = (
    row("GET M", {READERS: ALL, OTHERS: TOLD}),
    row("GET M/events", {READERS: ALL}),
    row("GET M/calendar", {LEADERS: ALL, OTHERS: TOLD}),
    row("GET M/deadlines", {READERS: ALL}),
    row("GET M/delivery", {LEADERS | IT: ALL}),
    row("GET M/dossier", {READERS: ALL}),
    row("GET M/archive", {READERS: ALL}),
    row("POST M/archive", {LEADERS: "CL"}, {"years": 5}),
    row("PUT M/archive", {LEADERS: ALL}, {"years": 5, "reason": "x", "revision": 1}, reaches=True),
    row("PUT M", {SECRETARIES: "DSA"}, "$description"),
    row("PUT M/members", {SECRETARIES: "DSAOR"}, {"members": "$members"}),
    row("PUT M/agenda", {SECRETARIES: "DSAOR", CHAIR: "OR"}, {"items": "$items", "expected_seq": 999_999}),
    row("POST M/submit", {SECRETARIES: "D"}, {}),
    row("POST M/approve", {CHAIR: "S"}, {}),
    # The approved one has a paper at the seats already.
    row("POST M/return", {CHAIR: "S"}, _REASON),
    row("POST M/open", {CHAIR: "A"}, {}),
    # A vote is open in the meeting that goes on: it is ended first.
    row("POST M/recess", {CHAIR: "O"}, {}, reaches=True),
    row("POST M/resume", {CHAIR: "R"}, {}),
    row("POST M/close", {CHAIR: "R"}, {}),
    row("POST M/lock", {CHAIR: "C"}, _REASON),
    row("POST M/cancel", {LEADERS: "DSA"}, _REASON),
    row("POST M/template", {DESK: ALL}, {"name": "Mẫu (demo)"}),
    row("GET M/rehearsal", {LEADERS: ALL}),
    # The room is in use.
    row("POST M/rehearsal", {LEADERS: "A"}, {"leads": False}, reaches=True),
    row("POST M/rehearsal/end", {LEADERS: ALL}, {}, reaches=True),
)

LEADING: Final[tuple[Row, ...]] = (
    row("POST M/items/<item>/start", {CHAIR: "O"}, {}, item="next"),
    row("POST M/present", {LEADERS | PRESENTER: "O"}, {"paper": "$paper", "page": 1}),
    row("POST M/present/call", {CHAIR: "O"}, {}),
    row("POST M/present/hand", {CHAIR: "OR"}, {"person": "$member"}),
    row("POST M/present/stop", {LEADERS | PRESENTER: "OR"}, {}),
    row("POST M/display", {LEADERS: "AOR"}, {"mode": "item"}),
    row("GET M/attendance", {READERS: ALL}),
    row("GET M/attendance/sheet.csv", {READERS: ALL}),
    row("GET M/attendance/sheet.pdf", {READERS: ALL}),
    row("POST M/attendance", {LEADERS: "AORC"}, {"people": ["$member"], "presence": "late", "reason": "x"}),
    row("POST M/attendance/self", {TABLE: ALL}, {"said": "here"}, reaches=True),
    row("POST M/attendance/substitutes", {LEADERS: "DSAOR"}, _SUBSTITUTE),
    row("POST M/attendance/substitutes/end", {LEADERS: "AOR"}, {"member": "$replaced", "reason": "x"}),
    row("POST M/attendance/recusals", {LEADERS: "DSAOR"}, _LEAVING),
    row("POST M/attendance/recusals/end", {LEADERS: "AOR"}, {**_LEAVING, "person": "$recused"}),
    row("POST M/notices", {LEADERS: "DSAOR"}, {"to": "wall", "text": "Thử (demo)", "send": False}),
    row("POST M/notices/<notice>/send", {LEADERS: "OR"}, {}, notice="notice"),
    row("POST M/notices/<notice>/withdraw", {LEADERS: "OR"}, {}, notice="notice"),
    row("POST M/notices/<notice>/read", {frozenset({"member"}): "OR"}, {}, notice="sent"),
    row("POST M/service/<call>/take", {LEADERS | IT: "OR"}, {}, call="call"),
    row("POST M/service/<call>/done", {LEADERS | IT: "OR"}, {}, call="call"),
    row("POST M/service/<call>/cancel", {LEADERS | IT: "OR"}, {}, call="call"),
)

_PAGES: Final = "M/papers/<paper>/<int:version>"


def _paper_reading() -> tuple[Row, ...]:
    """Of a common paper, of one of an internal item and of one of a hidden item: page, text, search, outline."""
    inside = frozenset({"member", "deputy"})
    # The substitute has the rights of whom they stand for.
    seen = {"paper": OTHERS, "inner": inside | {"substitute"}, "hidden": frozenset[str]()}
    ways = (("pages/<int:page>", ""), ("text/<int:page>", ""), ("search", "?q=x"), ("outline", ""))
    return tuple(
        row(f"GET {_PAGES}/{way}", {LEADERS: ALL, others: "AOR"}, query=query, paper=paper, version="1", page="1")
        for paper, others in seen.items()
        for way, query in ways
        if paper == "paper" or way == "outline"
    )


PAPERS: Final[tuple[Row, ...]] = (
    *_paper_reading(),
    row("POST M/papers", {SECRETARIES: "DSAOR"}, "$upload"),
    row("POST M/papers/<paper>/versions", {SECRETARIES: "DSAOR"}, "$upload", reaches=True, paper="paper"),
    row("POST M/papers/<paper>/approve", {CHAIR: "DSAOR"}, {}, paper="fresh"),
    row("POST M/papers/<paper>/return", {CHAIR: "DSAOR"}, _REASON, paper="fresh"),
    row("POST M/publish", {SECRETARIES: "AOR"}, {}, reaches=True),
    row("GET M/requests", {READERS: ALL}),
    row("POST M/requests", {SECRETARIES: "DSAOR"}, {"requests": ["$wanted"]}),
    row("GET M/requests/<request>", {OWNER: "DSAOR"}, request="request"),
    row("PUT M/requests/<request>", {SECRETARIES: "DSAOR"}, "$changed", request="request"),
    row("POST M/requests/<request>/withdraw", {SECRETARIES: "DSAOR"}, _REASON, request="request"),
    row("POST M/requests/<request>/return", {SECRETARIES: ALL}, _REASON, reaches=True, request="request"),
    row("POST M/requests/<request>/paper", {OWNER | SECRETARIES: "DSAOR"}, "$stub", request="request"),
    # Nothing has been handed in.
    row("GET M/requests/<request>/pages/<int:page>", {OWNER: ""}, request="request", page="1"),
    row("POST M/requests/reminders", {SECRETARIES: "DSAOR"}, {}),
    row("GET M/readings", {LEADERS: ALL}),
    row("POST M/readings/<paper>/remind", {LEADERS: "AOR"}, {}, paper="paper"),
    # Of nobody but oneself.
    row("GET M/readings/mine", {SIGNED_IN: ALL}),
    row("POST M/readings/look", {AUDITOR: ALL}, {"reason": "Kiểm tra (demo)"}),
    row("GET M/rounds", {READERS: ALL, OTHERS: TOLD}),
    row("POST M/rounds", {SECRETARIES: ALL}, {}, reaches=True),
    row("POST M/rounds/<round_id>/close", {LEADERS: ALL}, {}, reaches=True, round_id="none_k"),
    *(
        row(f"{act.replace('@', 'M/rounds/<round_id>')}", {SIGNED_IN: ALL}, {}, reaches=True, round_id="none_k")
        for act in ("GET @/file", "POST @/ask", "POST @/begin", "POST @/complete", "POST @/give-back")
    ),
    row("GET M/taken", {LEADERS: ALL}, query="?room=x&starts_at=2026-12-07T01:30:00.000Z&minutes=60"),
    row("GET M/letters", {READERS: ALL}),
    row("POST M/letters", {SECRETARIES: "DSAOR"}, {"kind": "invitation"}),
    row("GET M/letters/<letter>", {READERS: "A"}, letter="letter"),
    row("PUT M/letters/<letter>", {SECRETARIES: "A"}, {"revision": 1, "wording": "$wording"}, letter="letter"),
    row("DELETE M/letters/<letter>", {SECRETARIES: "A"}, letter="letter"),
    row("GET M/letters/<letter>/preview.pdf", {READERS: "A"}, letter="letter"),
    row("GET M/letters/<letter>/pages", {READERS: "A"}, letter="letter"),
    row("GET M/letters/<letter>/file", {READERS | CLERK | OTHERS: ALL}, reaches=True, letter="letter"),
    row("POST M/letters/<letter>/put-up", {SECRETARIES: "A"}, {"clerk": "$clerk"}, reaches=True, letter="letter"),
    row("POST M/letters/<letter>/withdraw", {LEADERS: ALL}, _REASON, reaches=True, letter="letter"),
    row("POST M/letters/<letter>/revoke", {LEADERS: ALL}, _REASON, reaches=True, letter="letter"),
    row("POST M/letters/<letter>/issue", {SECRETARIES | CLERK: ALL}, {}, reaches=True, letter="letter"),
)
