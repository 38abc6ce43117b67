"""What the server's commands share: the settings file they name, and what is said when something is wrong with it.

Usage::

    words = parser_of("serve", "Chạy máy chủ · run the server").parse_args(argv)
    settings = settings_of(words)   # None: it has been said why
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import Final

from server.settings import BadSettings, Settings

REFUSED: Final = 1
WRONG: Final = 2


def parser_of(name: str, description: str) -> argparse.ArgumentParser:
    """A parser for ``phonghop NAME`` that takes ``--config``."""
    parser = argparse.ArgumentParser(f"phonghop {name}", description=description)
    parser.add_argument(
        "--config",
        type=Path,
        default=os.environ.get("PHONGHOP_CONFIG") or None,
        help="tệp thiết lập TOML; biến PHONGHOP_* được ưu tiên · settings file; PHONGHOP_* variables win",
    )
    return parser


def settings_of(words: argparse.Namespace) -> Settings | None:
    """The settings; None when they are wrong, which is told problem by problem."""
    file = words.config
    try:
        return Settings.load(os.environ, None if file is None else Path(file))
    except BadSettings as bad:
        print("Thiết lập sai · wrong settings:", file=sys.stderr)
        for problem in bad.problems:
            print(f"  {problem}", file=sys.stderr)
        return None


def no_folder(fault: OSError) -> int:
    """Say which file or folder cannot be used; the exit status for it."""
    print(f"{fault.filename}: không dùng được · cannot be used ({fault.strerror})", file=sys.stderr)
    return REFUSED
