"""Values of the authority that other features may name.

Rules: no library beside the standard one.

Usage: `Revoked(serial, at)`.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Revoked:
    """One line of the revocation list: the certificate's serial number and when it was taken back."""

    serial: int
    at: dt.datetime
