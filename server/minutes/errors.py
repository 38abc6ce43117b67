"""What the minutes refuse.

::

    NotAllowed
    └── MinutesNotShared      minutes-not-shared: members read them once they are to be commented, or signed
    NotFound
    ├── NoSuchParagraph       no-such-paragraph
    └── NoSuchComment         no-such-comment
    Conflict
    ├── MinutesNotYet         minutes-not-yet: the meeting has not been opened
    ├── MinutesFrozen         minutes-frozen: they are being signed, or are signed (BB10)
    ├── ParagraphMoved        minutes-paragraph-moved: somebody else wrote it meanwhile (BB7)
    ├── MinutesChanged        minutes-changed: somebody wrote in them while they were put up
    ├── TooManyParagraphs     minutes-too-many
    ├── CommentsClosed        minutes-comments-closed: the time for comments is over, or has not begun (BB9)
    ├── CommentAnswered       minutes-comment-answered
    ├── TooManyComments       minutes-too-many-comments
    ├── SignersMissing        minutes-signers-missing: a secretary and a chair sign
    ├── NotWithSigners        minutes-not-with-signers: nobody is asked to sign them now
    └── ConclusionChanged     conclusion-changed: somebody else wrote the conclusion meanwhile (W136)
    Malformed
    ├── ReasonMissing         minutes-reason-missing: what differs from the record says why (BB6)
    ├── DeadlinePast          minutes-deadline-past
    └── ClerkSigns            minutes-clerk-signs: whoever signs them as secretary or chair gives no number
"""

from __future__ import annotations

from server.errors import Conflict, Malformed, NotAllowed, NotFound


class MinutesNotShared(NotAllowed):
    """Who does not lead the meeting reads the minutes once they are to be commented, or signed."""

    code = "minutes-not-shared"


class NoSuchParagraph(NotFound):
    """The minutes have no such paragraph, or the person may not know of it."""

    code = "no-such-paragraph"


class NoSuchComment(NotFound):
    """Nobody made it."""

    code = "no-such-comment"


class MinutesNotYet(Conflict):
    """Before the opening there is nothing to write down."""

    code = "minutes-not-yet"


class MinutesFrozen(Conflict):
    """They are being signed, or are signed; ``data["state"]``."""

    code = "minutes-frozen"


class ParagraphMoved(Conflict):
    """Somebody else wrote it; ``data``: ``paragraph``, its ``version``, ``text``, ``by`` whom and ``at``."""

    code = "minutes-paragraph-moved"


class MinutesChanged(Conflict):
    """Somebody wrote in them while they were put up: look again."""

    code = "minutes-changed"


class TooManyParagraphs(Conflict):
    """``data["most"]``."""

    code = "minutes-too-many"


class CommentsClosed(Conflict):
    """The time for comments is over, or has not begun."""

    code = "minutes-comments-closed"


class CommentAnswered(Conflict):
    """Somebody has answered it."""

    code = "minutes-comment-answered"


class TooManyComments(Conflict):
    """``data["most"]``."""

    code = "minutes-too-many-comments"


class SignersMissing(Conflict):
    """The secretary and the chair sign, two people of the meeting."""

    code = "minutes-signers-missing"


class NotWithSigners(Conflict):
    """Nobody is asked to sign them now."""

    code = "minutes-not-with-signers"


class ConclusionChanged(Conflict):
    """Somebody else wrote it meanwhile; ``data``: their ``text``, ``by`` and the ``seq`` of its event."""

    code = "conclusion-changed"


class ReasonMissing(Malformed):
    """A paragraph that says something else than the record says why."""

    code = "minutes-reason-missing"


class DeadlinePast(Malformed):
    """A deadline lies ahead."""

    code = "minutes-deadline-past"


class ClerkSigns(Malformed):
    """``data["who"]`` signs the minutes as secretary or chair; the number is given by somebody else."""

    code = "minutes-clerk-signs"
