"""A person as minutes name them.

Usage: ``Person.of(member).titled``.
"""

from __future__ import annotations

from dataclasses import dataclass

from wire.state import Member


@dataclass(frozen=True, slots=True)
class Person:
    """Name, position and unit of that day."""

    person: str
    name: str
    position: str
    unit: str

    @classmethod
    def of(cls, member: Member) -> Person:
        """A member of the meeting."""
        return cls(member.person, member.name, member.position, member.unit)

    @property
    def titled(self) -> str:
        """``đồng chí Nguyễn Văn A``."""
        return f"đồng chí {self.name}"

    @property
    def about(self) -> str:
        """Position and unit."""
        return ", ".join(each for each in (self.position, self.unit) if each)

    @property
    def whole(self) -> str:
        """With both."""
        return f"{self.titled}, {self.about}" if self.about else self.titled
