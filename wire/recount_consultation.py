"""Counts the bundle of a consultation slip anew, by itself (V10, W162).

Rules: stands on nothing that the server counts with: hashes and commitments are computed here, shares compared as
fractions. Of each person the last handing in counts; of who was taken off none does. The first thing that is wrong is
named in words. Signatures are checked by whoever can (``check``), statement by statement.

Usage: ``recount(json_bytes).outcomes``.
"""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

from wire import canonical, recount_secret_slip
from wire.errors import BadBundle

FORMAT: Final = "phonghop/v1/consultation-bundle"
_BALLOT: Final = b"phonghop/v1/ballot\0"

#: Given ``statement`` and ``cms`` in base 64; raises what is wrong.
Check = Callable[[dict[str, Any]], None]


@dataclass(frozen=True, slots=True)
class Recounted:
    """``outcomes``: question, its counts, outcome and arithmetic; ``sha256``: of the bundle, as the record has it."""

    subject: str
    sha256: str
    asked: int
    answered: int
    signatures: int
    outcomes: tuple[tuple[str, tuple[tuple[str, int], ...], str], ...]
    #: of a secret slip: how many ballots were given, and each that came back, in words, under its receipt
    given: int | None = None
    ballots: tuple[tuple[str, str], ...] = ()


def is_bundle(data: bytes) -> bool:
    """Whether it says that it is one of these; raises a WireError for what is no JSON."""
    value = canonical.decode_lenient(data)
    return isinstance(value, dict) and value.get("format") == FORMAT


def recount(data: bytes, *, check: Check | None = None) -> Recounted:
    """Count the bundle; raises :class:`BadBundle` or another WireError."""
    bundle = canonical.decode_lenient(data)
    try:
        return _recount(bundle, check)
    except (KeyError, TypeError, AttributeError, ValueError) as exc:
        raise BadBundle(f"the bundle cannot be read: {type(exc).__name__} {exc}") from exc


def _recount(bundle: dict[str, Any], check: Check | None) -> Recounted:
    slip = bundle["slip"]
    _must(bundle["format"] == FORMAT, "this is no bundle of a consultation slip")
    _must(_sha256(slip) == bundle["sha256"], "the slip was changed: it does not have the hash it was sent with")
    names = {each["person"]: each["name"] for each in slip["recipients"]}
    _must(set(bundle["removed"]) <= names.keys(), "somebody was taken off who was never asked")
    counted = {person: name for person, name in names.items() if person not in bundle["removed"]}
    if slip.get("secret"):
        return _secret(bundle, slip, counted)
    last: dict[str, dict[str, Any]] = {}
    signatures = 0
    for line in bundle["answers"]:
        person = line["person"]
        _must(person in names, f"{person} answered and was never asked")
        name, number = names[person], line["number"]
        before = last[person]["number"] if person in last else 0
        _must(number == before + 1, f"a handing in of {name} is missing before number {number}")
        _check_line(slip, line, bundle["sha256"], name=name)
        if line["signed"] is not None and check is not None:
            check(line["signed"])
            signatures += 1
        last[person] = line
    newest = {person: line["answers"] for person, line in last.items() if person in counted}
    outcomes = []
    for at, question in enumerate(slip["questions"]):
        found = _judge(question, [answers[at] for answers in newest.values()], asked=len(counted))
        _compare(question, found, bundle["results"][at])
        outcomes.append((question["text"], found[0], found[1]))
    return Recounted(slip["subject"], _sha256(bundle), len(counted), len(newest), signatures, tuple(outcomes))


def _secret(bundle: dict[str, Any], slip: dict[str, Any], counted: dict[str, str]) -> Recounted:
    """Ballots are found by their receipts and belong to nobody; who was given one is said apart (W175)."""
    given, ballots = bundle["given"], recount_secret_slip.receipts(slip, bundle)
    _must(len(set(given)) == len(given), "two ballots were given to one person")
    _must(set(given) <= counted.keys(), "a ballot was given to somebody who was not asked, or taken off")
    _must(bundle["collected"] <= len(given), f"{bundle['collected']} ballots, but only {len(given)} were given")
    is_open = bundle["collected"] >= recount_secret_slip.LEAST and not bundle["lost"]
    wanted = bundle["collected"] if is_open else 0
    _must(len(ballots) == wanted, f"{len(ballots)} ballots stand there, and {wanted} should")
    _must(is_open or bundle["results"] == [], "results are stated of an urn that was not opened")
    outcomes = []
    for at, question in enumerate(slip["questions"] if is_open else []):
        said = [answers[at] for _, answers in ballots]
        found = _judge(question, said, asked=len(counted))
        _compare(question, found, bundle["results"][at])
        outcomes.append((question["text"], found[0], found[1]))
    return Recounted(
        slip["subject"],
        _sha256(bundle),
        len(counted),
        bundle["collected"],
        len(ballots),
        tuple(outcomes),
        given=len(given),
        ballots=tuple((receipt, _in_words(slip, answers)) for receipt, answers in ballots),
    )


def _in_words(slip: dict[str, Any], answers: list[dict[str, Any]]) -> str:
    said = []
    for question, each in zip(slip["questions"], answers, strict=True):
        words = {choice["answer"]: choice["text"] for choice in question["answers"]}
        said.append(" – ".join(part for part in (words.get(each["answer"], ""), each["opinion"]) if part))
    return " | ".join(said)


def _check_line(slip: dict[str, Any], line: dict[str, Any], sha256: str, *, name: str) -> None:
    """The handing in is the one that was acknowledged, and of a signed slip what its token signed (W160, W161)."""
    signed = line["signed"]
    _must((signed is not None) == slip["signed"], f"the answer of {name} is signed, or is not, against the slip")
    data = b"" if signed is None else base64.b64decode(signed["statement"], validate=True)
    statement = hashlib.sha256(data).hexdigest() if data else ""
    said = canonical.encode({"number": line["number"], "answers": line["answers"]}).decode()
    value = {"v": 1, "meeting": slip["consultation"], "vote": slip["consultation"], "person": line["person"]}
    shut = canonical.encode({**value, "answer": said, "nonce": line["nonce"], "statement": statement})
    promise = hashlib.sha256(_BALLOT + shut).hexdigest()
    _must(promise == line["commitment"], f"the answer of {name} is not the one that was acknowledged")
    if data:
        _must(_says(canonical.decode(data), slip, line, sha256), f"what {name} signed is not this answer")


def _says(said: dict[str, Any], slip: dict[str, Any], line: dict[str, Any], sha256: str) -> bool:
    whose = said["kind"], said["meeting"]["id"], said["person"]["id"], said["log"]["seq"], said["log"]["hash"]
    expected = []
    for question, each in zip(slip["questions"], line["answers"], strict=True):
        words = {choice["answer"]: choice["text"] for choice in question["answers"]}
        chosen = "" if each["answer"] is None else words[each["answer"]]
        entry = {"question": question["text"], "choices": [*words.values()], "chosen": chosen}
        expected.append({**entry, "opinion": each["opinion"]})
    bound = ("consult", slip["consultation"], line["person"], line["number"], sha256)
    return whose == bound and said["body"]["answers"] == expected


#: Counts, outcome, favour, of.
_Found = tuple[tuple[tuple[str, int], ...], str, int, int]


def _judge(question: dict[str, Any], said: list[dict[str, Any]], *, asked: int) -> _Found:
    rule, means = question["rule"], {each["answer"]: each["means"] for each in question["answers"]}
    votes = Counter(each["answer"] for each in said if each["answer"] is not None)
    _must(votes.keys() <= means.keys(), f"somebody chose what “{question['text']}” does not offer")
    counts = tuple((each["answer"], votes[each["answer"]]) for each in question["answers"])
    if rule is None:
        return counts, "", 0, 0
    favour = sum(count for answer, count in votes.items() if means[answer] == "for")
    against = sum(count for answer, count in votes.items() if means[answer] == "against")
    of = {"all": asked, "cast": sum(votes.values()), "decided": favour + against}[rule["base"]]
    if "for" not in means.values():
        outcome = "counted"
    elif rule["quorum"] is not None and not _reaches(len(said), asked, rule["quorum"]):
        outcome = "no_quorum"
    else:
        outcome = "passed" if _reaches(favour, of, rule["majority"]) else "rejected"
    return counts, outcome, favour, of


def _reaches(part: int, whole: int, share: dict[str, Any]) -> bool:
    if whole == 0:
        return False
    wanted = Fraction(share["num"], share["den"])
    return Fraction(part, whole) > wanted if share["more"] else Fraction(part, whole) >= wanted


def _compare(question: dict[str, Any], found: _Found, stated: dict[str, Any]) -> None:
    result = stated["result"]
    if question["rule"] is None:
        _must(result is None, f"“{question['text']}” asks for words alone and states a result")
        return
    counts = tuple((line["answer"], line["votes"]) for line in result["counts"])
    same = (counts, result["outcome"], result["favour"], result["of"]) == found
    _must(same, f"the result stated for “{question['text']}” is not that of the answers")


def _sha256(value: Any) -> str:
    return hashlib.sha256(canonical.encode(value)).hexdigest()


def _must(holds: bool, otherwise: str) -> None:  # noqa: FBT001 - reads as a sentence
    if not holds:
        raise BadBundle(otherwise)
