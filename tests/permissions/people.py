"""The roles of the matrix and the groups the tables speak of.

A ``desk`` is a secretary of the house who is no member of the meeting, a ``writer`` its secretary by membership alone;
``deputy``: a member, deputy head of the unit that was asked for a paper; ``owner``: who was asked for one and is in no
meeting; ``substitute``: a guest who takes an absent member's place once the meeting is approved.
"""

from __future__ import annotations

from typing import Final

#: What each phase is called in the tables.
PHASES: Final = {
    "D": "draft",
    "S": "submitted",
    "A": "approved",
    "O": "open",
    "R": "recess",
    "C": "closed",
    "L": "locked",
    "X": "cancelled",
}
ALL: Final = "".join(PHASES)

CHAIR: Final = frozenset({"chair"})
#: Secretaries by account.
DESK: Final = frozenset({"secretary", "desk"})
SECRETARIES: Final = DESK | {"writer"}
LEADERS: Final = CHAIR | SECRETARIES
#: In the meeting without leading it.
OTHERS: Final = frozenset({"member", "deputy", "presenter", "substitute", "guest"})
#: Everybody in the meeting.
TABLE: Final = CHAIR | {"secretary", "writer"} | OTHERS
AUDITOR: Final = frozenset({"auditor"})
IT: Final = frozenset({"it"})
CLERK: Final = frozenset({"clerk"})
SYSTEM: Final = frozenset({"system"})
SECURITY: Final = frozenset({"security"})
ADMINS: Final = SYSTEM | SECURITY
OWNER: Final = frozenset({"owner"})
STRANGER: Final = frozenset({"stranger"})
NOBODY: Final = "nobody"
#: Whoever has an account.
SIGNED_IN: Final = TABLE | {"desk"} | AUDITOR | IT | CLERK | ADMINS | OWNER | STRANGER
EVERYBODY: Final = (*sorted(SIGNED_IN), NOBODY)
