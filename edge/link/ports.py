"""What the seat needs of a link, and what a link tells the seat.

Rules: a message stays unacknowledged towards the broker until :meth:`Link.done`, so that at most eight wait in memory
(Receive Maximum). ``publish`` promises nothing: the server's own answers count.

Usage::

    link.listen(device_filters(device, room))
    link.publish(topic, payload)
"""

from __future__ import annotations

from typing import NamedTuple, Protocol

from wire.topics import Topic


class Frame(NamedTuple):
    """What travels: a topic and its bytes."""

    topic: Topic
    payload: bytes


class Link(Protocol):
    """Carries frames; made by the agent, used by its one thread."""

    def publish(self, frame: Frame) -> None:
        """Hand a frame over; it is lost when there is no connection."""
        ...

    def listen(self, filters: tuple[str, ...]) -> None:
        """Be subscribed to exactly these filters, now and after every reconnect."""
        ...
