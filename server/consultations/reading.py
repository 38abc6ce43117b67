"""Slips and answers as people write them: JSON → values, with their limits.

Rules: templates, answers and rules are those of votes (``server/voting/reading.py``); a quorum is a share of those
asked who have answered; of the chair nobody speaks here, so an exact half never carries.

Usage: ``wording(fields)``, ``answers(fields, questions)``; both raise BadField.
"""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Sequence
from typing import Final

from server.consultations.model import OPINION, Question, Said, Wording
from server.voting import reading as votes
from wire.errors import BadField
from wire.fields import Fields
from wire.statement import MAX_OPINION, MAX_QUESTIONS
from wire.votes import Base, Meaning, Rule, Tie

MAX_SUBJECT: Final = 300
MAX_SUBMISSION: Final = 10_000
MAX_RECIPIENTS: Final = 500
MAX_QUESTION: Final = 1_000
MAX_REASON: Final = 1_000
#: What a share is taken of: everybody asked, everybody who answered, those for or against.
BASES: Final = frozenset({Base.ALL.value, Base.CAST.value, Base.DECIDED.value})
_LAST_YEAR: Final = 2100


def wording(fields: Fields) -> Wording:
    """What a secretary wrote, and what :meth:`Wording.to_value` gave."""
    found = Wording(
        subject=" ".join(fields.text("subject", limit=MAX_SUBJECT, empty=True).split()),
        submission=fields.text("submission", limit=MAX_SUBMISSION, empty=True).strip(),
        leader=fields.id("leader", "u") if fields.has("leader") else "",
        recipients=fields.ids("recipients", "u", limit=MAX_RECIPIENTS),
        questions=tuple(
            _question(entry, number) for number, entry in enumerate(fields.objects("questions", limit=MAX_QUESTIONS), 1)
        ),
        deadline=deadline(fields) if fields.has("deadline") else None,
        signed=fields.flag("signed"),
        live=fields.flag("live"),
        shared=fields.flag("shared"),
        secret=fields.has("secret") and fields.flag("secret"),
    )
    fields.end()
    if found.secret and (found.signed or found.live or not found.shared):
        raise BadField("body.secret", "goes with no signature, no results before the close, and the list for all asked")
    return found


def deadline(fields: Fields) -> dt.datetime:
    """A moment of this century."""
    found = fields.instant("deadline")
    if found.year >= _LAST_YEAR:
        raise BadField("body.deadline", f"is after {_LAST_YEAR}")
    return found


def _question(fields: Fields, number: int) -> Question:
    template = fields.choice("template", frozenset({*votes.TEMPLATES, votes.OWN, OPINION}))
    found = Question(
        id=f"q{number}",
        text=" ".join(fields.text("text", limit=MAX_QUESTION, empty=True).split()),
        template=template,
        answers=votes.own_answers(fields) if template == votes.OWN else votes.TEMPLATES.get(template, ()),
        rule=None if template == OPINION else _rule(fields.object("rule")),
        opinion=fields.flag("opinion"),
    )
    # Read again, or sent back as they came: which question it is and what a template holds are ours to say.
    for key in ("question", "answers", "rule"):
        fields.has(key)
    fields.end()
    return found


def _rule(fields: Fields) -> Rule:
    found = votes.rule(fields)
    if found.base.value not in BASES or found.tie is not Tie.FAILS:
        raise BadField("body.questions.rule", f"takes one of {sorted(BASES)} and no chair's vote")
    return found


def answers(fields: Fields, questions: Sequence[Question]) -> tuple[Said, ...]:
    """One entry for each question in its order; whether they are complete is another question."""
    entries = fields.objects("answers", limit=MAX_QUESTIONS)
    if len(entries) != len(questions):
        raise BadField("body.answers", f"has {len(entries)} entries for {len(questions)} questions")
    found = []
    for entry, question in zip(entries, questions, strict=True):
        entry.choice("question", frozenset({question.id}))
        chosen = entry.choice("answer", frozenset(a.answer for a in question.answers)) if entry.has("answer") else None
        if chosen is None:
            entry.any("answer")
        opinion = entry.text("opinion", limit=MAX_OPINION, empty=True)
        entry.end()
        found.append(Said(question.id, chosen, _tidy(opinion)))
    return tuple(found)


def _tidy(text: str) -> str:
    """Without what steers printers, turns the reading direction or is no character; line breaks stay."""
    kept = (char for char in text if char == "\n" or not unicodedata.category(char).startswith("C"))
    return "\n".join(line.rstrip() for line in "".join(kept).splitlines()).strip()


def means_of(question: Question, answer: str | None) -> Meaning | None:
    """What an answer counts as; None without one."""
    return next((each.means for each in question.answers if each.answer == answer), None)
