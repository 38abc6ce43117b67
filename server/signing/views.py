"""Rounds and offers as screens and terminals see them: JSON.

Rules: moments are RFC 3339; bytes are base 64; the file itself travels on its own.

Usage: ``round_value(Shown(round, about, names=…, plans=…, job=…), size_bytes=…, sha256=…, now=now)``.
"""

from __future__ import annotations

import base64
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from server.signing.model import Level, Order, Round, Signer
from server.signing.planning import MarkPlan
from server.signing.ports import About, Offer, Raise
from wire.fields import print_instant
from wire.ids import PersonId


@dataclass(frozen=True, slots=True)
class Shown:
    """A round and what is said with it."""

    found: Round
    about: About
    names: Mapping[PersonId, str]
    plans: Mapping[PersonId, bytes]
    job: Raise | None


def moment(at: dt.datetime) -> str:
    """RFC 3339."""
    return print_instant(at)


def round_value(shown: Shown, *, size_bytes: int, sha256: str, now: dt.datetime) -> dict[str, Any]:
    """Everything a console shows of a round."""
    found, about, job = shown.found, shown.about, shown.job
    lease = found.lease if found.lease is not None and now < found.lease.until else None
    return {
        "round": found.id,
        "meeting": about.meeting,
        "kind": about.kind,
        "title": about.title,
        "order": found.order.value,
        "level": found.wanted.value,
        "revision": found.revision,
        "size_bytes": size_bytes,
        "sha256": sha256,
        "opened_at": print_instant(about.opened_at),
        "closed_at": _or_none(found.closed_at),
        "complete": found.is_complete,
        "lease": None if lease is None else {"person": lease.person, "until": print_instant(lease.until)},
        "signers": [_signer(one, shown) for one in found.signers],
        "raising": None if found.wanted is Level.B_B or job is None else _job(job),
    }


def number_value(number: int, notation: str, day: dt.date, *, given: bool) -> dict[str, Any]:
    """Number and date of a paper; ``given``: by the clerk's signature, else they are what it would be given now."""
    return {"number": f"{number:02d}{notation}", "date": day.isoformat(), "given": given}


def offer_value(offer: Offer) -> dict[str, Any]:
    """What a terminal gets: it already has the first ``base_bytes`` bytes, and checks all of it itself (G5–G8)."""
    return {
        "base_bytes": offer.base_bytes,
        "update": _text(offer.file[offer.base_bytes :]),
        "signed_attributes": _text(offer.signed_attributes),
        "digest": offer.digest,
        "fence": offer.fence,
        "until": print_instant(offer.until),
        "warning": offer.warning,
    }


def _signer(one: Signer, shown: Shown) -> dict[str, Any]:
    plan = shown.plans.get(one.person)
    return {
        "person": one.person,
        "name": shown.names[one.person],
        "signed_at": _or_none(one.signed_at),
        "mark": "none" if plan is None else MarkPlan.from_bytes(plan, None).wish.kind.value,
        "next": _is_next(one, shown.found),
    }


def _is_next(one: Signer, found: Round) -> bool:
    if one.signed_at is not None or found.closed_at is not None:
        return False
    first = next(signer for signer in found.signers if signer.signed_at is None)
    return found.order is Order.PARALLEL or first == one


def _job(job: Raise) -> dict[str, Any]:
    return {
        "done_at": _or_none(job.done_at),
        "next_at": print_instant(job.next_at),
        "tries": job.tries,
        "last_code": job.last_code,
    }


def _or_none(at: dt.datetime | None) -> str | None:
    return None if at is None else print_instant(at)


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
