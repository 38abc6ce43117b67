"""Documents as the consoles read them.

Usage: ``letter_value(seen, name_of)``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from server.letters import model
from server.letters.service import Seen
from wire.fields import print_instant


def letter_value(seen: Seen, name_of: Callable[[str], str]) -> dict[str, Any]:
    """One document, without its wording."""
    letter = seen.letter
    signer = letter.wording.signer
    return {
        "letter": letter.id,
        "kind": letter.kind.value,
        "stage": seen.stage.value,
        "moves": [each.value for each in model.moves(seen.stage)],
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
    }


def whole_value(seen: Seen, name_of: Callable[[str], str]) -> dict[str, Any]:
    """One document with what it says."""
    return {**letter_value(seen, name_of), "wording": seen.letter.wording.to_value()}
