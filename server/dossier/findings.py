"""What a check found, in words: right, wrong, or what cannot be confirmed.

Rules G49: every finding has a code with texts under ``verify`` in ``web/locales``, names the file or the event it is
about, and is shown in Vietnamese and in English.

Usage::

    found = Findings()
    found.right("log", events=12, hash="…")
    found.wrong("file-changed", path="events.json")
    found.status        # 0 all right, 1 something is wrong, 3 something cannot be confirmed
"""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import web
from wire.wording import moment

_PREFIX: Final = "verify"


class Mark(enum.StrEnum):
    """đúng · sai · chưa xác nhận được."""

    RIGHT = "right"
    WRONG = "wrong"
    UNSURE = "unsure"


_SIGNS: Final = {Mark.RIGHT: "✓", Mark.WRONG: "✗", Mark.UNSURE: "?"}
_STATUS: Final = {Mark.RIGHT: 0, Mark.WRONG: 1, Mark.UNSURE: 3}


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report."""

    mark: Mark
    code: str
    data: Mapping[str, Any] = field(hash=False)

    def lines(self) -> tuple[str, str]:
        """Vietnamese, English."""
        texts = []
        for language in web.LANGUAGES:
            text = str(web.catalogue(language).get(_PREFIX, {}).get(self.code, self.code))
            for name, value in self.data.items():
                text = text.replace(f"{{{name}}}", _shown(value, language))
            texts.append(text)
        return texts[0], texts[1]


def reason(code: str, language: str) -> str:
    """Why a certificate or a signature is not good, in words."""
    found = web.catalogue(language).get("signatures", {}).get("reasons", {}).get(code)
    return str(found or web.catalogue(language).get("errors", {}).get(code, code))


def _shown(value: Any, language: str) -> str:
    """A tuple are codes of reasons, a mapping holds the words of each language; a moment is Vietnam's."""
    if isinstance(value, dt.datetime):
        return f"{moment(value)} (UTC+7)"
    if isinstance(value, Mapping):
        return str(value[language])
    if isinstance(value, tuple):
        return ", ".join(reason(str(code), language) for code in value)
    return str(value)


class Findings:
    """All of one check, in the order they were found."""

    def __init__(self) -> None:
        self.all: Final[list[Finding]] = []

    def right(self, code: str, **data: Any) -> None:
        """As it should be."""
        self.all.append(Finding(Mark.RIGHT, code, data))

    def wrong(self, code: str, **data: Any) -> None:
        """Not as it should be."""
        self.all.append(Finding(Mark.WRONG, code, data))

    def unsure(self, code: str, **data: Any) -> None:
        """Neither: what is needed to tell is not there."""
        self.all.append(Finding(Mark.UNSURE, code, data))

    @property
    def worst(self) -> Mark:
        """Of all."""
        marks = {finding.mark for finding in self.all}
        return next((mark for mark in (Mark.WRONG, Mark.UNSURE) if mark in marks), Mark.RIGHT)

    @property
    def status(self) -> int:
        """The exit status."""
        return _STATUS[self.worst]

    @property
    def codes(self) -> list[tuple[str, str]]:
        """Mark and code of each, for tests and other programs."""
        return [(finding.mark.value, finding.code) for finding in self.all]

    def text(self) -> str:
        """The report, what is wrong last and with the verdict."""
        order = sorted(self.all, key=lambda finding: [Mark.RIGHT, Mark.UNSURE, Mark.WRONG].index(finding.mark))
        lines = []
        for finding in order:
            vi, en = finding.lines()
            lines += [f"{_SIGNS[finding.mark]} {vi}", f"  {en}"]
        verdict = Finding(self.worst, f"verdict-{self.worst.value}", {}).lines()
        return "\n".join([*lines, "", f"{verdict[0]} · {verdict[1]}", *self._first()])

    @property
    def first_wrong(self) -> Finding | None:
        """What was found wrong first; the order of a check goes from the files to what leans on them."""
        return next((finding for finding in self.all if finding.mark is Mark.WRONG), None)

    def _first(self) -> tuple[str, ...]:
        if self.first_wrong is None:
            return ()
        vi, en = self.first_wrong.lines()
        return Finding(Mark.WRONG, "first", {"what": {"vi": vi, "en": en}}).lines()
