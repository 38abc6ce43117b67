"""What releases and roll-outs need from outside.

Usage: ``store.releases(tx)``, ``terminals()``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Protocol

from server.unit import Transaction
from server.updates.model import Kept, Progress, Rollout
from wire.ids import DeviceId


class UpdateStore(Protocol):
    """Releases, roll-outs, and where each terminal is in them."""

    def hold(self, tx: Transaction) -> None:
        """Nobody else changes a release or a roll-out until the transaction ends."""
        ...

    def keep(self, tx: Transaction, kept: Kept) -> None:
        """A release, also one that was dropped before."""
        ...

    def drop(self, tx: Transaction, sha256: str, *, now: dt.datetime) -> None:
        """A release whose file goes; what was rolled out stays known."""
        ...

    def releases(self, tx: Transaction) -> Sequence[Kept]:
        """Those whose file is there, the newest first."""
        ...

    def known(self, tx: Transaction, version: str, compatible: str) -> str | None:
        """The digest of a release of this name, also of a dropped one."""
        ...

    def release(self, tx: Transaction, sha256: str) -> Kept | None:
        """Also a dropped one."""
        ...

    def put(self, tx: Transaction, rollout: Rollout) -> None:
        """A new one, or as it is from now on."""
        ...

    def rollout(self, tx: Transaction, rollout: str) -> Rollout | None:
        """One."""
        ...

    def rollouts(self, tx: Transaction, *, limit: int) -> Sequence[Rollout]:
        """The newest first."""
        ...

    def active(self, tx: Transaction) -> Sequence[Rollout]:
        """Those that are not over."""
        ...

    def put_progress(self, tx: Transaction, rollout: str, progress: Progress) -> None:
        """Where a terminal is from now on."""
        ...

    def forget_progress(self, tx: Transaction, rollout: str, device: DeviceId) -> None:
        """As if it had never been told anything."""
        ...

    def progress(self, tx: Transaction, rollout: str) -> dict[DeviceId, Progress]:
        """Of every terminal that was told something or is left out."""
        ...

    def images(self, tx: Transaction) -> dict[DeviceId, tuple[str, str]]:
        """Terminal → the image it ran and the kind it takes, as it said last."""
        ...

    def put_image(self, tx: Transaction, device: DeviceId, image: str, compatible: str) -> None:
        """It has said so."""
        ...

    def floor(self, tx: Transaction, compatible: str) -> Sequence[str]:
        """The least versions of all releases that some terminal was well with."""
        ...
