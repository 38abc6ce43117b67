from __future__ import annotations

from tests.unit.edge.signing.conftest import pki

__all__ = ["pki"]
