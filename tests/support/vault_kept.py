"""A terminal's disk with its vault in a folder or in a played partition, and its agent's starts.

Usage::

    vault = Kept(RealDisk(folder), card).filled()
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from edge.errors import StoreBusy
from edge.vault.disk import RealDisk
from edge.vault.place import MADE, Folder, Partition
from edge.vault.store import Vault
from tests.support.meeting_log import MEETING
from tests.support.vault_card import Card
from wire.secret import Secret

KEY, OTHER = Secret(bytes(range(32))), Secret(bytes(32))


@dataclass
class Kept:
    """A terminal's disk; a new vault is a new start of its agent."""

    store: RealDisk
    card: Card | None = None
    program: Any = None

    def vault(self) -> Vault:
        if self.card is None:
            return Vault(self.store, Folder())
        return Vault(RealDisk(self.card.folder), self.place())

    def place(self) -> Partition:
        assert self.card is not None
        return Partition(self.store, RealDisk(self.card.folder), self.card.socket, is_mounted=self.card.shows)

    def filled(self) -> Vault:
        vault = self.vault()
        opened(vault)
        vault.meeting(MEETING).keyring.make_box()
        return vault

    def note(self) -> dict[str, Any]:
        return dict(json.loads(self.store.read(MADE) or b"{}"))


def opened(vault: Vault, key: Secret = KEY, *, anew: str = "") -> Vault:
    """As the agent does: what is worked at is asked again."""
    for _ in range(2000):
        try:
            assert vault.open(key, anew=anew) == ()
        except StoreBusy:
            continue
        return vault
    raise AssertionError("it is worked at for ever")


def loss(vault: Vault) -> str:
    return "" if vault.loss is None else vault.loss.why


def card_of(kept: Kept) -> Card:
    assert kept.card is not None
    return kept.card
