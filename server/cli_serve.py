"""``phonghop serve``: runs the server until a signal ends it.

Rules: nothing of the application is imported here, for only the worker needs it, and that loads it itself. Exit status:
0 ended as asked, 1 the data folder cannot be used, 2 wrong words or settings.

Usage: ``phonghop serve --config /etc/phonghop/server.toml``
"""

from __future__ import annotations

from server import logs
from server.cli_settings import WRONG, no_folder, parser_of, settings_of
from server.run import serve as run_server


def serve(argv: list[str]) -> int:
    """Run the server until a signal ends it."""
    settings = settings_of(parser_of("serve", "Chạy máy chủ phòng họp · run the room's server").parse_args(argv))
    if settings is None:
        return WRONG
    logs.configure(settings.log_level)
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as fault:
        return no_folder(fault)
    run_server(settings)
    return 0
