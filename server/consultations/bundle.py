"""A slip's bundle: everything an independent count needs, as one JSON value (V10, W162).

Rules: made of what is kept and of nothing else, so it is the same whenever it is made after the close; its SHA-256
stands in the record. ``wire/recount_consultation.py`` counts it by itself.

Usage: ``bundle(desk, tx, slip)``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from server.consultations import counting, model
from server.consultations.model import Recipient, Slip
from server.consultations.secret import service as secret
from server.consultations.secret.counted import counted
from server.consultations.tools import Desk
from server.unit import Transaction
from wire.fields import print_instant

FORMAT: Final = "phonghop/v1/consultation-bundle"


def bundle(desk: Desk, tx: Transaction, slip: Slip) -> dict[str, Any]:
    """Of a slip that is being closed, or was."""
    store = desk.tools.store
    recipients, papers = store.recipients(tx, slip.id), store.papers(tx, slip.id)
    head = {
        "format": FORMAT,
        "slip": model.content(slip, papers, recipients),
        "sha256": slip.sha256,
        "removed": [each.person for each in recipients if not each.counts],
    }
    if slip.wording.secret:
        return head | _secret(desk, tx, slip, recipients)
    handed = []
    for each in store.handed_in(tx, slip.id):
        value = desk.opened(slip, each)
        line = {
            "person": each.person,
            "number": each.number,
            "at": print_instant(each.at),
            "nonce": value["nonce"],
            "commitment": each.commitment,
            "answers": value["answers"],
        }
        signed = {"statement": value["statement"], "cms": value["cms"]} if each.signed else None
        handed.append({**line, "signed": signed})
    answers = desk.answers(tx, slip, recipients)
    results = counting.results(slip.wording.questions, recipients, answers)
    return head | {"answers": handed, "results": _results(results)}


def _secret(desk: Desk, tx: Transaction, slip: Slip, recipients: Sequence[Recipient]) -> dict[str, Any]:
    """Who was given a ballot, in an order that is nobody's, and all ballots with their signatures (W175)."""
    opened = secret.opened(desk, tx, slip)
    questions = slip.wording.questions
    results = counted(slip, recipients, opened).results(questions) if opened.is_open else []
    return {
        "given": sorted(each.person for each in recipients if each.drawn),
        **opened.to_value(),
        "results": _results(results),
    }


def _results(results: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{"question": each["question"], "result": each["result"]} for each in results]
