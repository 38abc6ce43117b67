"""Votes as people write them: JSON → values, for the console's requests and the seats' acts alike.

Rules: shapes and limits are those of the events (``wire/vote_fold.py``); a template's answers are its own words.

Usage: ``new_vote(body())``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from server.statements.errors import StatementKindUnknown
from server.voting.casting import Cast, SignedBallot
from server.voting.errors import MarksDisordered, NoSuchVote
from server.voting.model import NewVote
from server.voting.ready import Asked
from wire.ballots import NONCE_BYTES
from wire.election_marks import MAX_CANDIDATES, SAID_LIMIT, Election
from wire.fields import Fields
from wire.statement import VOTE, SignedStatement, Statement
from wire.vote_fold import MAX_ANSWERS, MAX_ELECTORS, MAX_QUESTION, MAX_SECONDS, MAX_SHARE, MAX_WEIGHT
from wire.votes import Answer, Base, Meaning, Proxy, Rule, Share, Tie, VoteKind

OWN: Final = "own"
#: An election: the answers are names (W105).
CANDIDATES: Final = "candidates"
#: Templates of answers (V2): the words are Vietnamese, for they are what is signed.
TEMPLATES: Final[dict[str, tuple[Answer, ...]]] = {
    "approve": (
        Answer("for", "Tán thành", Meaning.FOR),
        Answer("against", "Không tán thành", Meaning.AGAINST),
        Answer("abstain", "Không biểu quyết", Meaning.ABSTAIN),
    ),
    "agree": (
        Answer("for", "Đồng ý", Meaning.FOR),
        Answer("against", "Không đồng ý", Meaning.AGAINST),
        Answer("other", "Ý kiến khác", Meaning.OTHER),
    ),
}


def ballot(fields: Fields, vote: str, person: str) -> Cast:
    """A console's ballot: an open one says its answer, perhaps whose it is (W107), a named one what was signed (W68).

    Raises BadField, StatementKindUnknown, NoSuchVote.
    """
    nonce = fields.hex("nonce", size=NONCE_BYTES)
    if not fields.has("statement"):
        whose = fields.id("for", "u") if fields.has("for") else person
        open_one = Cast(vote, whose, fields.text("answer", limit=SAID_LIMIT), nonce, by=person)
        fields.end()
        return open_one
    signed = SignedStatement.read(fields)
    said = Statement.read(signed.statement)
    if said.kind != VOTE:
        raise StatementKindUnknown(kind=said.kind)
    if said.body["ballot"] != vote:
        raise NoSuchVote(vote=vote)
    return Cast(vote, person, said.body["answer"], nonce, SignedBallot(signed, None))


def new_vote(fields: Fields) -> NewVote:
    """A vote as it is written; raises BadField."""
    template = fields.choice("template", frozenset({*TEMPLATES, OWN, CANDIDATES}))
    election = _election(fields.object("election")) if template == CANDIDATES else None
    new = NewVote(
        item=fields.id("item", "i"),
        kind=VoteKind(fields.choice("kind", frozenset(VoteKind))),
        question=fields.text("question", limit=MAX_QUESTION).strip(),
        template=template,
        answers=_candidates(fields) if election else TEMPLATES.get(template) or own_answers(fields),
        rule=rule(fields.object("rule")),
        seconds=fields.number("seconds", high=MAX_SECONDS) if fields.has("seconds") else 0,
        weights=_weights(fields) if fields.has("weights") else (),
        proxies=_proxies(fields) if fields.has("proxies") else (),
        repeats=fields.id("repeats", "v") if fields.has("repeats") else None,
        reason=fields.text("reason", limit=2000).strip() if fields.has("reason") else "",
        election=election,
    )
    fields.end()
    return new


def rule(fields: Fields) -> Rule:
    """When the answers for a proposal carry it; raises BadField."""
    found = Rule(
        base=Base(fields.choice("base", frozenset(Base))),
        majority=_share(fields.object("majority")),
        quorum=_share(fields.object("quorum")) if fields.has("quorum") else None,
        tie=Tie(fields.choice("tie", frozenset(Tie))),
    )
    fields.end()
    return found


def asked(args: Mapping[str, str]) -> tuple[str | None, Asked]:
    """For which vote somebody asks who is ready: one that is written down, or a kind and an item; raises BadField."""
    given = Fields(dict(args), "ready")
    vote = given.id("vote", "v") if given.has("vote") else None
    if vote is not None:
        return vote, Asked(VoteKind.OPEN, "")
    return None, Asked(VoteKind(given.choice("kind", frozenset(VoteKind))), given.id("item", "i"))


def own_answers(fields: Fields) -> tuple[Answer, ...]:
    """Answers in words of one's own, named by their place; raises BadField."""
    found = []
    for number, entry in enumerate(fields.objects("answers", limit=MAX_ANSWERS), 1):
        meaning = Meaning(entry.choice("means", frozenset(Meaning)))
        found.append(Answer(f"a{number}", entry.text("text", limit=200).strip(), meaning))
        entry.has("answer")  # as it was read before; its name is its place
        entry.end()
    return tuple(found)


def _election(fields: Fields) -> Election:
    least, most = fields.number("least", high=MAX_CANDIDATES), fields.number("most", low=1, high=MAX_CANDIDATES)
    if least > most:
        raise MarksDisordered
    election = Election(least=least, most=most, seats=fields.number("seats", low=1, high=MAX_CANDIDATES))
    fields.end()
    return election


def _candidates(fields: Fields) -> tuple[Answer, ...]:
    """Their names, in the order of the ballot paper."""
    names = [str(each).strip() for each in fields.items("candidates", limit=MAX_CANDIDATES)]
    texts = [Fields({"name": name}, "candidates").text("name", limit=200) for name in names]
    return tuple(Answer(f"a{number}", name, Meaning.OTHER) for number, name in enumerate(texts, 1))


def _share(fields: Fields) -> Share:
    den = fields.number("den", low=1, high=MAX_SHARE)
    share = Share(fields.number("num", high=den), den, more=fields.flag("more"))
    fields.end()
    return share


def _weights(fields: Fields) -> tuple[tuple[str, int], ...]:
    found = []
    for entry in fields.objects("weights", limit=MAX_ELECTORS):
        found.append((entry.id("person", "u"), entry.number("weight", low=1, high=MAX_WEIGHT)))
        entry.end()
    return tuple(found)


def _proxies(fields: Fields) -> tuple[Proxy, ...]:
    found = []
    for entry in fields.objects("proxies", limit=MAX_ELECTORS):
        found.append(Proxy(entry.id("person", "u"), entry.id("holder", "u")))
        entry.end()
    return tuple(found)


def hands(fields: Fields) -> tuple[tuple[str, int], ...]:
    """What the secretary counted: answer and number of each."""
    found = []
    for entry in fields.objects("hands", limit=MAX_ANSWERS):
        found.append((entry.text("answer", limit=20), entry.number("count", high=MAX_ELECTORS)))
        entry.end()
    return tuple(found)
