"""Runs the application under gunicorn: one worker process, many threads (docs/adr/0004-server-shape.md).

Rules: the worker ends with its parent, however that one ends; a stop drops the live screens first, so that their
threads do not hold it up; the address is told once the worker answers. The application is imported by the worker alone:
it takes seconds, and the parent has no use for it.

Usage::

    serve(Settings.load(os.environ))                             # phonghop serve
    gunicorn -c deploy/gunicorn.conf.py "server.run:application()"
"""

from __future__ import annotations

import ctypes
import gc
import logging
import os
import signal
import sys
import threading
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any, Final

from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.errors import AppImportError
from gunicorn.glogging import Logger

import web
from server import logs
from server.errors import ServerError
from server.settings import Settings

if TYPE_CHECKING:
    from server.services import Services

GRACE_S: Final = 8
_PR_SET_PDEATHSIG: Final = 1
_MEMORY: Final = "/dev/shm"  # noqa: S108 - gunicorn makes its own file there and unlinks it at once
_LOG: Final = logging.getLogger("server")


def serve(settings: Settings) -> None:
    """Serve until a signal ends it."""
    _Program(settings).run()


def application(settings: Settings | None = None) -> Flask:
    """The application for a gunicorn that was started by its own command."""
    return _load(settings or load_settings())


def load_settings() -> Settings:
    """From the environment, over the file ``PHONGHOP_CONFIG`` names; raises BadSettings."""
    file = os.environ.get("PHONGHOP_CONFIG", "")
    return Settings.load(os.environ, Path(file) if file else None)


def gunicorn_settings(settings: Settings) -> dict[str, Any]:
    """What gunicorn is told, by name."""
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return {
        "bind": f"{host}:{settings.port}",
        # The live screens and the state cache are in one process; threads share them.
        "workers": 1,
        "worker_class": "server.reception.Reception",
        "threads": settings.threads,
        # Beyond the places where work is done: who is still sending, and who keeps the connection.
        "worker_connections": settings.threads * 8,
        "preload_app": False,
        "keepalive": 30,
        "timeout": 60,
        "graceful_timeout": GRACE_S,
        # A heartbeat file on a disk can stall the worker when the disk is busy with a paper.
        "worker_tmp_dir": _MEMORY if Path(_MEMORY).is_dir() else None,
        "logger_class": ServerLog,
        "loglevel": settings.log_level.lower(),
        "control_socket_disable": True,
        "proc_name": "phonghop",
        "forwarded_allow_ips": "127.0.0.1,::1",
        "certfile": settings.tls_certificate or None,
        "keyfile": settings.tls_key or None,
        "post_fork": _follow_parent,
        "post_worker_init": _begin,
        "worker_exit": _end,
    }


class ServerLog(Logger):
    """gunicorn's own messages as lines of ours."""

    def setup(self, cfg: Any) -> None:
        """One handler for all: the root's."""
        logs.configure(cfg.loglevel)
        self.error_log = logging.getLogger("server")
        self.access_log = logging.getLogger("requests")
        self.access_log.setLevel(logging.WARNING)
        # What gunicorn says when it starts and stops is of use to who looks for a fault.
        self.error_log.setLevel(logging.WARNING if cfg.loglevel == "info" else cfg.loglevel.upper())


class _Program(BaseApplication):
    def __init__(self, settings: Settings) -> None:
        self._settings: Final = settings
        super().__init__()

    def load_config(self) -> None:
        for name, value in gunicorn_settings(self._settings).items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        try:
            return _load(self._settings)
        except ServerError as refusal:
            text = web.error_text(refusal.code, refusal.data)
            raise AppImportError(f"{text.vi}\n{text.en}  [{refusal.code}]") from None
        except OSError as fault:
            raise AppImportError(f"{fault.filename}: {fault.strerror}") from None


def _load(settings: Settings) -> Flask:
    from server.app import create_app  # noqa: PLC0415 - the rule above

    return create_app(settings)


def _services(app: Flask) -> Services:
    from server.app import services_of  # noqa: PLC0415 - the rule above

    return services_of(app)


def _follow_parent(_arbiter: object, _worker: object) -> None:
    """When the parent is killed the port is free at once, and no worker goes on without it."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _begin(worker: Any) -> None:
    app: Flask = worker.wsgi
    services = _services(app)
    services.start()
    _keep_for_good()
    _close_early(worker, app)
    host, port, *_ = worker.sockets[0].sock.getsockname()
    scheme = "https" if services.settings.is_tls else "http"
    logging.getLogger("ready").info("%s://%s:%d", scheme, f"[{host}]" if ":" in host else host, port)


def _keep_for_good() -> None:
    """What is loaded now is there until the end: looking it through for garbage again stops everybody for 200 ms."""
    gc.collect()
    gc.freeze()


def _close_early(worker: Any, app: Flask) -> None:
    """Open screens hold threads; closing them when the signal comes lets the worker end within its grace."""
    finish = worker.handle_exit

    def stop(number: int, frame: FrameType | None) -> None:
        finish(number, frame)
        threading.Thread(target=_services(app).live.close, name="closing", daemon=True).start()

    signal.signal(signal.SIGTERM, stop)


def _end(_arbiter: object, worker: Any) -> None:
    app = getattr(worker, "wsgi", None)  # not there when the application could not be built
    if app is not None:
        _services(app).close()
