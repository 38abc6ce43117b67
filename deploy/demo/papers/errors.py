"""What can go wrong while the demo papers are made.

DemoError (deploy.demo.errors)
└── DemoPaperError         demo-paper
    └── FontMissingError   demo-font-missing
"""

from __future__ import annotations

from deploy.demo.errors import DemoError


class DemoPaperError(DemoError):
    """The demo papers could not be made; the message says what to do."""

    code = "demo-paper"


class FontMissingError(DemoPaperError):
    """A font the papers embed is not installed."""

    code = "demo-font-missing"

    def __init__(self, path: str) -> None:
        super().__init__(f"Thiếu phông chữ {path}: hãy cài gói fonts-noto-core (font missing: install fonts-noto-core)")
