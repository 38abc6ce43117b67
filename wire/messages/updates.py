"""What the server has a terminal do with a new image, and how far it is (W176, W177).

Usage::

    Update(head, "a-…", "fetch", Release("20261123.081500", "phonghop-seat-amd64", 402_653_184, "ab…", least, expires))
    Updating(head, "a-…", "20261123.081500", "fetching", done=40)
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from wire.errors import BadField
from wire.fields import Fields, print_instant
from wire.messages.head import Head

#: Fetch the bundle; write it into the other slot; start from there; leave it and drop what was fetched.
UPDATE_KINDS: Final = frozenset({"fetch", "install", "restart", "cancel"})
#: Where a seat is with a release. The last four are ends: nothing follows them but another update.
UPDATE_STATES: Final = frozenset(
    {
        "fetching",
        "fetched",
        "installing",
        "installed",
        "restarting",
        "good",
        "failed",
        "fallen-back",
        "cancelled",
    }
)
#: Why an update was not done, a closed list: who reads it is told in words what to do.
UPDATE_REASONS: Final = frozenset(
    {
        "busy",
        "expired",
        "install",
        "interrupted",
        "no-clock",
        "no-slot",
        "no-space",
        "signature",
        "tampered",
        "too-old",
        "truncated",
        "unreachable",
        "unwell",
        "wrong-device",
    }
)
#: Where a seat fetches a bundle: on the server it was enrolled at, by the digest it was told.
RELEASE_PATH: Final = "/api/releases/{sha256}"
MAX_BUNDLE_BYTES: Final = 4 << 30
MAX_VERSION: Final = 24
_VERSION: Final = re.compile(r"[0-9]{1,8}(\.[0-9]{1,8}){1,3}", re.ASCII)


def version_key(version: str) -> tuple[int, ...]:
    """``20261123.081500`` as numbers, to be compared; raises ValueError for what is not two to four of them."""
    if _VERSION.fullmatch(version) is None:
        raise ValueError(version)
    return tuple(int(each) for each in version.split("."))


@dataclass(frozen=True, slots=True)
class Release:
    """A signed image: ``size`` in bytes and ``sha256`` of the whole bundle; who has run it installs nothing below
    ``minimum`` from then on, and nobody installs it after ``expires``.
    """

    version: str
    compatible: str
    size: int
    sha256: str
    minimum: str
    expires: dt.datetime

    def to_value(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "version": self.version,
            "compatible": self.compatible,
            "size": self.size,
            "sha256": self.sha256,
            "minimum": self.minimum,
            "expires": print_instant(self.expires),
        }

    @classmethod
    def read(cls, fields: Fields) -> Release:
        """Read and check; raises :class:`wire.errors.BadField`."""
        release = cls(
            version=_version(fields, "version"),
            compatible=fields.text("compatible", limit=64),
            size=fields.number("size", low=1, high=MAX_BUNDLE_BYTES),
            sha256=fields.hex("sha256", size=32),
            minimum=_version(fields, "minimum"),
            expires=fields.instant("expires"),
        )
        fields.end()
        return release


@dataclass(frozen=True, slots=True)
class Update:
    """Server → seat. ``update`` names the roll-out's word to this seat: the same one again is the same word."""

    TYPE: ClassVar[str] = "update"
    head: Head
    update: str
    kind: str
    release: Release

    def to_value(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "head": self.head.to_value(),
            "update": self.update,
            "kind": self.kind,
            "release": self.release.to_value(),
        }

    @classmethod
    def read(cls, fields: Fields) -> Update:
        """Read and check."""
        return cls(
            head=Head.read(fields.object("head")),
            update=fields.id("update", "a"),
            kind=fields.choice("kind", UPDATE_KINDS),
            release=Release.read(fields.object("release")),
        )


@dataclass(frozen=True, slots=True)
class Updating:
    """Seat → server: how far it is with ``version``; ``done`` in per cent, ``reason`` why it ended badly."""

    TYPE: ClassVar[str] = "updating"
    head: Head
    update: str
    version: str
    state: str
    done: int = 0
    reason: str = ""

    def to_value(self) -> dict[str, Any]:
        """As JSON."""
        value = {
            "head": self.head.to_value(),
            "update": self.update,
            "version": self.version,
            "state": self.state,
            "done": self.done,
        }
        return {**value, "reason": self.reason} if self.reason else value

    @classmethod
    def read(cls, fields: Fields) -> Updating:
        """Read and check."""
        return cls(
            head=Head.read(fields.object("head")),
            update=fields.id("update", "a"),
            version=_version(fields, "version"),
            state=fields.choice("state", UPDATE_STATES),
            done=fields.number("done", high=100),
            reason=fields.choice("reason", UPDATE_REASONS) if fields.has("reason") else "",
        )


def _version(fields: Fields, key: str) -> str:
    version = fields.text(key, limit=MAX_VERSION)
    try:
        version_key(version)
    except ValueError:
        raise BadField(key, "is not numbers with points") from None
    return version
