"""The table for what people do in a meeting: speaking, votes, minutes, tasks, answers, signed acts."""

from __future__ import annotations

from typing import Final

from tests.permissions.of_meetings import PRESENTER, READERS, TOLD
from tests.permissions.people import ALL, DESK, LEADERS, OTHERS, SECRETARIES, TABLE
from tests.permissions.rows import Row, row

_OWN: Final = frozenset({"member"})
#: Who is counted when a vote is opened; a substitute where that was granted.
_VOTERS: Final = frozenset({"chair", "member", "deputy"})
_SENT: Final = frozenset({"substitute"})
_MINUTES: Final = "M/minutes"
_FOR: Final = {"answer": "for"}
_VOTE: Final = {
    "item": "$item",
    "kind": "open",
    "question": "Thông qua? (demo)",
    "template": "approve",
    "rule": {"base": "all", "majority": {"num": 1, "den": 2, "more": True}, "quorum": None, "tie": "fails"},
}

_REMARK: Final = {"kind": "comment", "readers": "all", "text": "Góp ý (demo)"}
_WISH: Final = {"item": "$item", "about": "Chỉ tiêu (demo)", "minutes": 5}
#: Who comments and asks: of the house's secretaries those who are in the meeting.
_WRITING: Final = frozenset({"chair", "secretary", "writer", "deputy"}) | _OWN | _SENT

BEFORE: Final[tuple[Row, ...]] = (
    row("GET M/before", {READERS: ALL, OTHERS: TOLD}),
    row("POST M/remarks", {_WRITING: "A"}, {"item": "$item", **_REMARK}),
    row("PUT M/remarks/<remark>", {_OWN: "A"}, {**_REMARK, "revision": 1}, remark="remark"),
    row("POST M/remarks/<remark>/withdraw", {_OWN: "A"}, {}, remark="remark"),
    row("PUT M/remarks/<remark>/answer", {LEADERS | PRESENTER: "AOR"}, {"text": "x", "revision": 1}, remark="remark"),
    row("POST M/advance", {_OWN | _SENT | {"deputy"}: "A"}, _WISH),
    row("POST M/advance/<request>/withdraw", {_OWN: "AOR"}, {}, request="wish"),
    row("POST M/advance/<request>/accept", {LEADERS: "AOR"}, {}, request="wish"),
    row("POST M/advance/<request>/refuse", {LEADERS: "AOR"}, {"reason": "x"}, request="wish"),
    row("PUT M/advance", {LEADERS: "AOR"}, {"item": "$next", "advances": ["$wish"]}),
)

SPEAKING: Final[tuple[Row, ...]] = (
    row("POST M/speaking", {TABLE: "AOR"}, {"item": "$item", "kind": "question"}),
    row("PUT M/speaking/rules", {LEADERS: "DSAOR"}, "$speaking"),
    row("PUT M/speaking/queue", {LEADERS: "O"}, {"item": "$item", "speeches": ["$speech"]}, reaches=True),
    # Somebody was called already.
    row("POST M/speaking/<speech>/call", {LEADERS: "O"}, {}, reaches=True, speech="speech"),
    row("POST M/speaking/<speech>/put_back", {LEADERS: "O"}, {}, speech="called"),
    row("POST M/speaking/<speech>/start", {LEADERS: "O"}, {}, speech="called"),
    row("POST M/speaking/<speech>/pause", {LEADERS: "OR"}, {}, reaches=True, speech="speech"),
    row("POST M/speaking/<speech>/resume", {LEADERS: "OR"}, {}, reaches=True, speech="speech"),
    row("POST M/speaking/<speech>/refuse", {LEADERS: "O"}, {"reason": "x"}, speech="speech"),
    row("POST M/speaking/<speech>/extend", {LEADERS: "OR"}, {"seconds": 60}, reaches=True, speech="called"),
    row("POST M/speaking/<speech>/cancel", {LEADERS | _OWN: "O"}, {}, speech="speech"),
    # Nobody speaks, and nothing is written yet.
    row("POST M/speaking/<speech>/stop", {LEADERS | _OWN: ""}, {}, speech="speech"),
    row("POST M/speaking/<speech>/text", {_OWN: "O"}, {"text": "Ý kiến (demo)"}, speech="speech"),
    row("GET M/speaking/<speech>/text", {READERS | _OWN: ""}, speech="speech"),
)

VOTES: Final[tuple[Row, ...]] = (
    row("POST M/votes", {LEADERS: "DSAOR"}, _VOTE),
    row("PUT M/votes/<vote>", {LEADERS: "O"}, _VOTE, vote="vote"),
    row("POST M/votes/<vote>/withdraw", {LEADERS: "O"}, {"reason": "x"}, vote="vote"),
    row("GET M/votes/ready", {LEADERS: ALL}, reaches=True, query="?vote=$vote"),
    row("POST M/votes/<vote>/open", {LEADERS: "O"}, {}, reaches=True, vote="vote"),
    row("POST M/votes/<vote>/pause", {LEADERS: "O"}, {}, vote="running"),
    row("POST M/votes/<vote>/resume", {LEADERS: "O"}, {}, reaches=True, vote="running"),
    row("POST M/votes/<vote>/close", {LEADERS: "O"}, {}, vote="running"),
    row("POST M/votes/<vote>/announce", {LEADERS: "OR"}, {}, reaches=True, vote="running"),
    row("POST M/votes/<vote>/go_on", {LEADERS: "OR"}, {"run": 1}, reaches=True, vote="running"),
    row("GET M/votes/<vote>/bundle", {READERS: ALL}, reaches=True, vote="running"),
    row("GET M/votes/<vote>/collection", {LEADERS: ALL}, reaches=True, vote="running"),
    row("POST M/votes/<vote>/ballot", {_VOTERS: "O", _SENT: ""}, {"answer": "for", "nonce": "5a" * 32}, vote="running"),
    row(
        "POST M/votes/<vote>/ballot/ask",
        {_VOTERS: ALL, _SENT: "AORCL"},
        {"answer": "for"},
        reaches=True,
        vote="running",
    ),
)

MINUTES: Final[tuple[Row, ...]] = (
    row("POST M/items/<item>/conclusion", {LEADERS: "ORC"}, {"text": "Giao (demo).", "seen": 0}, item="item"),
    row(f"GET {_MINUTES}", {READERS: "ORCL", OTHERS: ""}),
    row(f"GET {_MINUTES}/history", {READERS: ALL}),
    row(f"GET {_MINUTES}/draft.pdf", {READERS: "ORCL", OTHERS: ""}),
    row(f"PUT {_MINUTES}/paragraphs/<paragraph>", {LEADERS: ALL}, {"version": 0}, reaches=True, paragraph="opening"),
    row(f"POST {_MINUTES}/paragraphs", {LEADERS: ALL}, {"after": "x", "text": "x"}, reaches=True),
    row(f"POST {_MINUTES}/comment-period", {LEADERS: ALL}, {}, reaches=True),
    row(f"POST {_MINUTES}/comments/<int:comment>/answer", {LEADERS: ALL}, {}, reaches=True, comment="1"),
    row(f"POST {_MINUTES}/put-up", {LEADERS: ALL}, {}, reaches=True),
    row(f"POST {_MINUTES}/comments", {DESK | TABLE: ALL}, {}, reaches=True),
    row(f"POST {_MINUTES}/return", {DESK | TABLE: ALL}, {}, reaches=True),
)

ANSWERS: Final[tuple[Row, ...]] = (
    row("GET M/invitation", {READERS: ALL, OTHERS: TOLD}),
    row("GET M/invitation/candidates", {LEADERS: ALL, OTHERS: TOLD}),
    row("POST M/invitation/answer", {TABLE: ALL}, {}, reaches=True),
    row("POST M/invitation/answers/<person>", {LEADERS: ALL}, {}, reaches=True, person="member"),
    row("POST M/invitation/decisions/<person>", {LEADERS: ALL}, {}, reaches=True, person="member"),
    row("POST M/invitation/reminders", {LEADERS: ALL}, {}, reaches=True),
    row("GET M/statements", {READERS: ALL}),
    row("GET M/statements/<sha256>", {READERS: ALL}, reaches=True, sha256="none_hash"),
    row("GET M/statements/expected/<kind>", {TABLE: ALL}, reaches=True, kind="presence"),
    row("POST M/statements/<kind>", {TABLE: ALL}, {}, reaches=True, kind="presence"),
    row("POST M/statements/<kind>/ask", {TABLE: ALL}, {}, reaches=True, kind="presence"),
    row("GET M/tasks", {LEADERS: ALL}),
    row("POST M/tasks", {LEADERS: "DSAORCL"}, "$giving"),
    row("POST M/tasks/agenda", {SECRETARIES: ALL}, {}, reaches=True),
)
