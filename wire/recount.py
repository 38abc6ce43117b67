"""Counts a vote's bundle anew, by itself (V10, W69).

Rules: stands on nothing that the server counts with: the events are read here, the hashes and commitments computed
here, the shares compared as fractions. The first thing that is wrong is named in words. Signatures of named votes are
checked by whoever has the certificates (``check``), statement by statement.

Usage::

    found = recount(json_bytes)
    found.outcome, found.favour, found.of
"""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, Final

from wire import canonical, recount_election, recount_secret
from wire.errors import BadBundle

_EVENT: Final = b"phonghop/v1/event\0"
_BALLOT: Final = b"phonghop/v1/ballot\0"
_FORMAT: Final = "phonghop/v1/vote-bundle"

#: Given a line of ``statements`` (``person``, ``statement`` and ``cms`` in base 64); raises what is wrong.
Check = Callable[[dict[str, Any]], None]


@dataclass(frozen=True, slots=True)
class Recounted:
    """What the ballots come to: answer → votes by weight, and the verdict with its arithmetic."""

    question: str
    kind: str
    counts: tuple[tuple[str, int], ...]
    entitled: int
    present: int
    cast: int
    favour: int
    of: int
    base: str
    outcome: str
    signatures: int
    #: of an election: who fills the seats, and who is tied for the last of them
    elected: tuple[str, ...] = ()
    tied: tuple[str, ...] = ()
    #: of a secret vote: how many ballots were given, and each ballot by its receipt
    given: int = 0
    receipts: tuple[tuple[str, str], ...] = ()


def recount(data: bytes, *, check: Check | None = None) -> Recounted:
    """Count the bundle; raises :class:`BadBundle` or another WireError."""
    bundle = canonical.decode_lenient(data)
    try:
        return _recount(bundle, check)
    except (KeyError, TypeError, AttributeError, ValueError) as exc:
        raise BadBundle(f"the bundle cannot be read: {type(exc).__name__} {exc}") from exc


def _recount(bundle: dict[str, Any], check: Check | None) -> Recounted:
    _must(bundle["format"] == _FORMAT, "this is no bundle of a vote")
    events = bundle["events"]
    _check_events(bundle, events)
    prepared = [e["data"] for e in events if e["kind"] == "vote_prepared"][-1]
    (opened,) = (e["data"] for e in events if e["kind"] == "vote_opened")
    (closed,) = (e["data"] for e in events if e["kind"] == "vote_closed")
    taken = [line for e in events if e["kind"] == "ballots_taken" for line in e["data"]["ballots"]]
    roll = {line["person"]: line for line in opened["roll"]}
    _must(len(roll) == len(opened["roll"]), "somebody stands on the roll twice")
    given = [line for e in events if e["kind"] == "ballots_given" for line in e["data"]["ballots"]]
    if prepared["kind"] == "hands":
        votes = Counter({line["answer"]: line["count"] for line in closed["hands"]})
        ballots: list[dict[str, Any]] = []
    elif prepared["kind"] == "secret":
        ballots = closed["ballots"]
        votes = recount_secret.count(bundle, prepared, opened, given=given, ballots=ballots)
    else:
        ballots = closed["ballots"]
        votes = _count(bundle, prepared, ballots, taken=taken, roll=roll)
    signatures = _check_statements(bundle, prepared, ballots, check=check)
    found = _judge(prepared, opened, votes, ballots=ballots, signatures=signatures)
    if prepared["kind"] == "secret":
        found = replace(found, given=len(given), receipts=recount_secret.receipts(bundle, ballots))
    _compare(found, bundle["result"])
    return found


def hash_of(body: dict[str, Any]) -> str:
    """The hash of an event's fields (W40), in hexadecimal."""
    return hashlib.sha256(_EVENT + canonical.encode(body)).hexdigest()


def _check_events(bundle: dict[str, Any], events: list[dict[str, Any]]) -> None:
    before = 0
    for event in events:
        body = {name: value for name, value in event.items() if name != "hash"}
        _must(hash_of(body) == event["hash"], f"event {event['seq']} was changed: it does not have the hash it states")
        _must(event["meeting"] == bundle["meeting"], f"event {event['seq']} is of another meeting")
        _must(event["data"]["vote"] == bundle["vote"], f"event {event['seq']} is of another vote")
        _must(event["seq"] > before, f"event {event['seq']} does not follow the one before")
        before = event["seq"]
    order = [event["kind"] for event in events]
    running = order.index("vote_opened"), order.index("vote_closed")
    gathering = {"ballots_taken", "ballots_given", "ballots_called"}
    took = [(at, event["seq"]) for at, event in enumerate(events) if event["kind"] in gathering]
    late = [seq for at, seq in took if not running[0] < at < running[1]]
    _must(not late, f"event {late[:1]} took ballots while the vote was not open")


def _count(
    bundle: dict[str, Any],
    prepared: dict[str, Any],
    ballots: list[dict[str, Any]],
    *,
    taken: list[dict[str, Any]],
    roll: dict[str, Any],
) -> Counter[str]:
    promised = {line["person"]: line["commitment"] for line in taken}
    _must(len(promised) == len(taken), "somebody's ballot was taken twice")
    votes: Counter[str] = Counter()
    seen: set[str] = set()
    for ballot in ballots:
        person = ballot["person"]
        name = roll[person]["name"] if person in roll else person
        _must(person in roll and _may(roll, prepared, person), f"{name} was not on the roll, or not present")
        _must(person not in seen, f"{name} has two ballots")
        value = {"v": 1, "meeting": bundle["meeting"], "vote": bundle["vote"], "person": person}
        said = {"answer": ballot["answer"], "nonce": ballot["nonce"], "statement": ballot.get("statement", "")}
        shut = canonical.encode({**value, **said})
        promise = hashlib.sha256(_BALLOT + shut).hexdigest()
        _must(promised.get(person) == promise, f"the ballot of {name} is not the one that was acknowledged")
        seen.add(person)
        for mark in recount_election.marks(prepared, ballot["answer"], whose=name):
            votes[mark] += roll[person]["weight"]
    missing = sorted(roll[person]["name"] for person in promised.keys() - seen if person in roll)
    _must(seen == promised.keys(), f"acknowledged ballots are missing: {', '.join(missing)}")
    return votes


def _may(roll: dict[str, Any], prepared: dict[str, Any], person: str) -> bool:
    """Whether somebody was there, or had entrusted their ballot to somebody who was."""
    if roll[person]["present"]:
        return True
    holder = roll[person].get("by")
    given = {"person": person, "holder": holder} in prepared.get("proxies", [])
    return given and holder in roll and bool(roll[holder]["present"])


def _check_statements(
    bundle: dict[str, Any], prepared: dict[str, Any], ballots: list[dict[str, Any]], *, check: Check | None
) -> int:
    """Each ballot of a named vote is what its voter declared, word for word (W68); how many signatures were checked."""
    if prepared["kind"] != "named":
        return 0
    signed = {line["person"]: line for line in bundle["statements"]}
    for ballot in ballots:
        person = ballot["person"]
        _must(person in signed, f"what {person} signed is not in the bundle")
        line = signed[person]
        data = base64.b64decode(line["statement"], validate=True)
        said = canonical.decode(data)
        stated = hashlib.sha256(data).hexdigest()
        _must(stated == ballot["statement"], f"what {person} signed is not what the ballot names")
        _must(_says(said, bundle, prepared, ballot), f"what {person} signed is not this ballot")
        if check is not None:
            check(line)
    return len(ballots) if check is not None else 0


def _says(said: dict[str, Any], bundle: dict[str, Any], prepared: dict[str, Any], ballot: dict[str, Any]) -> bool:
    body, asked = said["body"], [{"answer": a["answer"], "text": a["text"]} for a in prepared["answers"]]
    whose = said["kind"], said["meeting"]["id"], said["person"]["id"]
    return (
        whose == ("vote", bundle["meeting"], ballot["person"])
        and (body["ballot"], body["question"], body["answers"]) == (bundle["vote"], prepared["question"], asked)
        and body["answer"] == ballot["answer"]
    )


def _judge(
    prepared: dict[str, Any],
    opened: dict[str, Any],
    votes: Counter[str],
    *,
    ballots: list[dict[str, Any]],
    signatures: int,
) -> Recounted:
    means = {each["answer"]: each["means"] for each in prepared["answers"]}
    rule, roll = prepared["rule"], opened["roll"]
    favour = sum(count for answer, count in votes.items() if means[answer] == "for")
    against = sum(count for answer, count in votes.items() if means[answer] == "against")
    bases = {
        "all": sum(line["weight"] for line in roll),
        "present": sum(line["weight"] for line in roll if line["present"] or line.get("by") is not None),
        "cast": _cast(prepared, votes, ballots, roll=roll),
        "decided": favour + against,
    }
    of = bases[rule["base"]]
    here = sum(1 for line in roll if line["present"])
    elected, tied = list[str](), list[str]()
    # A secret ballot has no person, as an opening may have no chair: that is no ballot of the chair's.
    chairs = [ballot["answer"] for ballot in ballots if "person" in ballot and ballot["person"] == opened.get("chair")]
    chair = means.get(chairs[0], "") if chairs else ""
    outcome = _outcome(rule, means, favour, against=against, of=of, roll=len(roll), here=here, chair=chair)
    if (election := prepared.get("election")) is not None:
        has_quorum = rule["quorum"] is None or _reaches(here, len(roll), rule["quorum"])
        if has_quorum:
            elected, tied = recount_election.seated(election, votes, list(means), of=of, share=rule["majority"])
        filled = "elected" if len(elected) == election["seats"] else "unfilled"
        outcome = filled if has_quorum else "no_quorum"
    return Recounted(
        question=prepared["question"],
        kind=prepared["kind"],
        counts=tuple((each["answer"], votes[each["answer"]]) for each in prepared["answers"]),
        entitled=len(roll),
        present=here,
        cast=len(ballots) if prepared["kind"] != "hands" else sum(votes.values()),
        favour=favour,
        of=of,
        base=rule["base"],
        outcome=outcome,
        signatures=signatures,
        elected=tuple(elected),
        tied=tuple(tied),
    )


def _cast(
    prepared: dict[str, Any], votes: Counter[str], ballots: list[dict[str, Any]], *, roll: list[dict[str, Any]]
) -> int:
    """The weight of all ballots; in an election one counts once, whatever it marks."""
    if prepared.get("election") is None:
        return sum(votes.values())
    weights = {line["person"]: int(line["weight"]) for line in roll}
    return sum(weights[ballot["person"]] if "person" in ballot else 1 for ballot in ballots)


def _outcome(
    rule: dict[str, Any],
    means: dict[str, str],
    favour: int,
    *,
    against: int,
    of: int,
    roll: int,
    here: int,
    chair: str,
) -> str:
    if "for" not in means.values():
        return "counted"
    if rule["quorum"] is not None and not _reaches(here, roll, rule["quorum"]):
        return "no_quorum"
    majority = rule["majority"]
    exact_half = of > 0 and Fraction(favour, of) == Fraction(1, 2) and favour == against
    if exact_half and majority["more"] and Fraction(majority["num"], majority["den"]) == Fraction(1, 2):
        return "passed" if rule["tie"] == "chair" and chair == "for" else "rejected"
    return "passed" if _reaches(favour, of, majority) else "rejected"


def _reaches(part: int, whole: int, share: dict[str, Any]) -> bool:
    if whole == 0:
        return False
    wanted = Fraction(share["num"], share["den"])
    return Fraction(part, whole) > wanted if share["more"] else Fraction(part, whole) >= wanted


def _compare(found: Recounted, stated: dict[str, Any]) -> None:
    counts = tuple((line["answer"], line["votes"]) for line in stated["counts"])
    _must(counts == found.counts, f"the announced counts {counts} are not those of the ballots {found.counts}")
    seats = stated.get("elected", []), stated.get("tied", [])
    _must(
        seats == (list(found.elected), list(found.tied)),
        "those named as elected, or tied, are not those of the ballots",
    )
    _must(
        (stated["favour"], stated["of"], stated["outcome"]) == (found.favour, found.of, found.outcome),
        f"the announced result ({stated['outcome']}, {stated['favour']}/{stated['of']}) is not that of the ballots "
        f"({found.outcome}, {found.favour}/{found.of})",
    )


def _must(holds: bool, otherwise: str) -> None:  # noqa: FBT001 - reads as a sentence
    if not holds:
        raise BadBundle(otherwise)
