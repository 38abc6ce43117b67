"""Where the built front end and the language catalogues lie, and the texts of errors.

Rules: serving files is the caller's business. A checkout has `dist` after `make web`; an installed wheel carries it, so
that no machine of the room needs Node.js. A catalogue is all JSON files of a language merged; a text holds its
parameters as `{name}`. Python and browser read the same files.

Usage: `web.dist() / "seat.html"`; `web.error_text("seat-taken", {"label": "A3"})`.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

LANGUAGES = ("vi", "en")

_HERE = Path(__file__).resolve().parent
_PARAMETER = re.compile(r"\{([a-z_]+)\}")


class Text(NamedTuple):
    """One message in both languages."""

    vi: str
    en: str


def dist() -> Path:
    """The folder `vite build` fills: one HTML file a screen and `assets/`. It may not exist yet in a checkout."""
    return _HERE / "dist"


@functools.cache
def catalogue(language: str) -> dict[str, Any]:
    """All texts of `vi` or `en`, nested as in the files; raises `ValueError` when two files hold one key."""
    merged: dict[str, Any] = {}
    for file in sorted((_HERE / "locales" / language).glob("*.json")):
        _merge(merged, json.loads(file.read_text(encoding="utf-8")), file.name)
    return merged


def error_text(code: str, data: Mapping[str, Any] | None = None) -> Text:
    """The texts under `errors.<code>`, with `{name}` filled from `data`; a code without texts shows itself."""
    found = (catalogue(language).get("errors", {}).get(code, code) for language in LANGUAGES)
    return Text(*(filled(text, data or {}) for text in found))


def filled(text: str, data: Mapping[str, Any]) -> str:
    """A text of a catalogue with its parameters; one that is not in `data` stays as it is."""
    return _PARAMETER.sub(lambda found: str(data.get(found.group(1), found.group(0))), text)


def _merge(into: dict[str, Any], more: dict[str, Any], where: str) -> None:
    for key, value in more.items():
        known = into.get(key)
        if isinstance(known, dict) and isinstance(value, dict):
            _merge(known, value, where)
        elif key in into:
            raise ValueError(f"{where}: {key} stands in another file too")
        else:
            into[key] = value
