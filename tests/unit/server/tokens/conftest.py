from __future__ import annotations

from tests.pki.fixtures import pki, pki_server, running_pki  # noqa: F401
