"""What a person is told of a fault: words in both languages, with everything they name.

Usage: `said(refused.code, refused.data)`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import web


def said(code: str, data: Mapping[str, Any] | None = None) -> None:
    """The code has words in Vietnamese and English, and no place in them is left empty."""
    for language, words in zip(web.LANGUAGES, web.error_text(code, data), strict=True):
        assert words != code, f"{code} has no words in {language}"
        assert "{" not in words, f"{code} in {language} names what it does not know: {words}"
