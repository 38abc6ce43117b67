"""Status words the card ends its answers with (ISO/IEC 7816-4, 5.1.3; SP 800-73-4, part 2)."""

from __future__ import annotations

from enum import IntEnum


class Status(IntEnum):
    """The two bytes at the end."""

    OK = 0x9000
    MORE = 0x6100
    TRIES = 0x63C0
    WRONG_LENGTH = 0x6700
    NOT_VERIFIED = 0x6982
    BLOCKED = 0x6983
    NOT_NOW = 0x6985
    WRONG_DATA = 0x6A80
    UNKNOWN_FUNCTION = 0x6A81
    NOT_FOUND = 0x6A82
    NO_SPACE = 0x6A84
    WRONG_P1P2 = 0x6A86
    UNKNOWN_REFERENCE = 0x6A88
    UNKNOWN_INSTRUCTION = 0x6D00
    UNKNOWN_CLASS = 0x6E00


class Refused(Exception):
    """Ends a command with a status word; never leaves the card."""

    def __init__(self, status: int) -> None:
        super().__init__(f"{status:04x}")
        self.status = int(status)
