"""What meetings refuse.

::

    NotFound
    ├── NoSuchMeeting         no-such-meeting
    ├── NoSuchItem            no-such-item
    └── NoSuchPaper           no-such-paper
    NotAllowed
    ├── NotAMember            not-a-member
    ├── KeptFree              seat-maintenance: nobody signs in at a place under maintenance (W189)
    └── NotSignedInHere       not-signed-in-here: at that seat
    Conflict
    ├── PhaseNotAllowed       phase-not-allowed: what the life cycle does not contain (M1)
    ├── AgendaChanged         agenda-changed: somebody was faster
    ├── ItemHasPapers         item-has-papers
    ├── RecallIncomplete      recall-incomplete: not every seat has proved that its keys are destroyed
    ├── ItemHasVotes          item-has-votes
    ├── VoteRunning           vote-running: it has to be closed first
    ├── ItemInProgress        item-in-progress: begun or done, it stays in the agenda
    ├── PapersPublished       papers-published: they are at the seats already
    ├── PaperNotPublished     paper-not-published
    ├── NothingPresented      nothing-presented
    ├── ClosingMustBeSigned   closing-must-be-signed: the house wants the chair's signature
    ├── PresenceKnown         presence-known: signed already
    ├── PlaceTaken            place-taken: a substitute sits in the person's place (A3)
    ├── RehearsalFixed        rehearsal-fixed: who takes part, and with which papers, comes from the real meeting (M5)
    ├── RehearsalUnsigned     rehearsal-unsigned: nothing is signed in a rehearsal (M5)
    ├── ChairMissing          chair-missing
    ├── AgendaEmpty           agenda-empty
    └── PresenterNotMember    presenter-not-a-member
    Malformed
    ├── MemberTwice           member-twice
    ├── TwoChairs             two-chairs
    ├── SeatGivenTwice        seat-given-twice
    ├── ItemTwice             item-twice
    ├── AgendaBroken          agenda-broken: no tree, or too deep
    ├── NoSuchPage            no-such-page
    ├── DisplayTextMissing    display-text-missing
    ├── YearUnfit             year-unfit: a meeting begins in the years 2000 to 2099
    └── UnknownAct            unknown-act
"""

from __future__ import annotations

from server.errors import Conflict, Malformed, NotAllowed, NotFound


class NoSuchMeeting(NotFound):
    """There is no such meeting."""

    code = "no-such-meeting"


class NoSuchItem(NotFound):
    """The agenda has no such item."""

    code = "no-such-item"


class NoSuchPaper(NotFound):
    """The meeting has no such paper."""

    code = "no-such-paper"


class NotAMember(NotAllowed):
    """The person is not a member of this meeting."""

    code = "not-a-member"


class KeptFree(NotAllowed):
    """That place is under maintenance: nobody signs in there. The seat itself says it in the same words."""

    code = "seat-maintenance"


class NotSignedInHere(NotAllowed):
    """The person has not signed in at the seat the act comes from."""

    code = "not-signed-in-here"


class PhaseNotAllowed(Conflict):
    """The meeting's phase does not allow it; ``data["phase"]`` is the phase."""

    code = "phase-not-allowed"


class AgendaChanged(Conflict):
    """The agenda was changed after the number the caller has seen."""

    code = "agenda-changed"


class ItemHasPapers(Conflict):
    """An item with papers cannot be taken out."""

    code = "item-has-papers"


class ItemHasVotes(Conflict):
    """An item on which a vote was prepared cannot be taken out."""

    code = "item-has-votes"


class VoteRunning(Conflict):
    """A vote goes on; ``data["question"]`` says which."""

    code = "vote-running"


class ItemInProgress(Conflict):
    """An item that was begun cannot be taken out."""

    code = "item-in-progress"


class PapersPublished(Conflict):
    """A meeting whose papers are at the seats is cancelled, not returned."""

    code = "papers-published"


class PaperNotPublished(Conflict):
    """Only published papers are presented, at their published version."""

    code = "paper-not-published"


class NothingPresented(Conflict):
    """Nothing is being presented."""

    code = "nothing-presented"


class ClosingMustBeSigned(Conflict):
    """The house wants the chair's signature under a closing."""

    code = "closing-must-be-signed"


class PresenceKnown(Conflict):
    """The same was signed already."""

    code = "presence-known"


class PlaceTaken(Conflict):
    """A substitute sits in the person's place; ``data["name"]`` says who."""

    code = "place-taken"


class RehearsalFixed(Conflict):
    """Of a rehearsal, who takes part, their places and the papers come from the meeting that is tried out."""

    code = "rehearsal-fixed"


class RehearsalUnsigned(Conflict):
    """What is signed cannot be destroyed: a rehearsal has no signatures, and gives nothing out."""

    code = "rehearsal-unsigned"


class ChairMissing(Conflict):
    """The meeting needs exactly one chair."""

    code = "chair-missing"


class AgendaEmpty(Conflict):
    """The meeting needs an agenda."""

    code = "agenda-empty"


class PresenterNotMember(Conflict):
    """Who presents an item has to be a member."""

    code = "presenter-not-a-member"


class RecallIncomplete(Conflict):
    """Seats that held papers have not answered the recall; ``seats`` are their labels."""

    code = "recall-incomplete"


class MemberTwice(Malformed):
    """One person stands twice in the list."""

    code = "member-twice"


class TwoChairs(Malformed):
    """Two members have the role of the chair."""

    code = "two-chairs"


class SeatGivenTwice(Malformed):
    """Two members have one seat."""

    code = "seat-given-twice"


class ItemTwice(Malformed):
    """One item stands twice in the agenda."""

    code = "item-twice"


class AgendaBroken(Malformed):
    """The agenda is not a tree, or too deep."""

    code = "agenda-broken"


class NoSuchPage(Malformed):
    """The paper has no such page."""

    code = "no-such-page"


class YearUnfit(Malformed):
    """A meeting begins in the years ``data["first"]`` to ``data["last"]``."""

    code = "year-unfit"


class DisplayTextMissing(Malformed):
    """A message for the room display needs its text."""

    code = "display-text-missing"


class UnknownAct(Malformed):
    """A seat asked for something this server does not know, or not in a form it can read."""

    code = "unknown-act"
