"""What the bridge refuses, with a stable code and texts in ``web/locales``.

::

    EdgeError
    └── BridgeRefusal             bridge-refused (never raised itself)
        ├── NoFreePort            bridge-no-port
        ├── CallerUnknown         bridge-caller-unknown: not the person's own browser
        ├── OriginUnknown         bridge-origin-unknown: not a page of a paired server
        ├── PairingWrong          bridge-pairing-wrong
        ├── PairingUnknown        bridge-pairing-unknown
        ├── CodeWrong             bridge-code-wrong
        ├── AskWrong              bridge-ask-wrong
        ├── AskStale              bridge-ask-stale
        ├── AskUsed               bridge-ask-used
        ├── AskOver               bridge-ask-over
        ├── AskDeclined           bridge-declined
        ├── TicketUnknown         bridge-ticket-unknown
        ├── TooManyAsks           bridge-too-many
        └── TokenBusy             bridge-token-busy

Rules: a page of an origin that is not paired gets a status and nothing that it can read.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from edge.errors import EdgeError


class BridgeRefusal(EdgeError):
    """Nothing was done."""

    code = "bridge-refused"


class NoFreePort(BridgeRefusal):
    """All ports of the bridge are taken on this machine."""

    code = "bridge-no-port"


class CallerUnknown(BridgeRefusal):
    """Not the browser that was opened with this person's secret."""

    code = "bridge-caller-unknown"


class OriginUnknown(BridgeRefusal):
    """Not a page of a server that the person has paired."""

    code = "bridge-origin-unknown"


class PairingWrong(BridgeRefusal):
    """What a page says of its server cannot be one."""

    code = "bridge-pairing-wrong"


class PairingUnknown(BridgeRefusal):
    """No such server is paired, or none waits to be."""

    code = "bridge-pairing-unknown"


class CodeWrong(BridgeRefusal):
    """Not the page that asked to be paired, or too late."""

    code = "bridge-code-wrong"


class AskWrong(BridgeRefusal):
    """Not signed by the paired server, or for another bridge or origin."""

    code = "bridge-ask-wrong"


class AskStale(BridgeRefusal):
    """Its minute is over, or has not begun."""

    code = "bridge-ask-stale"


class AskUsed(BridgeRefusal):
    """It was asked before."""

    code = "bridge-ask-used"


class AskOver(BridgeRefusal):
    """It is answered, declined, or nobody waits for it any more."""

    code = "bridge-ask-over"


class AskDeclined(BridgeRefusal):
    """The person has said no."""

    code = "bridge-declined"


class TicketUnknown(BridgeRefusal):
    """Nothing was asked under this ticket, by this origin."""

    code = "bridge-ticket-unknown"


class TooManyAsks(BridgeRefusal):
    """Too many questions wait, or came within a minute."""

    code = "bridge-too-many"


class TokenBusy(BridgeRefusal):
    """The token is being read, or at work for another question."""

    code = "bridge-token-busy"


#: HTTP status; everything else of the bridge is a 409.
STATUS: Final[Mapping[str, int]] = {
    CallerUnknown.code: 401,
    OriginUnknown.code: 403,
    CodeWrong.code: 403,
    PairingWrong.code: 400,
    AskWrong.code: 400,
    TicketUnknown.code: 404,
    PairingUnknown.code: 404,
    TooManyAsks.code: 429,
}
