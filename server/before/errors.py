"""What is refused before a meeting.

::

    ServerError
    ├── NotFound
    │   ├── RemarkUnknown        remark-unknown: there is none, or none that one may read
    │   └── AdvanceUnknown       advance-unknown
    ├── NotAllowed
    │   ├── RemarkNotYours       remark-not-yours: somebody else wrote it, or answers it
    │   └── MayNotRemark         may-not-remark: a substitute without that right, or a member who is represented
    ├── Malformed
    │   └── RemarkPlaceWrong     remark-place-wrong: the paper is not of this item, or has no such page
    └── Conflict
        ├── BeforeOver           before-over: the meeting has opened
        ├── RemarkChanged        remark-changed: text or answer are not those that were seen
        ├── RemarkAnswered       remark-answered: what was answered stays as it is
        ├── RemarksFull          remarks-full: as many as one person, or a meeting, may have
        ├── RemarkSettled        remark-settled: changed or answered as often as it may be
        ├── AdvanceTwice         advance-twice: one request an item
        ├── AdvanceOnHeading     advance-on-heading: the item has parts, and one asks for one of them
        ├── AdvanceQueued        advance-queued: it stands in the queue already
        └── AdvanceOver          advance-over: it was taken back, or the person is no member any more
"""

from __future__ import annotations

from server.errors import Conflict, Malformed, NotAllowed, NotFound


class RemarkUnknown(NotFound):
    """There is no such remark, or who asks may not read it."""

    code = "remark-unknown"


class AdvanceUnknown(NotFound):
    """There is no such request, or it is somebody else's."""

    code = "advance-unknown"


class RemarkNotYours(NotAllowed):
    """It can be read, and is for somebody else to change or to answer."""

    code = "remark-not-yours"


class MayNotRemark(NotAllowed):
    """Remarks are made by members; a substitute needs the right to speak (A3), who is represented has none."""

    code = "may-not-remark"


class RemarkPlaceWrong(Malformed):
    """The paper is none of the item that the person may read, or has no such page."""

    code = "remark-place-wrong"


class BeforeOver(Conflict):
    """The meeting has opened: what there is to say is said there."""

    code = "before-over"


class RemarkChanged(Conflict):
    """Somebody was faster: ``data`` has ``revision``, ``text``, ``answer`` (or empty) and ``name`` of who answered."""

    code = "remark-changed"


class RemarkAnswered(Conflict):
    """It was answered meanwhile; ``data`` as of :class:`RemarkChanged`."""

    code = "remark-answered"


class RemarksFull(Conflict):
    """There are ``data["most"]`` of them."""

    code = "remarks-full"


class RemarkSettled(Conflict):
    """It was changed and answered ``data["most"]`` times."""

    code = "remark-settled"


class AdvanceTwice(Conflict):
    """The person has asked for this item already: ``data`` has ``advance``."""

    code = "advance-twice"


class AdvanceOnHeading(Conflict):
    """The item has parts that the person sees: turns are called on those."""

    code = "advance-on-heading"


class AdvanceQueued(Conflict):
    """The request stands in the queue of the meeting."""

    code = "advance-queued"


class AdvanceOver(Conflict):
    """The request stands at ``data["state"]``, where this cannot be done."""

    code = "advance-over"
