"""gunicorn's configuration for who starts it by its own command; `phonghop serve` uses the same values.

Rules: nothing is decided here: `server/run.py` makes the values from the server's settings (`PHONGHOP_*`).

Usage: `gunicorn -c deploy/gunicorn.conf.py "server.run:application()"`.
"""

# ruff: noqa: N999 - the name gunicorn looks for
from __future__ import annotations

from server.run import gunicorn_settings, load_settings

globals().update(gunicorn_settings(load_settings()))
