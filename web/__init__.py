"""Where the built front end and the language catalogues lie.

Rules: this package only finds files; serving them is the caller's business. A checkout has `dist` after `make web`;
an installed wheel carries it, so that no machine of the room needs Node.js.

Usage: `web.dist_dir() / "seat.html"`.
"""

from __future__ import annotations

from pathlib import Path

_HERE = Path(__file__).resolve().parent


def dist_dir() -> Path:
    """The folder `vite build` fills: one HTML file a screen and `assets/`. It may not exist yet in a checkout."""
    return _HERE / "dist"


def locales_dir() -> Path:
    """The folder of the catalogues `vi.json` and `en.json`, read by Python and by the browser alike."""
    return _HERE / "locales"
