"""A server without HTTP, for tests that kill it.

Usage: ``python -m tests.support.serve DATA_DIR MQTT_PORT BROKER_PID_FILE``.
"""

from __future__ import annotations

import logging
import signal
import sys
from pathlib import Path

from server.app import create_app, services_of
from server.settings import Settings


def main(data_dir: str, port: str, pid_file: str) -> None:
    """Serve until a signal comes."""
    logging.basicConfig(level=logging.WARNING)
    settings = Settings(
        data_dir=Path(data_dir),
        argon2_memory_kib=64,
        disk_reserve_mib=0,
        mqtt_port=int(port),
        broker_pid_file=pid_file,
    )
    services_of(create_app(settings)).start()
    signal.pause()


if __name__ == "__main__":
    main(*sys.argv[1:])
