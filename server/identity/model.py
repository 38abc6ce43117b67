"""Roles, the actor, and the rules of passwords, tries and idleness.

Rules I4, I5: a password has at least 8 characters; after three wrong tries each further one has to wait longer; an
account that nobody used for 45 days is disabled; of the three administrators one person is at most one.

Usage::

    check_roles(frozenset({Role.SYSTEM_ADMIN, Role.AUDITOR}))   # raises RolesConflict
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Final


class Role(enum.StrEnum):
    """thư ký · cán bộ kỹ thuật · quản trị hệ thống · quản trị an ninh · kiểm toán viên."""

    SECRETARY = "secretary"
    IT = "it"
    SYSTEM_ADMIN = "system_admin"
    SECURITY_ADMIN = "security_admin"
    AUDITOR = "auditor"


#: Runs it, grants rights, reads the log: three separate people.
ADMINS: Final = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR})


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a signed-in person (``person`` set), or a room's display (``display_room`` set)."""

    person: str | None
    name: str = ""
    roles: frozenset[Role] = frozenset()
    display_room: str | None = None

    @property
    def label(self) -> str:
        """As the log names it: ``person:u-…`` or ``display:r-…``."""
        return f"display:{self.display_room}" if self.person is None else f"person:{self.person}"

    @property
    def person_id(self) -> str:
        """The person's id; only for routes that no display may call."""
        if self.person is None:
            raise ValueError("a display is not a person")
        return self.person

    def has(self, *roles: Role) -> bool:
        """Whether the account has one of ``roles``."""
        return not self.roles.isdisjoint(roles)
