"""What is refused about the office's issued documents and the answers to invitations.

::

    ServerError
    ├── NotFound
    │   └── LetterUnknown            letter-unknown
    ├── NotAllowed
    │   ├── NotInvited               letter-not-invited: who does not sit there in their own right is not asked
    │   └── NotAClerk                letter-not-a-clerk: the agency's seal is put by a registry clerk
    ├── Malformed
    │   ├── LetterIncomplete         letter-incomplete: a field that the layout needs is empty
    │   ├── AnswerIncomplete         letter-answer-incomplete: an absence without reason, a substitute without name
    │   └── SubstituteUnfit          letter-substitute-unfit: has a place of their own, or is the member
    └── Conflict
        ├── LetterStageWrong         letter-stage-wrong: the table knows no such move from there
        ├── LetterChanged            letter-changed: somebody saved another wording meanwhile
        ├── LetterTooEarly           letter-too-early: an invitation to a meeting that is not approved
        ├── LetterTooLate            letter-too-late: an invitation to a meeting that is over or cancelled
        ├── LetterDiffers            letter-differs: its words name another time or place than the meeting has
        ├── LetterFollowed           letter-followed: an invitation to a meeting that was opened is not revoked
        ├── LetterOutdated           letter-outdated: an invitation to the time or room that the meeting had before
        ├── InvitationNotSent        letter-invitation-not-sent
        ├── InvitationRevoked        letter-invitation-revoked: nothing is answered to it; the next one asks again
        ├── AnswersOver              letter-answers-over: the meeting has begun, or was cancelled
        ├── AnswerChanged            letter-answer-changed: another answer than the one that was seen
        ├── NothingToDecide          letter-nothing-to-decide
        └── NobodyToRemind           letter-nobody-to-remind: all have answered
"""

from __future__ import annotations

from server.errors import Conflict, Malformed, NotAllowed, NotFound


class LetterUnknown(NotFound):
    """There is no such document, or none of this meeting."""

    code = "letter-unknown"


class NotInvited(NotAllowed):
    """The person was not asked to answer; ``data["name"]``."""

    code = "letter-not-invited"


class NotAClerk(NotAllowed):
    """The agency's seal is put, and the number given, by a registry clerk; ``data["who"]``."""

    code = "letter-not-a-clerk"


class LetterIncomplete(Malformed):
    """``data["field"]`` is empty: abstract, body, authority or signer."""

    code = "letter-incomplete"


class AnswerIncomplete(Malformed):
    """An absence needs its reason, and who sends a substitute names them."""

    code = "letter-answer-incomplete"


class SubstituteUnfit(Malformed):
    """``data["name"]`` has a place of their own in this meeting."""

    code = "letter-substitute-unfit"


class LetterStageWrong(Conflict):
    """The document stands at ``data["stage"]``."""

    code = "letter-stage-wrong"


class LetterChanged(Conflict):
    """Somebody saved another wording; ``data["revision"]`` is the newest."""

    code = "letter-changed"


class LetterTooEarly(Conflict):
    """An invitation is issued once its meeting is approved; ``data["phase"]``."""

    code = "letter-too-early"


class LetterOutdated(Conflict):
    """The meeting was moved after the invitation was put up; ``data["number"]`` stays used."""

    code = "letter-outdated"


class LetterTooLate(Conflict):
    """Nobody is invited to a meeting that is over or cancelled; ``data["phase"]``."""

    code = "letter-too-late"


class LetterDiffers(Conflict):
    """The words say ``data["says"]``, the meeting has ``data["now"]``; whoever means it says so."""

    code = "letter-differs"


class LetterFollowed(Conflict):
    """The meeting was opened: what people came by is revoked no more; ``data["phase"]``."""

    code = "letter-followed"


class InvitationRevoked(Conflict):
    """The invitation ``data["number"]`` holds no more: the next one asks for answers."""

    code = "letter-invitation-revoked"


class InvitationNotSent(Conflict):
    """There is nothing to answer yet."""

    code = "letter-invitation-not-sent"


class AnswersOver(Conflict):
    """Answers are taken until the meeting opens; ``data["phase"]``."""

    code = "letter-answers-over"


class AnswerChanged(Conflict):
    """``data["name"]`` has answered otherwise meanwhile."""

    code = "letter-answer-changed"


class NothingToDecide(Conflict):
    """The person neither reported an absence nor sends a substitute; ``data["name"]``."""

    code = "letter-nothing-to-decide"


class NobodyToRemind(Conflict):
    """Nobody is waited for."""

    code = "letter-nobody-to-remind"
