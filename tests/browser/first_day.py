"""A house on its first day: the accounts of those who begin, and nothing else – no room, no unit, no meeting, no paper.

Usage::

    FirstDay(folder).furnish()
"""

from __future__ import annotations

from pathlib import Path

from server.app import create_app, services_of
from server.identity.model import FactorRule, Role
from server.settings import Settings
from tests.support import migrated
from tests.support.office import HandClock, Office


class FirstDay(Office):
    """See the module."""

    PEOPLE = (*Office.PEOPLE, ("vanthu", frozenset({Role.CLERK})))

    def __init__(self, folder: Path) -> None:  # pylint: disable=super-init-not-called - it makes a room
        self.clock = HandClock()
        migrated.put(folder / "phonghop.db")
        settings = Settings(data_dir=folder, argon2_memory_kib=64, disk_reserve_mib=0, second_factor=FactorRule.OFF)
        self.app = create_app(settings, clock=self.clock)
        self.services = services_of(self.app)
        self.people = {name: self.add(name, roles) for name, roles in self.PEOPLE}

    def furnish(self) -> dict[str, str]:
        """Nothing more."""
        self.services.close()
        return {}
