"""What speaking refuses.

::

    NotFound
    └── NoSuchSpeech          no-such-speech
    NotAllowed
    ├── MayNotSpeak           may-not-speak: a substitute without that right, or a member who has to leave the item
    └── NotYourSpeech         not-your-speech: only who asked, and who leads, may take it back
    Conflict
    ├── SpeechStateNotAllowed speech-state-not-allowed: what the life cycle does not contain (S1)
    ├── SomebodySpeaks        somebody-speaks: one at a time
    ├── ItemNotDealtWith      item-not-dealt-with: the meeting has gone on, or is not there yet
    ├── ItemOver              item-over: nobody speaks on it any more
    ├── TurnHasNoLimit        turn-has-no-limit: there is nothing to extend
    ├── OrderNotChairs        order-not-chairs: another rule of order was chosen
    ├── WrittenTooOften       written-too-often
    └── TooManySpeeches       too-many-speeches: one person has asked too often
    Malformed
    ├── SpeechReasonMissing   speech-reason-missing
    └── SpeechTextTooLong     speech-text-too-long
"""

from __future__ import annotations

from server.errors import Conflict, Malformed, NotAllowed, NotFound


class NoSuchSpeech(NotFound):
    """Nobody has asked for it in this meeting, or the person may not know of it."""

    code = "no-such-speech"


class MayNotSpeak(NotAllowed):
    """A substitute to whom speaking was not granted (A3), or a member who has to leave the item (W90)."""

    code = "may-not-speak"


class TooManySpeeches(Conflict):
    """One person has asked for the floor so often that others might find no room; ``data["most"]``."""

    code = "too-many-speeches"


class NotYourSpeech(NotAllowed):
    """Somebody else has asked for it."""

    code = "not-your-speech"


class SpeechStateNotAllowed(Conflict):
    """The turn's state does not allow it; ``data["state"]`` is the state."""

    code = "speech-state-not-allowed"


class SomebodySpeaks(Conflict):
    """Another has the floor; ``data["name"]`` says who."""

    code = "somebody-speaks"


class ItemNotDealtWith(Conflict):
    """The turn is on an item that the meeting does not deal with now."""

    code = "item-not-dealt-with"


class ItemOver(Conflict):
    """The item is done: what is left to say is handed in in writing (S4)."""

    code = "item-over"


class TurnHasNoLimit(Conflict):
    """A turn without a limit cannot be given more time."""

    code = "turn-has-no-limit"


class OrderNotChairs(Conflict):
    """Only where the chair's choice is the rule of order is the queue put in order by hand (S3)."""

    code = "order-not-chairs"


class WrittenTooOften(Conflict):
    """The same speech was handed in too many times; ``data["most"]`` is how often it may be."""

    code = "written-too-often"


class SpeechReasonMissing(Malformed):
    """Who is refused is told why (S1)."""

    code = "speech-reason-missing"


class SpeechTextTooLong(Malformed):
    """The speech in writing is too long; ``data["most"]`` is the greatest number of characters."""

    code = "speech-text-too-long"
