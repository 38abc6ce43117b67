"""Votes as screens read them (W44, W67).

Rules V5, V6: before the close there is a turnout and nothing else; the result carries its arithmetic in whole numbers,
percentages in hundredths, cut off. What a reader may not know was taken out by ``wire/visibility.py`` before.

Usage: ``section(vote)``.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from wire.fields import print_instant
from wire.tally import Verdict, hundredths, verdict
from wire.votes import COUNTED, Share, Vote, VoteKind


def section(vote: Vote) -> dict[str, Any]:
    """One entry of the section ``votes``."""
    voted = {each.person for each in vote.taken} | {each.person for each in vote.given}
    return {
        "vote": vote.vote,
        "item": vote.item,
        "kind": vote.kind.value,
        "question": vote.question,
        "template": vote.template,
        "answers": [{"answer": each.answer, "text": each.text, "means": each.means.value} for each in vote.answers],
        "rule": {
            "base": vote.rule.base.value,
            "majority": _share(vote.rule.majority),
            "quorum": None if vote.rule.quorum is None else _share(vote.rule.quorum),
            "tie": vote.rule.tie.value,
        },
        "seconds": vote.seconds,
        "weights": [{"person": person, "weight": weight} for person, weight in vote.weights],
        "proxies": [{"person": each.person, "holder": each.holder} for each in vote.proxies],
        "repeats": vote.repeats,
        "reason": vote.reason,
        "election": None
        if vote.election is None
        else {"least": vote.election.least, "most": vote.election.most, "seats": vote.election.seats},
        "state": vote.state.value,
        "opened_at": _moment(vote.opened_at),
        "closed_at": _moment(vote.closed_at),
        "announced_at": _moment(vote.announced_at),
        "ends_at": _moment(vote.ends_at),
        "by_clock": vote.by_clock,
        "turnout": {
            "entitled": vote.turnout.entitled,
            "present": vote.turnout.present,
            "cast": vote.turnout.cast,
            "voting": vote.turnout.voting,
        },
        "roll": [
            {
                "person": each.person,
                "name": each.name,
                "weight": each.weight,
                "present": each.present,
                "voted": each.person in voted,
                "by": each.by,
            }
            for each in vote.roll
        ],
        "recused": len(vote.recused),
        "receipts": [{"person": each.person, "commitment": each.commitment} for each in vote.taken],
        "ballots": [
            {"person": each.person, "answer": each.answer, "statement": each.statement} for each in vote.ballots
        ],
        "secret": secret(vote),
        "result": result(vote),
    }


def secret(vote: Vote) -> dict[str, Any] | None:
    """Of a secret vote: its collection, how many mix, what it waits for (W104), and what was published (W80)."""
    if vote.kind is not VoteKind.SECRET:
        return None
    return {
        "run": 0 if vote.call is None else vote.call.run,
        "reason": "" if vote.call is None else vote.call.reason,
        "relays": 0 if vote.call is None else len(vote.call.relays),
        "missing": 0 if vote.awaited is None else vote.awaited.missing,
        "asks": "" if vote.awaited is None else vote.awaited.asks,
        "ballots": [
            {"receipt": receipt, "answer": each.answer}
            for receipt, each in zip(vote.receipts, vote.secret, strict=True)
        ],
    }


def result(vote: Vote) -> dict[str, Any] | None:
    """The outcome with its arithmetic; None before the close, and for who may not know it yet."""
    return None if vote.sealed or vote.state not in COUNTED else printed(verdict(vote))


def printed(found: Verdict) -> dict[str, Any]:
    """A verdict as JSON."""
    return {
        "counts": [
            {
                "answer": line.answer,
                "votes": line.votes,
                "people": line.people,
                "hundredths": hundredths(line.votes, found.of),
            }
            for line in found.lines
        ],
        "sums": {"all": found.all, "present": found.present, "cast": found.cast, "decided": found.decided},
        "favour": found.favour,
        "against": found.against,
        "of": found.of,
        "need": found.need,
        "hundredths": hundredths(found.favour, found.of),
        "quorum": {
            "present": found.people_present,
            "of": found.people_all,
            "need": found.quorum_need,
            "met": found.has_quorum,
        },
        "tie": found.tie,
        "chair": None if found.chair is None else found.chair.value,
        "outcome": found.outcome.value,
        "elected": list(found.elected),
        "tied": list(found.tied),
    }


def _share(share: Share) -> dict[str, Any]:
    return {"num": share.num, "den": share.den, "more": share.more}


def _moment(value: dt.datetime | None) -> str | None:
    return None if value is None else print_instant(value)
