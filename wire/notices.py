"""Messages as values: to the wall with a countdown, or to one, some or all people (F2); and their life cycle.

Rules W96: what is not in the table is an error; docs/diagrams/notice.mmd is generated from it. Who a message goes to is
settled when it is sent. Whoever got one says once that they have read it.

Usage::

    step(NoticeState.PREPARED, NoticeChange.SEND) is NoticeState.SENT
"""

from __future__ import annotations

import datetime as dt
import enum
from dataclasses import dataclass
from typing import Final

from wire.transitions import stepper


class NoticeTo(enum.StrEnum):
    """màn hình chung · chỗ ngồi."""

    WALL = "wall"
    SEATS = "seats"


class NoticeState(enum.StrEnum):
    """đã soạn → đã gửi → đã gỡ."""

    PREPARED = "prepared"
    SENT = "sent"
    WITHDRAWN = "withdrawn"


class NoticeChange(enum.StrEnum):
    """What moves a message on; each is also the kind of the event that records it."""

    SEND = "notice_sent"
    WITHDRAW = "notice_withdrawn"


TABLE: Final[dict[tuple[NoticeState, NoticeChange], NoticeState]] = {
    (NoticeState.PREPARED, NoticeChange.SEND): NoticeState.SENT,
    (NoticeState.PREPARED, NoticeChange.WITHDRAW): NoticeState.WITHDRAWN,
    (NoticeState.SENT, NoticeChange.WITHDRAW): NoticeState.WITHDRAWN,
}


#: The next state; raises :class:`wire.errors.PhaseError`.
step: Final = stepper(TABLE)


@dataclass(frozen=True, slots=True)
class Notice:
    """One message. ``people``: who it goes to; before it is sent empty for all. ``seconds``: the countdown, 0: none.

    ``by``: the person who prepared it; ``read``: who has read it, and when.
    """

    notice: str
    to: NoticeTo
    text: str
    people: tuple[str, ...]
    seconds: int
    by: str
    prepared_at: dt.datetime
    state: NoticeState = NoticeState.PREPARED
    sent_at: dt.datetime | None = None
    read: tuple[tuple[str, dt.datetime], ...] = ()

    @property
    def ends_at(self) -> dt.datetime | None:
        """When its countdown is over."""
        if self.sent_at is None or not self.seconds:
            return None
        return self.sent_at + dt.timedelta(seconds=self.seconds)

    def waits_for(self, person: str) -> bool:
        """Whether it was sent to the person, who has not said that they have read it."""
        is_theirs = self.state is NoticeState.SENT and self.to is NoticeTo.SEATS and person in self.people
        return is_theirs and all(reader != person for reader, _ in self.read)
