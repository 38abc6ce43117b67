"""The QR code of an enrolment, as rows of light and dark.

Rules: the page draws it; nothing of it becomes a file. Two modules of quiet zone belong to the picture, the page's
white card gives the rest.

Usage: ``modules("otpauth://totp/…")`` gives ``["0111…", …]``, one text a row, 1 is dark.
"""

from __future__ import annotations

import segno


def modules(text: str) -> list[str]:
    """The code with medium error correction."""
    code = segno.make(text, error="m", micro=False)
    return ["".join("1" if dark else "0" for dark in row) for row in code.matrix_iter(border=2)]
