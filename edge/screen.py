"""What the page's threads may know of the seat, made anew when something that shows has changed.

Rules: a screen is a value; page threads read the newest and nothing else. It holds the documents that may be read now,
with their keys, and no other (P5).

Usage::

    screen = drawn.look(state, vault, ahead_s=0.0)     # None: looks as before
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, Final, Protocol

from edge import view
from edge.commands import Answer
from edge.model import Identity, State
from edge.pairing import Picture, draw, pairing_text
from edge.showing import reader
from edge.vault.store import Vault
from pages.model import Document
from wire.messages import Point, View
from wire.topics import PaperVersion

#: This machine's clock was set, and does not only tick on beside the server's.
_SET_S: Final = 0.1


@dataclass(frozen=True, slots=True)
class Screen:
    """All that the page's threads may know: sections, and the papers that may be read now.

    ``reader`` is (meeting, person) or None; ``mark`` names person and seat for the watermark (P6); ``ahead_s`` is how
    far the server's clock is ahead of this one. ``is_concealed``: its papers were taken away, the next screen is on
    its way.
    """

    seq: int
    sections: Mapping[str, Any]
    documents: Mapping[PaperVersion, Document] = field(default_factory=dict)
    reader: tuple[str, str] | None = None
    mark: str = ""
    ahead_s: float = 0.0
    is_concealed: bool = False


class Outside(Protocol):
    """Where the seat's output goes; called from the loop, returns at once."""

    def show(self, screen: Screen) -> None:
        """The screen has changed."""
        ...

    def point(self, point: Point | View) -> None:
        """The presenter points on the page, or sees that part of it."""
        ...

    def answer(self, answer: Answer) -> None:
        """A page's call is answered."""
        ...

    def hide(self) -> None:
        """Forget every drawn page, end the renderer with its keys, give no paper before the next screen.

        Returns when that is done.
        """
        ...


class Drawn:
    """The last screen, and what it was made from."""

    def __init__(self) -> None:
        self._from: tuple[object, ...] = ()
        self._screen: Screen | None = None
        self._picture: Picture | None = None
        self._ahead_s = 0.0

    def forget(self) -> None:
        """The next look gives a screen, whether it looks different or not."""
        self._screen = None

    def look(
        self,
        state: State,
        vault: Vault,
        *,
        ahead_s: float,
        round_file: Mapping[PaperVersion, Document] = MappingProxyType({}),
    ) -> Screen | None:
        """The screen, if it looks different now. ``round_file``: what is open to be signed."""
        holding = {
            chunks.manifest.key: {"have": len(chunks.have), "chunks": chunks.have.size, "ready": chunks.have.full}
            for chunks in vault.all_chunks()
        }
        # The parts of a state are replaced, never changed: the same object looks the same.
        if abs(ahead_s - self._ahead_s) >= _SET_S:
            self._ahead_s = ahead_s
        shown_from = (
            state.identity, state.link.state, state.link.since_at, state.opened, state.confirmed, state.wish,
            state.session, state.acts, state.recalled, state.fault, state.record_fault, state.cards,
            state.signing_in is not None, self._ahead_s,
            state.declaring, state.rounds, state.round_file, state.paper, tuple(round_file.items()),
            view.marks_of(state), state.orders, state.upkeep.is_dark, state.upkeep.maintenance,
            tuple(map(id, state.meetings.values())), holding,
        )  # fmt: skip
        if self._screen is not None and shown_from == self._from:
            return None
        self._from = shown_from
        screen = self._draw(state, vault, holding=holding, ahead_s=self._ahead_s)
        if screen.reader is not None and state.round_file is not None and state.round_file.ready:
            screen = replace(screen, documents={**screen.documents, **round_file})
        if screen == self._screen:
            return None
        self._screen = screen
        return screen

    def _draw(
        self, state: State, vault: Vault, *, holding: dict[PaperVersion, dict[str, Any]], ahead_s: float
    ) -> Screen:
        sections = view.sections(state, holding=holding, picture=self._pairing(state.identity))
        documents = {
            paper: found
            for paper, meeting in view.readable(state).items()
            if (found := vault.document(meeting, paper)) is not None
        }
        person, seat = sections["person"], sections["seat"]
        return Screen(
            seq=view.number(state),
            sections=sections,
            documents=documents,
            reader=reader(state),
            mark="" if person is None else f"{person['name']} · {seat['label']}",
            ahead_s=ahead_s,
        )

    def _pairing(self, identity: Identity) -> Picture | None:
        if self._picture is None and identity.device and identity.code:
            self._picture = draw(pairing_text(identity.device, identity.code))
        return self._picture
