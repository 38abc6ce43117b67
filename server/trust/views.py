"""Certificates and authorities as screens see them: JSON without any bytes but the fingerprint.

Rules: moments are RFC 3339; ``state`` is one word with a text under ``console.trust.state``.

Usage: ``certificate(enrolled, account, kept=kept, now=now)``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, Final

from server.audit.model import AdminEvent
from server.identity.model import Account
from server.trust import model
from server.trust.model import Facts, Kept
from server.trust.ports import Authority, Enrolled
from wire.fields import print_instant

_PERSON: Final = "person:"


def facts(found: Facts, *, now: dt.datetime) -> dict[str, Any]:
    """What a certificate says of itself."""
    return {
        "fingerprint": found.fingerprint,
        "name": found.name,
        "subject": found.subject,
        "issuer": found.issuer,
        "serial": found.serial,
        "since": print_instant(found.since),
        "until": print_instant(found.until),
        "key": found.key,
        "hash": found.hash,
        "is_authority": found.is_authority,
        "is_root": found.is_self_issued,
        "ends_in": ends_in(found, now=now),
    }


def authority(found: Authority, *, now: dt.datetime) -> dict[str, Any]:
    """One that is trusted, or only helps."""
    return {
        **facts(found.facts, now=now),
        "trusted": found.trusted,
        "added_at": print_instant(found.added_at),
        "added_by": found.added_by,
    }


def certificate(found: Enrolled, account: Account | None, *, kept: Sequence[Kept], now: dt.datetime) -> dict[str, Any]:
    """Whose it is, whether it may be used, and how old the news of it are."""
    evidence = model.evidence(found.facts, kept)
    gone = found.revoked_at or found.withdrawn_at
    return {
        **facts(found.facts, now=now),
        "person": found.person,
        "person_name": "" if account is None else account.name,
        "person_post": "" if account is None else ", ".join(filter(None, (account.position, account.unit))),
        "enrolled_at": print_instant(found.enrolled_at),
        "enrolled_by": found.enrolled_by,
        "state": _state(found, evidence, now=now),
        "gone_at": None if gone is None else print_instant(gone),
        "reason": found.reason,
        "revocation": None
        if evidence is None
        else {
            "kind": evidence.kind,
            "made_at": print_instant(evidence.made_at),
            "next_at": None if evidence.next_at is None else print_instant(evidence.next_at),
            "age_s": evidence.age_s(now),
        },
    }


def event(found: AdminEvent, accounts: Mapping[str, Account]) -> dict[str, Any]:
    """One line of the log, with the names of people as they are now."""
    who = accounts.get(found.actor.removeprefix(_PERSON))
    about = accounts.get(str(found.data.get("person", "")))
    names = {"actor_name": "" if who is None else who.name, "person_name": "" if about is None else about.name}
    return {**found.to_value(), **names}


def ends_in(found: Facts, *, now: dt.datetime) -> int | None:
    """7, 30 or 60 when it ends within so many days, 0 when it has ended, else None."""
    lists = model.expiring([found], now=now)
    return next((days for days, ones in lists.items() if ones), None)


def _state(found: Enrolled, evidence: model.Evidence | None, *, now: dt.datetime) -> str:
    if found.revoked_at is not None:
        return "revoked"
    if found.withdrawn_at is not None:
        return "withdrawn"
    if now > found.facts.until:
        return "expired"
    if now < found.facts.since:
        return "not_yet"
    if evidence is None:
        return "unknown"
    return "old" if evidence.next_at is not None and now >= evidence.next_at else "good"
