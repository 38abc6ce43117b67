"""What a server asks of the bridge on a person's PC, carried there by the page of its console (G51, docs/SIGNING.md).

Rules: the server signs everything it asks, in an envelope (W20) whose type names the kind: what was asked as one kind
never passes as another. It names the one bridge and the one origin it is for, is good for a minute, and for one time. A
bridge answers nothing that its paired server did not sign, so a page of another origin cannot borrow it.

Usage::

    data = seal_ask(Ask(Kind.SIGN_IN, …), key_id=signer.key_id, sign=signer.sign)
    ask = open_ask(data, verify=server_verifier(known_key))
"""

from __future__ import annotations

import base64
import datetime as dt
import enum
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from wire import canonical, ids
from wire.envelope import Sign, Verify, open_envelope, pae, payload_type, seal
from wire.errors import BadField, UnknownType
from wire.fields import Fields, print_instant
from wire.proof import LIFE_S

#: Where a bridge listens on the PC: the first of these that is free. Above what a service has, below what a system
#: gives to outgoing connections.
PORTS: Final = (24_871, 24_872, 24_873, 24_874)
MAX_BYTES: Final = 256 * 1024
VOUCH: Final = "bridge_vouch"
COOKIE: Final = "bridge_cookie"
_PREFIX: Final = "bridge_"
_ORIGIN: Final = re.compile(
    r"https?://([a-z0-9]([a-z0-9.\-]{0,251}[a-z0-9])?|\[[0-9a-f:.]{2,45}\])(:[1-9][0-9]{0,4})?", re.ASCII
)


class Kind(enum.StrEnum):
    """What a bridge can be asked: to sign in, to tell when a token is out, to sign a paper, to sign what was done,
    to prove a certificate that is to be enrolled.
    """

    SIGN_IN = "sign_in"
    WATCH = "watch"
    PAPER = "paper"
    STATEMENT = "statement"
    ENROL = "enrol"


@dataclass(frozen=True, slots=True)
class Ask:
    """One question. ``ask`` is its id; for a sign-in it is the challenge's. ``data`` depends on the kind."""

    kind: Kind
    ask: str
    bridge: str
    origin: str
    expires_at: dt.datetime
    data: Mapping[str, Any] = field(default_factory=dict, hash=False)

    def to_value(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "ask": self.ask,
            "bridge": self.bridge,
            "origin": self.origin,
            "expires_at": print_instant(self.expires_at),
            "data": dict(self.data),
        }


def is_origin(text: str) -> bool:
    """Whether ``text`` is an origin as browsers print it: scheme, host and port, in small letters, nothing after it."""
    return _ORIGIN.fullmatch(text) is not None


def seal_ask(ask: Ask, *, key_id: str, sign: Sign) -> bytes:
    """The signed message."""
    return seal(_PREFIX + ask.kind.value, ask.to_value(), key_id=key_id, sign=sign)


def open_ask(data: bytes, *, verify: Verify) -> Ask:
    """Check and read, to the last field; raises a ``WireError``. For whom and until when, the bridge looks."""
    if len(data) > MAX_BYTES:
        raise BadField("ask", f"is longer than {MAX_BYTES} bytes")
    signed = open_envelope(data, verify=verify)
    word = signed.type.removeprefix(_PREFIX)
    if not signed.type.startswith(_PREFIX) or word not in set(Kind):
        raise UnknownType(f"not a question to a bridge: {signed.type}")
    fields = Fields(signed.value(), "ask")
    found = Ask(
        kind=Kind(word),
        ask=fields.id("ask", "c"),
        bridge=fields.id("bridge", "d"),
        origin=_origin(fields),
        expires_at=fields.instant("expires_at"),
        data=fields.free("data", limit_bytes=MAX_BYTES),
    )
    fields.end()
    return found


def is_fresh(ask: Ask, now: dt.datetime, *, slack_s: float) -> bool:
    """Whether it is still good, and not for longer than it may be: clocks of a house differ by ``slack_s``."""
    left_s = (ask.expires_at - now).total_seconds()
    return -slack_s < left_s <= LIFE_S + slack_s


def vouched(*, bridge: str, origin: str, nonce: bytes) -> bytes:
    """What a bridge signs with its own key when its person has paired it: this browser may ask for questions to it."""
    value = {"bridge": bridge, "origin": origin, "nonce": base64.b64encode(nonce).decode("ascii")}
    return pae(payload_type(VOUCH), canonical.encode(value))


def remembered(bridge: str) -> bytes:
    """What a server signs to know a browser again that was vouched for by ``bridge``."""
    return pae(payload_type(COOKIE), canonical.encode({"bridge": ids.parse("d", bridge)}))


def _origin(fields: Fields) -> str:
    found = fields.text("origin", limit=280)
    if not is_origin(found):
        raise BadField("ask.origin", "is not an origin")
    return found
