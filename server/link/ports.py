"""What the distribution needs of a link.

Rules: an inbox is called from the link's own thread and returns at once. ``publish`` hands a message over and promises
nothing: only what a seat reports counts. Nothing is kept for a link that is down.

Usage::

    link.start(inbox)
    if link.publish(topic, payload): ...
"""

from __future__ import annotations

from typing import Protocol

from wire.topics import Topic


class Inbox(Protocol):
    """Where a link puts what comes."""

    def received(self, topic: Topic, payload: bytes) -> None:
        """A message came."""
        ...

    def connected(self) -> None:
        """The broker is there and everything is subscribed; nothing that came before is known."""
        ...

    def disconnected(self) -> None:
        """The broker is gone."""
        ...


class Link(Protocol):
    """Brings messages to the broker and back."""

    def start(self, inbox: Inbox) -> None:
        """Connect, and connect again for ever."""
        ...

    def stop(self) -> None:
        """Disconnect; returns when no further call to the inbox can come."""
        ...

    def publish(self, topic: Topic, payload: bytes) -> bool:
        """Hand a message over (QoS 1, not retained); false when there is no connection."""
        ...

    @property
    def is_connected(self) -> bool:
        """Whether a message can be handed over."""
        ...

    @property
    def backlog(self) -> int:
        """Messages handed over that the broker has not acknowledged."""
        ...
