"""What is refused about consultation slips.

::

    ServerError
    ├── NotFound
    │   └── ConsultationUnknown          consultation-unknown: there is none, or not for this person
    ├── NotAllowed
    │   ├── NotItsLeader                 consultation-not-its-leader: sending is approved by the leader it names
    │   └── NotAsked                     consultation-not-asked: no recipient of this slip, or not any more
    ├── Malformed
    │   ├── ConsultationIncomplete       consultation-incomplete: something has to be there before it is submitted
    │   ├── AnswerIncomplete             consultation-answer-incomplete: a question is left without its answer
    │   ├── BallotRefused                consultation-ballot-refused: no ballot that this slip's key has signed
    │   └── BallotTooLong                consultation-ballot-too-long: more words than a ballot holds
    ├── TooMany
    │   └── TooManyRefused               consultation-too-many-refused: wrong ballots from one place, again and again
    └── Conflict
        ├── ConsultationStageWrong       consultation-stage-wrong: the table knows no such move from there
        ├── ConsultationChanged          consultation-changed: somebody saved another wording meanwhile
        ├── ConsultationOver             consultation-over: the deadline has passed by the server's clock
        ├── DeadlineTooEarly             consultation-deadline-too-early: in the past, or before the one there was
        ├── DraftChanged                 consultation-draft-changed: saved from another place meanwhile
        ├── AnsweredMeanwhile            consultation-answered-meanwhile: handed in from another place meanwhile
        ├── AnsweredTooOften             consultation-answered-too-often: as often as is kept of one person
        ├── SignatureWanted              consultation-signature-wanted: answers to this slip are signed
        ├── NotSigned                    consultation-not-signed: answers to this slip are not signed
        ├── MayNotApprove                consultation-may-not-approve: the leader named runs system, rights or record
        ├── CannotAnswer                 consultation-cannot-answer: somebody named has no account that may act
        ├── RemovedAlready               consultation-removed-already: taken off the list before
        ├── NobodyLeft                   consultation-nobody-left: the last recipient stays
        ├── NobodyWaitedFor              consultation-nobody-waited-for: all have answered
        ├── IsSecret                     consultation-is-secret: answers to this slip are handed in without a name
        ├── NotSecret                    consultation-not-secret: answers to this slip are handed in by name
        ├── TooFewForSecret              consultation-too-few-for-secret: among two nobody's answer is secret
        ├── BallotGiven                  consultation-ballot-given: this person was given a ballot in another browser
        ├── HasBallot                    consultation-has-ballot: who was given a ballot stays on the list
        ├── UrnFull                      consultation-urn-full: more ballots than were given
        ├── UrnLost                      consultation-urn-lost: the urn's key is not there now
        └── AnswerDamaged                consultation-answer-damaged: what is kept is not what was sealed
"""

from __future__ import annotations

from server.errors import Conflict, Malformed, NotAllowed, NotFound, TooMany


class ConsultationUnknown(NotFound):
    """There is no such slip, or not for this person."""

    code = "consultation-unknown"


class NotItsLeader(NotAllowed):
    """Approving is for the leader whom the slip names; ``data["name"]``."""

    code = "consultation-not-its-leader"


class NotAsked(NotAllowed):
    """The person is no recipient of this slip, or not any more."""

    code = "consultation-not-asked"


class ConsultationIncomplete(Malformed):
    """``data["field"]`` is missing: subject, leader, recipients, questions, deadline or submission."""

    code = "consultation-incomplete"


class AnswerIncomplete(Malformed):
    """Question ``data["number"]`` has no answer, or no words where words are needed."""

    code = "consultation-answer-incomplete"


class ConsultationStageWrong(Conflict):
    """The slip stands at ``data["stage"]``."""

    code = "consultation-stage-wrong"


class ConsultationChanged(Conflict):
    """Somebody saved another wording; ``data["revision"]`` is the newest."""

    code = "consultation-changed"


class ConsultationOver(Conflict):
    """The deadline has passed; ``data["deadline"]`` as it is printed."""

    code = "consultation-over"


class DeadlineTooEarly(Conflict):
    """The deadline has to be in the future, and an extension later than what it extends."""

    code = "consultation-deadline-too-early"


class DraftChanged(Conflict):
    """The same person saved another draft elsewhere; ``data["revision"]`` is the newest."""

    code = "consultation-draft-changed"


class AnsweredMeanwhile(Conflict):
    """The same person handed in elsewhere; ``data["number"]`` is the newest."""

    code = "consultation-answered-meanwhile"


class AnsweredTooOften(Conflict):
    """The same person handed in ``data["most"]`` times; the last one stays."""

    code = "consultation-answered-too-often"


class MayNotApprove(Conflict):
    """``data["name"]`` runs the system, its rights or its record, and approves no slip."""

    code = "consultation-may-not-approve"


class CannotAnswer(Conflict):
    """The accounts of ``data["names"]`` are disabled: they could neither answer nor approve."""

    code = "consultation-cannot-answer"


class SignatureWanted(Conflict):
    """Answers to this slip are signed with the token."""

    code = "consultation-signature-wanted"


class NotSigned(Conflict):
    """Answers to this slip are not signed."""

    code = "consultation-not-signed"


class RemovedAlready(Conflict):
    """``data["name"]`` was taken off the list before."""

    code = "consultation-removed-already"


class NobodyLeft(Conflict):
    """The last recipient is not taken off; the slip is withdrawn instead."""

    code = "consultation-nobody-left"


class NobodyWaitedFor(Conflict):
    """Nobody is left to remind."""

    code = "consultation-nobody-waited-for"


class AnswerDamaged(Conflict):
    """What the database holds is not what was sealed."""

    code = "consultation-answer-damaged"


class BallotRefused(Malformed):
    """It does not answer this slip, or the slip's key has not signed it."""

    code = "consultation-ballot-refused"


class BallotTooLong(Malformed):
    """A ballot holds so many bytes and no more, so that no length tells whose it is."""

    code = "consultation-ballot-too-long"


class TooManyRefused(TooMany):
    """One place brought wrong ballots again and again; ``data["wait_s"]``."""

    code = "consultation-too-many-refused"


class IsSecret(Conflict):
    """Answers to a secret slip are drafted and handed in without a name."""

    code = "consultation-is-secret"


class NotSecret(Conflict):
    """Answers to this slip are handed in by name."""

    code = "consultation-not-secret"


class TooFewForSecret(Conflict):
    """A secret slip asks ``data["least"]`` people or more."""

    code = "consultation-too-few-for-secret"


class BallotGiven(Conflict):
    """This person was given a ballot before, ``data["at"]``, in ``data["browser"]``; there it is handed in."""

    code = "consultation-ballot-given"


class HasBallot(Conflict):
    """``data["name"]`` was given a ballot, which nobody could find again among the others."""

    code = "consultation-has-ballot"


class UrnFull(Conflict):
    """As many ballots as were given are there."""

    code = "consultation-urn-full"


class UrnLost(Conflict):
    """The key of the urn is not there: nobody opens it until it is back, or the slip is closed or withdrawn."""

    code = "consultation-urn-lost"
