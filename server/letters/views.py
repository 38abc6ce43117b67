"""Documents as the consoles read them.

Usage: ``letter_value(seen, name_of)``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from server.letters import model
from server.letters.model import Letter
from server.letters.seen import Seen
from server.meetings.ports import MeetingRow
from wire.fields import print_instant


def letter_value(seen: Seen, name_of: Callable[[str], str]) -> dict[str, Any]:
    """One document, without its wording."""
    letter = seen.letter
    signer = letter.wording.signer
    return {
        "letter": letter.id,
        "kind": letter.kind.value,
        "stage": seen.stage.value,
        "moves": [each.value for each in model.moves(seen.stage, letter.kind)],
        "revision": letter.revision,
        "abstract": letter.wording.abstract,
        "signer": signer or None,
        "signer_name": name_of(signer) if signer else "",
        "round": letter.round or None,
        "signed": seen.signed,
        "signers": seen.signers,
        "number": seen.number or None,
        "issued_on": seen.issued_on or None,
        "changed_at": print_instant(letter.changed_at),
        "issued_at": None if letter.issued_at is None else print_instant(letter.issued_at),
        "outdated": seen.outdated,
        "revoked": seen.revoked,
    }


def outdated_value(row: MeetingRow, seen: Seen) -> dict[str, Any]:
    """An invitation to a time or room that its meeting has no more."""
    about = {"meeting": row.id, "title": row.title, "starts_at": print_instant(row.starts_at)}
    told = {"letter": seen.letter.id, "stage": seen.stage.value, "number": seen.number or None}
    return {**about, "room_name": row.room_name, **told}


def received_value(row: MeetingRow, letter: Letter) -> dict[str, Any]:
    """What came to a member and was not read."""
    sent = None if letter.issued_at is None else print_instant(letter.issued_at)
    about = {"meeting": row.id, "title": row.title, "letter": letter.id, "round": letter.round}
    return {**about, "kind": letter.kind.value, "abstract": letter.wording.abstract, "sent_at": sent}


def whole_value(seen: Seen, name_of: Callable[[str], str]) -> dict[str, Any]:
    """One document with what it says."""
    told = {"wording": seen.letter.wording.to_value(), "differs": [each.to_value() for each in seen.differs]}
    return {**letter_value(seen, name_of), **told}
