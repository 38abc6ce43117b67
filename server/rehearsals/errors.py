"""What rehearsals refuse, beside what meetings refuse.

::

    Conflict
    ├── NotRehearsable      not-rehearsable: only an approved meeting is tried out
    ├── RehearsalRunning    rehearsal-running: one at a time
    ├── RoomInUse           room-in-use: a meeting is going on there
    ├── MeetingMoved        rehearsal-meeting-moved: the meeting changed while it was copied
    ├── LeaderRecused       leader-recused: who rehearses in the chair's place has left no item
    └── ChairElsewhere      chair-elsewhere: who rehearses in the chair's place is nobody's substitute
"""

from __future__ import annotations

from server.errors import Conflict


class NotRehearsable(Conflict):
    """Before the approval nobody but those who prepare it sees a meeting; afterwards it is held, or was."""

    code = "not-rehearsable"


class RehearsalRunning(Conflict):
    """There is one already, of this meeting or in its room; ``data["title"]`` says which."""

    code = "rehearsal-running"


class RoomInUse(Conflict):
    """A meeting goes on in the room; ``data["title"]`` says which."""

    code = "room-in-use"


class MeetingMoved(Conflict):
    """What was copied is no longer what the meeting gives to whom; the next try copies what is."""

    code = "rehearsal-meeting-moved"


class LeaderRecused(Conflict):
    """Who leads sees every item, also the one that they were to leave."""

    code = "leader-recused"


class ChairElsewhere(Conflict):
    """Who sits in somebody's place, or whose place is taken, does not lead instead of the chair."""

    code = "chair-elsewhere"
