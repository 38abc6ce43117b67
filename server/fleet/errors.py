"""What the fleet refuses.

::

    ServerError
    ├── NotFound
    │   └── DeviceUnknown       device-unknown
    ├── Conflict
    │   ├── CodeDiffers         code-differs
    │   ├── SeatTaken           seat-taken
    │   ├── SeatInUse           seat-in-use
    │   ├── DeviceInMeeting     device-in-meeting
    │   ├── NotThatSeat         not-that-seat
    │   ├── StoreAsksOtherwise  store-asks-otherwise
    │   └── DeviceWrongState    device-wrong-state
    ├── NotAllowed
    │   ├── DeviceRefused       device-refused
    │   ├── DeviceRevoked       device-revoked
    │   ├── RenewalRefused      renewal-refused
    │   └── ReceiptRefused      receipt-refused
    ├── TooMany
    │   ├── TooManyRequests     too-many-requests
    │   └── TooManyPending      too-many-pending
    └── Unavailable
        └── BrokerUnreachable   broker-unreachable

Seats and rooms that do not exist are ``server.rooms.errors``.

Usage: ``raise SeatTaken(seat_label=place.label)``.
"""

from __future__ import annotations

from server.errors import Conflict, NotAllowed, NotFound, TooMany, Unavailable


class DeviceUnknown(NotFound):
    """No terminal has this id."""

    code = "device-unknown"


class CodeDiffers(Conflict):
    """The 12 digits are not those of this terminal: it may be another one than IT is looking at."""

    code = "code-differs"


class SeatTaken(Conflict):
    """Another terminal has the seat."""

    code = "seat-taken"


class SeatInUse(Conflict):
    """The seat's terminal is online: revoke it first if it is to go."""

    code = "seat-in-use"


class DeviceInMeeting(Conflict):
    """``room`` meets: its terminals are started again only by who knows that."""

    code = "device-in-meeting"


class NotThatSeat(Conflict):
    """What was typed is not the name of the seat whose terminal is to be wiped."""

    code = "not-that-seat"


class StoreAsksOtherwise(Conflict):
    """The terminal's store asks another question now, ``asked`` and ``why``; both empty: none. Nothing was ordered."""

    code = "store-asks-otherwise"


class DeviceWrongState(Conflict):
    """The life cycle has no such step."""

    code = "device-wrong-state"


class DeviceRefused(NotAllowed):
    """IT refused this terminal."""

    code = "device-refused"


class DeviceRevoked(NotAllowed):
    """The terminal was revoked; with this key it never comes back."""

    code = "device-revoked"


class RenewalRefused(NotAllowed):
    """This request is no renewal of the certificate that it came with: ``why``, for the log of the seat."""

    code = "renewal-refused"


class ReceiptRefused(NotAllowed):
    """This is no receipt of a revoked terminal: ``why``, for its log."""

    code = "receipt-refused"


class TooManyRequests(TooMany):
    """One address asks too often."""

    code = "too-many-requests"


class TooManyPending(TooMany):
    """So many terminals wait for IT that no further one is taken."""

    code = "too-many-pending"


class BrokerUnreachable(Unavailable):
    """The broker does not answer as it should on the server's listener."""

    code = "broker-unreachable"
