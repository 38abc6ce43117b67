"""What votes refuse.

::

    NotFound
    └── NoSuchVote            no-such-vote
    NotAllowed
    ├── NotOnTheRoll          not-on-the-roll: has no vote in this meeting
    ├── NotPresentAtOpening   not-present-at-opening: the roll was frozen without them (A2)
    └── NotTheirProxy         not-their-proxy: this ballot was not entrusted to who casts it
    Conflict
    ├── VoteStateNotAllowed   vote-state-not-allowed: what the life cycle does not contain (V3)
    ├── VoteNotOpen           vote-not-open: no ballot is taken now
    ├── AlreadyVoted          already-voted: one ballot a voter (V4)
    ├── AnotherVoteRunning    another-vote-running
    ├── VotesMovedOn          votes-moved-on: begun with another list of votes in sight (W121)
    ├── NobodyPresent         nobody-present: nobody could vote
    ├── VoteNotCounted        vote-not-counted: there is no bundle before the close
    ├── HandsNotBallots       hands-not-ballots: a show of hands is counted by the secretary
    ├── SecretAtSeats         secret-at-seats: a secret ballot is asked for and kept by a seat (V8)
    ├── NotASecretVote        not-a-secret-vote
    ├── TooFewForSecret       too-few-for-secret: among so few nothing is secret
    ├── TooFewBallots         too-few-ballots: and of so few ballots neither
    ├── TooFewHandedIn        too-few-handed-in: nothing is published of fewer than three
    ├── RelayKeyTaken         relay-key-taken: another seat mixes with this key
    └── NoMoreRuns            no-more-runs: collected in vain too often
    Malformed
    ├── NoSuchAnswer          no-such-answer
    ├── AnswerTwice           answer-twice
    ├── WeightWithoutVote     weight-without-vote: of somebody who has no vote
    ├── WeightsWithHands      weights-with-hands
    ├── SecretNamesNobody     secret-names-nobody: weights or a casting vote would show whose ballot is whose
    ├── RepeatWithoutReason   repeat-without-reason
    ├── ProxyNotHere          proxy-not-here: only an open vote's ballots are cast by others
    ├── ProxyTwice            proxy-twice: entrusted twice, to oneself, or on
    ├── ProxiesTooMany        proxies-too-many: to one person
    ├── ElectionByRule        election-by-rule: by hands, with a casting vote, or of those for and against
    ├── TooFewCandidates      too-few-candidates: for so many seats, or marks
    ├── MarksDisordered       marks-disordered: more have to be marked than may be
    ├── HandsMissing          hands-missing
    ├── HandsTooMany          hands-too-many: more than were present
    ├── SignatureMissing      vote-signature-missing: a named vote is signed (V7)
    ├── RelayKeyUnusable      relay-key-unusable: nothing can be sealed to it
    └── SignatureNotAsked     vote-signature-not-asked: and an open one is not
"""

from __future__ import annotations

from server.errors import Conflict, Malformed, NotAllowed, NotFound


class NoSuchVote(NotFound):
    """The meeting has no such vote."""

    code = "no-such-vote"


class NotOnTheRoll(NotAllowed):
    """The person has no vote in this meeting."""

    code = "not-on-the-roll"


class NotPresentAtOpening(NotAllowed):
    """The person was not there when the vote was opened."""

    code = "not-present-at-opening"


class VoteStateNotAllowed(Conflict):
    """The vote's state does not allow it; ``data["state"]`` is the state."""

    code = "vote-state-not-allowed"


class VoteNotOpen(Conflict):
    """No ballot is taken now; ``data["state"]`` is the state."""

    code = "vote-not-open"


class AlreadyVoted(Conflict):
    """The person's ballot is stored already."""

    code = "already-voted"


class AnotherVoteRunning(Conflict):
    """One vote at a time; ``data["question"]`` says which goes on."""

    code = "another-vote-running"


class VotesMovedOn(Conflict):
    """Somebody has prepared or begun another vote since the seat that begins one was told of them."""

    code = "votes-moved-on"


class NobodyPresent(Conflict):
    """Nobody who may vote is there."""

    code = "nobody-present"


class VoteNotCounted(Conflict):
    """The vote is not closed yet."""

    code = "vote-not-counted"


class HandsNotBallots(Conflict):
    """Of a show of hands there are no ballots."""

    code = "hands-not-ballots"


class SecretAtSeats(Conflict):
    """A secret ballot is cast at a seat."""

    code = "secret-at-seats"


class NotASecretVote(Conflict):
    """Ballots are given out in secret votes only."""

    code = "not-a-secret-vote"


class TooFewForSecret(Conflict):
    """Fewer than ``data["least"]`` people are there (``data["present"]``)."""

    code = "too-few-for-secret"


class TooFewBallots(Conflict):
    """Fewer than ``data["least"]`` ballots were given (``data["given"]``): publishing them would name them."""

    code = "too-few-ballots"


class TooFewHandedIn(Conflict):
    """Fewer than ``data["least"]`` ballots were handed in (``data["received"]``)."""

    code = "too-few-handed-in"


class RelayKeyTaken(Conflict):
    """The key with which the seat would mix was given by another device."""

    code = "relay-key-taken"


class RelayKeyUnusable(Malformed):
    """The key with which the seat would mix is none to seal to."""

    code = "relay-key-unusable"


class NoMoreRuns(Conflict):
    """The ballots were collected ``data["runs"]`` times in vain."""

    code = "no-more-runs"


class SecretNamesNobody(Malformed):
    """A secret vote has no weights and no casting vote."""

    code = "secret-names-nobody"


class NoSuchAnswer(Malformed):
    """The vote does not offer this answer."""

    code = "no-such-answer"


class AnswerTwice(Malformed):
    """Two answers are the same, or there is only one."""

    code = "answer-twice"


class WeightWithoutVote(Malformed):
    """A weight is given to somebody who has no vote."""

    code = "weight-without-vote"


class WeightsWithHands(Malformed):
    """Hands are counted one by one."""

    code = "weights-with-hands"


class HandsMissing(Malformed):
    """Each answer needs its number of hands."""

    code = "hands-missing"


class HandsTooMany(Malformed):
    """More hands than people present."""

    code = "hands-too-many"


class SignatureMissing(Malformed):
    """A named vote is signed by the voter's token."""

    code = "vote-signature-missing"


class SignatureNotAsked(Malformed):
    """An open vote takes no signed ballots: nobody should sign what is not asked for."""

    code = "vote-signature-not-asked"


class ElectionByRule(Malformed):
    """Hands, a casting vote, or those for and against elect nobody."""

    code = "election-by-rule"


class TooFewCandidates(Malformed):
    """Fewer stand (``data["candidates"]``) than seats or marks need (``data["needed"]``)."""

    code = "too-few-candidates"


class MarksDisordered(Malformed):
    """The least number of marks is above the most."""

    code = "marks-disordered"


class NotTheirProxy(NotAllowed):
    """The ballot is another's, and was not entrusted to who casts it."""

    code = "not-their-proxy"


class RepeatWithoutReason(Malformed):
    """A vote is repeated, and nobody says why."""

    code = "repeat-without-reason"


class ProxyNotHere(Malformed):
    """A signed, a secret ballot and a raised hand are nobody else's to give."""

    code = "proxy-not-here"


class ProxyTwice(Malformed):
    """A ballot is entrusted twice, to its own voter, or by who was entrusted."""

    code = "proxy-twice"


class ProxiesTooMany(Malformed):
    """``data["name"]`` would hold more than ``data["most"]`` ballots of others."""

    code = "proxies-too-many"
