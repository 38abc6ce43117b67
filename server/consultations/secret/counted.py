"""What came out of an urn, counted as votes are: each ballot stands under its receipt where elsewhere a person stands.

Rules C8, C10, W174: pure. The base is everybody who was asked; who handed in is so many receipts, and the rest is
blank. Words to one question are told in an order that is each question's own: side by side they are no page of anybody.

Usage::

    whole = counted(slip, recipients, opened)
    counting.results(slip.wording.questions, whole.roll, whole.answers)
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from server.consultations import counting, reading
from server.consultations.counting import Answers, Voice
from server.consultations.model import Question, Recipient, Said, Slip
from server.consultations.secret.urn import Opened
from wire.consultation_ballots import receipt_of
from wire.fields import Fields


@dataclass(frozen=True, slots=True)
class Counted:
    """``roll``: a nameless line for everybody asked; ``answers``: by receipt."""

    opened: Opened
    given: int
    roll: tuple[Recipient, ...]
    answers: Answers = field(repr=False)

    def to_value(self) -> dict[str, Any]:
        """Of the urn, as JSON."""
        told = {"given": self.given, "collected": self.opened.collected}
        return {**told, "opened": self.opened.is_open, "lost": self.opened.lost}

    def ballots(self) -> list[dict[str, Any]]:
        """Every ballot with its receipt, in the order of the receipts."""
        return [
            {"receipt": receipt, "answers": [each.to_value() for each in said]}
            for receipt, said in self.answers.items()
        ]

    def results(self, questions: Sequence[Question]) -> list[dict[str, Any]]:
        """As ``counting.results``; of voices the words alone, with what was chosen there."""
        found = counting.results(questions, self.roll, self.answers)
        for each, question in zip(found, questions, strict=True):
            said = voices(question, self)
            each["voices"] = [{"person": "", "name": "", "answer": v.answer, "opinion": v.opinion} for v in said]
        return found


def counted(slip: Slip, recipients: Sequence[Recipient], opened: Opened) -> Counted:
    """Of a closed slip."""
    answers = {receipt_of(slip.id, slip.sha256, each): _said(slip, each.answers) for each in opened.ballots}
    asked = sum(each.counts for each in recipients)
    marks = [*answers, *(str(number) for number in range(asked - len(answers)))]
    roll = tuple(Recipient(slip.id, mark, number, "", "", "") for number, mark in enumerate(marks, 1))
    return Counted(opened, sum(bool(each.drawn) for each in recipients), roll, answers)


def voices(question: Question, whole: Counted) -> list[Voice]:
    """The words to one question, in an order of its own."""
    said = [each for each in counting.voices(question, whole.roll, whole.answers) if each.opinion]
    return sorted(said, key=lambda each: hashlib.sha256(f"{question.id}\0{each.person}".encode()).digest())


def _said(slip: Slip, answers: Sequence[dict[str, Any]]) -> tuple[Said, ...]:
    return reading.answers(Fields({"answers": list(answers)}, "ballot"), slip.wording.questions)
