"""What an entry of a log says, for people: names in place of ids, hours of Vietnam, words in place of codes (L3).

Rules: nothing is left out and nothing is added – a field without a name of its own keeps it, a value without a word is
itself; hashes and signatures are shortened, for the whole of them stands beside it as it was written. The texts are
under ``logwords`` in the catalogues.

Usage::

    worded({"vote": "v-…", "answer": "for"}, naming, "vi")
    # [("Biểu quyết", "Thông qua?"), ("Trả lời", "Tán thành")]
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import web
from wire.fields import parse_instant
from wire.wording import LANGUAGES, moment

_ID: Final = re.compile(r"[a-z]-[a-z2-7]{16}", re.ASCII)
_ACTOR: Final = re.compile(r"(?:person|device):([ud]-[a-z2-7]{16})", re.ASCII)
_INSTANT: Final = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+Z", re.ASCII)
_OPAQUE: Final = re.compile(r"[0-9a-f]{40,}|[A-Za-z0-9+/]{60,}={0,2}", re.ASCII)
_SHOWN: Final = 8
_NOTHING: Final = "–"

#: What an id stands for, empty when nobody knows.
NameOf = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Naming:
    """``name_of`` any id of a log; ``answers``: by vote, the words of each answer."""

    name_of: NameOf
    answers: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


Words = list[tuple[str, str]]


def worded(data: Mapping[str, Any], naming: Naming, language: str) -> Words:
    """Each field of ``data`` with its name, in the order in which it was written."""
    run = _Run(naming, language, naming.answers.get(str(data.get("vote", "")), {}))
    return [(run.label(name), run.value(name, value)) for name, value in data.items()]


def in_all(data: Mapping[str, Any], naming: Naming) -> dict[str, Words]:
    """The same in every language."""
    return {language: worded(data, naming, language) for language in LANGUAGES}


def kind_of(log: str, kind: str, language: str) -> str:
    """The short name of a kind of entry; ``log`` is ``house`` or a meeting."""
    group = "house_kind" if log == "house" else "meeting_kind"
    return str(web.catalogue(language)["entries"][group].get(kind, kind))


@dataclass(frozen=True, slots=True)
class _Run:
    naming: Naming
    language: str
    answers: Mapping[str, str]

    def label(self, name: str) -> str:
        return str(self._texts("field").get(name, name))

    def value(self, name: str, value: Any) -> str:
        match value:
            case None | "":
                return _NOTHING
            case list() | dict() if not value:
                return _NOTHING
            case bool():
                return str(self._texts("flag")["yes" if value else "no"])
            case list():
                return "; ".join(self.value(name, each) for each in value)
            case dict():
                whom_first = sorted(value.items(), key=lambda one: one[0] != "person")
                return ", ".join(f"{self.label(key)}: {self.value(key, each)}" for key, each in whom_first)
            case str():
                return self._text(name, value)
            case _:
                return str(value)

    def _text(self, name: str, value: str) -> str:
        if name == "answer" and self.answers:
            return ", ".join(self.answers.get(each, each) for each in value.split(","))
        if (actor := _ACTOR.fullmatch(value)) is not None:
            value = actor.group(1)
        if _ID.fullmatch(value):
            return self.naming.name_of(value) or value
        if _INSTANT.fullmatch(value):
            try:
                return moment(parse_instant(value))
            except ValueError:
                return value
        if _OPAQUE.fullmatch(value):
            return f"{value[:_SHOWN]}…"
        return str(self._texts("value").get(name, {}).get(value, value))

    def _texts(self, part: str) -> Mapping[str, Any]:
        found: Mapping[str, Any] = web.catalogue(self.language)["logwords"][part]
        return found
