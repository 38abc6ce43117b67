"""What the distribution tells a seat that it cannot do.

::

    Conflict
    └── DeviceWithoutSeat    device-without-seat: IT has not put the device at a seat
"""

from __future__ import annotations

from server.errors import Conflict


class DeviceWithoutSeat(Conflict):
    """An act from a device that stands at no seat."""

    code = "device-without-seat"
