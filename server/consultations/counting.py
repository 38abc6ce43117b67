"""What the answers to a slip come to: the arithmetic of votes, question by question (V6, C6, C7).

Rules: pure. A question with answers is a vote: the roll are those asked and not taken off, present is who answered,
one voice each; ``wire/tally.py`` counts and decides, and nothing here adds anything up. Who did not answer is in the
base of "all" and nowhere else: silence is no consent, and neither is an abstention.

Usage: ``verdict_of(question, asked, answers)``; ``progress(recipients)``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from server.consultations.model import Question, Recipient, Said
from wire.fields import print_instant
from wire.tally import Verdict, verdict
from wire.vote_view import printed
from wire.votes import Ballot, Elector, Rule, Vote, VoteKind

#: person → what they said to each question, the newest handing in alone.
Answers = Mapping[str, Sequence[Said]]


@dataclass(frozen=True, slots=True)
class Voice:
    """What one person says to one question."""

    person: str
    name: str
    position: str
    unit: str
    answer: str | None
    opinion: str


def verdict_of(question: Question, recipients: Sequence[Recipient], answers: Answers) -> Verdict | None:
    """None for a question that asks for words alone."""
    if question.rule is None:
        return None
    return verdict(_vote(question, question.rule, recipients, answers))


def _vote(question: Question, rule: Rule, recipients: Sequence[Recipient], answers: Answers) -> Vote:
    counted = [each for each in recipients if each.counts]
    return Vote(
        vote=question.id,
        item="",
        kind=VoteKind.OPEN,
        question=question.text,
        template=question.template,
        answers=question.answers,
        rule=rule,
        roll=tuple(Elector(each.person, each.name, 1, each.person in answers) for each in counted),
        ballots=tuple(
            Ballot(each.person, said.answer, "")
            for each in counted
            for said in answers.get(each.person, ())
            if said.question == question.id and said.answer is not None
        ),
    )


def voices(question: Question, recipients: Sequence[Recipient], answers: Answers) -> list[Voice]:
    """Of everybody who counts and has answered, in the order in which they were asked."""
    return [
        Voice(each.person, each.name, each.position, each.unit, said.answer, said.opinion)
        for each in recipients
        if each.counts
        for said in answers.get(each.person, ())
        if said.question == question.id
    ]


def results(questions: Sequence[Question], recipients: Sequence[Recipient], answers: Answers) -> list[dict[str, Any]]:
    """As JSON: each question with its result and who said what."""
    found = []
    for question in questions:
        counted = verdict_of(question, recipients, answers)
        found.append(
            {
                "question": question.id,
                "result": None if counted is None else printed(counted),
                "voices": [
                    {"person": v.person, "name": v.name, "answer": v.answer, "opinion": v.opinion}
                    for v in voices(question, recipients, answers)
                ],
            }
        )
    return found


def progress(recipients: Sequence[Recipient]) -> dict[str, int]:
    """How many were asked, have opened, have answered, are waited for; and how many were taken off."""
    counted = [each for each in recipients if each.counts]
    answered = sum(each.answered > 0 for each in counted)
    return {
        "asked": len(counted),
        "opened": sum(each.opened_at is not None or each.answered > 0 for each in counted),
        "answered": answered,
        "waiting": len(counted) - answered,
        "removed": len(recipients) - len(counted),
    }


def person_value(each: Recipient) -> dict[str, Any]:
    """One line of the list, without what they said."""
    moments = {"opened_at": each.opened_at, "answered_at": each.answered_at, "reminded_at": each.reminded_at}
    moments |= {"removed_at": each.removed_at}
    return {
        "person": each.person,
        "name": each.name,
        "position": each.position,
        "unit": each.unit,
        "answered": each.answered,
        "reminders": each.reminders,
        "removed_why": each.removed_why,
        **{name: None if at is None else print_instant(at) for name, at in moments.items()},
    }
