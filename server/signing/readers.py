"""Who is shown a round, and may have its file.

Rules: pure. What waits for signatures, and what is signed but not issued, is known to its signers, to who leads the
meeting and to who reads all; members are shown what all have signed. Of minutes they read the words on their own page:
the file holds the whole log (BB11).

Usage: ``shown(rounds, state, actor)``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from server.identity.model import Actor, Role
from wire.places import LEADING
from wire.state import MeetingState

_MINUTES: Final = "minutes"


def reads_all(state: MeetingState, actor: Actor) -> bool:
    """Who leads the meeting, secretaries of the house and auditors."""
    member = state.member(actor.person_id)
    return actor.has(Role.SECRETARY, Role.AUDITOR) or (member is not None and member.role in LEADING)


def reads_file(state: MeetingState, round_id: str, actor: Actor) -> bool:
    """Whether the file of minutes is theirs to have, as :func:`shown` tells of the round."""
    signs = any(
        person == actor.person_id for each in state.rounds if each.round == round_id for person, _ in each.signers
    )
    return signs or reads_all(state, actor)


def shown(rounds: Sequence[Mapping[str, Any]], state: MeetingState, actor: Actor) -> list[dict[str, Any]]:
    """Those of ``rounds`` that are this reader's to know of, each with ``may_read``: whether its file is."""
    all_ = reads_all(state, actor)
    found = []
    for each in rounds:
        theirs = all_ or any(signer["person"] == actor.person_id for signer in each["signers"])
        if theirs or (each["complete"] and _is_out(state, each["round"])):
            found.append({**each, "may_read": theirs or each["kind"] != _MINUTES})
    return found


def _is_out(state: MeetingState, round_id: str) -> bool:
    """Unless the round is of a document that is signed and not issued, or holds no more (N9, N17)."""
    return all(each.is_out for each in state.letters if each.round == round_id)
