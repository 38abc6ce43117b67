"""What can go wrong here.

``FirmwareError``
├── ``ToolMissing``     a program of the build host is not installed
├── ``StepFailed``      a program ended with an error, or did not end
├── ``RecipeWrong``     the recipe names what is not there
└── ``NotOurImage``     a file that is to be changed is no image of ours
"""

from __future__ import annotations


class FirmwareError(Exception):
    """Said to the person who builds, in both languages, with what to do."""


class ToolMissing(FirmwareError):
    """A program of the build host is not installed."""

    def __init__(self, program: str, package: str) -> None:
        super().__init__(f"Thiếu {program} · {program} is missing: apt-get install --no-install-recommends {package}")


class StepFailed(FirmwareError):
    """A program ended with an error, or did not end; its last words are in the text."""


class RecipeWrong(FirmwareError):
    """The recipe names what is not there."""


class NotOurImage(FirmwareError):
    """A file that is to be changed is no image of ours."""
