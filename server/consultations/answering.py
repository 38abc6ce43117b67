"""Use cases of who was asked: open a slip, keep a draft, hand in, change until the deadline.

Rules C4–C6, W160, W161: a draft is sealed, nobody else reads it, and nothing but its owner's next save touches it. What
is handed in is taken whole before the deadline by the server's clock or not at all; each change is one more handing in,
and none is overwritten. The same answers again – a second tab, a repeated request – are the same handing in (V4). Where
the slip wants it signed, what was signed is compared with what it would say, word for word, before it counts.

Usage::

    answering.keep_draft(slip, entries, revision=2, asked=asked)
    answering.hand_in(slip, Given(entries, nonce, seen=0, signed=None), asked=asked)    # {"number": 1, "at": …, …}
"""

from __future__ import annotations

import base64
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Final

from server.consultations import model, reading
from server.consultations.errors import (
    AnsweredMeanwhile,
    AnsweredTooOften,
    DraftChanged,
    IsSecret,
    NotAsked,
    NotSigned,
    SignatureWanted,
)
from server.consultations.model import HandIn, Recipient, Said, Slip
from server.consultations.tools import Asked, Desk, Tools
from server.idempotency.service import once
from server.statements.errors import StatementDiffers, StatementTimeWrong
from server.statements.model import AHEAD, OLDEST, must_say
from server.statements.service import Verified
from server.unit import Transaction
from wire import canonical
from wire.ballots import commitment
from wire.errors import BadField
from wire.fields import Fields, print_instant
from wire.statement import CONSULT, MAX_BYTES, SignedStatement, Statement, check_body

#: What a page sends of each question; read against the slip (``reading.answers``).
Entries = Sequence[dict[str, Any]]
#: Each handing in is kept for good; so many are more than a change of mind.
MOST: Final = 100


@dataclass(frozen=True, slots=True)
class Given:
    """What is handed in. ``seen``: how many of one's own handings in were known when it was written.

    ``draft``: the revision of the draft it follows; a newer one is not thrown away. None: whoever sends it keeps none.
    """

    entries: Entries = field(repr=False)
    nonce: str
    seen: int
    signed: SignedStatement | None = None
    draft: int | None = None


@dataclass(frozen=True, slots=True)
class _Taking:
    slip: Slip
    mine: Recipient
    said: tuple[Said, ...]
    nonce: str
    verified: Verified | None


@dataclass(frozen=True, slots=True)
class Answering:
    """Slips as those see them who were asked."""

    tools: Tools

    @property
    def desk(self) -> Desk:
        """Finds and writes."""
        return Desk(self.tools)

    def opened(self, slip: str, *, asked: Asked) -> None:
        """Somebody looks at it for the first time; for others nothing happens."""
        person = asked.actor.person_id
        with self.tools.unit.read() as tx:
            found = self.tools.store.recipient(tx, slip, person)
        if found is None or found.opened_at is not None or not found.counts:
            return
        with self.tools.unit.begin() as tx:
            held = self.tools.store.recipient(tx, slip, person, hold=True)
            if held is not None and held.opened_at is None:
                self.tools.store.put(tx, replace(held, opened_at=asked.now))

    def keep_draft(self, slip: str, entries: Entries, *, revision: int, asked: Asked) -> dict[str, Any]:
        """Keep what is not handed in; gives ``{revision}``. Raises DraftChanged when it was saved elsewhere."""
        with self.tools.unit.begin() as tx:
            before, mine = self._mine(tx, slip, asked)
            said = self._read(before, entries)

            def write() -> dict[str, Any]:
                before.must_take_answers(asked.now)
                if revision != mine.draft_revision:
                    raise DraftChanged(revision=mine.draft_revision)
                value = {"answers": [each.to_value() for each in said]}
                sealed = self.tools.safe.seal(before.key, value, bound=(slip, mine.person, "draft"))
                after = replace(mine, draft=sealed, draft_revision=revision + 1)
                self.tools.store.put(tx, after)
                return {"revision": after.draft_revision}

            # What it says is no part of the key: the table of acts would tell a short answer to who tries them all.
            key = asked.key("draft", {"slip": slip, "revision": revision})
            return once(self.tools.ledger, tx, key, now=asked.now, do=write)

    def draft(self, slip: Slip, mine: Recipient) -> list[dict[str, Any]] | None:
        """One's own draft; None without one."""
        if not mine.draft:
            return None
        value = self.tools.safe.open(slip.key, mine.draft, bound=(slip.id, mine.person, "draft"))
        found: list[dict[str, Any]] = value["answers"]
        return found

    def expected(self, slip: str, entries: Entries, *, asked: Asked) -> Statement:
        """What a token would sign for these answers; raises as :meth:`hand_in`."""
        with self.tools.unit.read() as tx:
            found, mine = self._mine(tx, slip, asked, hold=False)
        if not found.wording.signed:
            raise NotSigned
        found.must_take_answers(asked.now)
        said = self._whole(found, entries)
        return declared(found, mine, said, at=asked.now)

    def hand_in(self, slip: str, given: Given, *, asked: Asked) -> dict[str, Any]:
        """Hand in, or change what was; gives ``{number, at, commitment}``.

        Raises ConsultationOver, ConsultationStageWrong, NotAsked, AnswerIncomplete, AnsweredMeanwhile, DraftChanged,
        AnsweredTooOften, SignatureWanted, NotSigned, and of a signed one what ``StatementService.verify`` and
        ``must_say`` raise. Nothing is kept then.
        """
        # Certificates are judged before anything is held: that takes a while.
        verified = None
        if given.signed is not None:
            verified = self.tools.statements.verify(given.signed, person=asked.actor.person_id, now=asked.now)
        with self.tools.unit.begin() as tx:
            found, mine = self._mine(tx, slip, asked)
            # Shut with the nonce, as all that tells of the answers outside their seal.
            said = self._read(found, given.entries)
            same = shut(slip, mine.person, given.seen, said, nonce=given.nonce)
            key = asked.key("answer", {"slip": slip, "seen": given.seen, "shut": same})
            taking = _Taking(found, mine, said, given.nonce, verified)
            done = partial(self._take, tx, taking, given, asked)
            return once(self.tools.ledger, tx, key, now=asked.now, do=done)

    def _take(self, tx: Transaction, taking: _Taking, given: Given, asked: Asked) -> dict[str, Any]:
        slip, mine, verified = taking.slip, taking.mine, taking.verified
        slip.must_take_answers(asked.now)
        model.must_answer(slip.wording.questions, taking.said)
        if slip.wording.signed != (verified is not None):
            raise NotSigned if verified else SignatureWanted
        last = next(iter(reversed(self.tools.store.handed_in(tx, slip.id, mine.person))), None)
        if last is not None and self.desk.answers_in(slip, self.desk.opened(slip, last)) == taking.said:
            return _answer(last)
        if mine.answered != given.seen:
            raise AnsweredMeanwhile(number=mine.answered)
        if mine.draft and given.draft not in {None, mine.draft_revision}:
            raise DraftChanged(revision=mine.draft_revision)
        if mine.answered >= MOST:
            raise AnsweredTooOften(most=MOST)
        if verified is not None:
            _must_say(verified, declared(slip, mine, taking.said, at=asked.now), now=asked.now)
        handed = self._handed(taking, asked.now)
        self.tools.store.hand_in(tx, handed)
        # What was handed in takes the place of the draft.
        after = replace(mine, answered=handed.number, answered_at=asked.now, opened_at=mine.opened_at or asked.now)
        self.tools.store.put(tx, replace(after, draft=b"", draft_revision=mine.draft_revision + 1))
        told = {"person": mine.person, "number": handed.number, "commitment": handed.commitment}
        self.desk.note(tx, "answered", slip.id, asked, **told)
        return _answer(handed)

    def _handed(self, taking: _Taking, now: dt.datetime) -> HandIn:
        slip, person, verified = taking.slip, taking.mine.person, taking.verified
        number, statement = taking.mine.answered + 1, "" if verified is None else verified.sha256
        value: dict[str, Any] = {"answers": [each.to_value() for each in taking.said], "nonce": taking.nonce}
        if verified is not None:
            value |= {"statement": _text(verified.statement), "cms": _text(verified.cms)}
        return HandIn(
            slip.id,
            person,
            number,
            now,
            commitment=shut(slip.id, person, number, taking.said, nonce=taking.nonce, statement=statement),
            signed=verified is not None,
            sealed=self.tools.safe.seal(slip.key, value, bound=(slip.id, person, str(number))),
        )

    # Parts

    def _mine(self, tx: Transaction, slip: str, asked: Asked, *, hold: bool = True) -> tuple[Slip, Recipient]:
        """The slip, held as it is, and who asks, held alone; raises ConsultationUnknown, NotAsked, IsSecret."""
        found = self.desk.found(tx, slip, hold="share" if hold else "")
        mine = self.tools.store.recipient(tx, slip, asked.actor.person_id, hold=hold)
        if mine is None or not mine.counts:
            raise NotAsked
        # Not even a draft: whatever lies here lies under a name.
        if found.wording.secret:
            raise IsSecret
        return found, mine

    def _read(self, slip: Slip, entries: Entries) -> tuple[Said, ...]:
        return reading.answers(Fields({"answers": list(entries)}, "body"), slip.wording.questions)

    def _whole(self, slip: Slip, entries: Entries) -> tuple[Said, ...]:
        said = self._read(slip, entries)
        model.must_answer(slip.wording.questions, said)
        return said


def declared(slip: Slip, mine: Recipient, said: Sequence[Said], *, at: dt.datetime) -> Statement:
    """What a token signs: the questions with all their choices, what was chosen, the words (W160). Raises BadField."""
    entries = []
    for question, each in zip(slip.wording.questions, said, strict=True):
        words = {choice.answer: choice.text for choice in question.answers}
        chosen = "" if each.answer is None else words[each.answer]
        entries.append(
            {"question": question.text, "choices": [*words.values()], "chosen": chosen, "opinion": each.opinion}
        )
    body = {"answers": entries}
    check_body(CONSULT, body)
    found = Statement(
        kind=CONSULT,
        meeting=slip.id,
        title=slip.wording.subject,
        person=mine.person,
        name=mine.name,
        place=None,
        made_at=at,
        seq=mine.answered + 1,
        hash=slip.sha256,
        body=body,
    )
    if len(found.encode()) > MAX_BYTES:
        raise BadField("body.answers", f"is longer than {MAX_BYTES} bytes when it is signed")
    return found


def shut(slip: str, person: str, number: int, said: Sequence[Said], *, nonce: str, statement: str = "") -> str:
    """The commitment that the record holds while nobody may read the answers (W161): as a ballot's (W67)."""
    value = canonical.encode({"number": number, "answers": [each.to_value() for each in said]}).decode()
    return commitment(slip, slip, person, answer=value, nonce=nonce, statement=statement)


def _must_say(verified: Verified, expected: Statement, *, now: dt.datetime) -> None:
    """Raise StatementDiffers unless it says these answers to this slip, StatementTimeWrong for another hour."""
    said = verified.said
    must_say(said, expected)
    # Of a meeting's statement the log is judged apart (G45); here it is which handing in, and of which slip.
    if (said.seq, said.hash) != (expected.seq, expected.hash):
        raise StatementDiffers(where="log.seq" if said.seq != expected.seq else "log.hash")
    if not now - OLDEST <= said.made_at <= now + AHEAD:
        raise StatementTimeWrong


def _answer(handed: HandIn) -> dict[str, Any]:
    return {"number": handed.number, "at": print_instant(handed.at), "commitment": handed.commitment}


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
