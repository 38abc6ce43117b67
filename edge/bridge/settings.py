"""The bridge's few settings: from the environment (``PHONGHOP_TOKEN_<NAME>``) or as they are.

Rules: all problems together; a name nobody knows is one. Settings hold no secret.

Usage: ``settings = Settings.load(os.environ)``
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Final

from edge.errors import SettingsWrong
from wire.asking import PORTS

_PREFIX: Final = "PHONGHOP_TOKEN_"
_MOST_PORT: Final = 65_535


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a PC decides."""

    # Key and pairings of the person; the address of the bridge's page while it runs.
    config_dir: Path
    run_dir: Path
    # The ports that are tried, one after the other; 0: any. Consoles look for the usual ones only.
    ports: tuple[int, ...] = PORTS
    # Which readers are the person's, as a pattern of their names; a vendor's PKCS#11 module.
    card_reader: str = "*"
    pkcs11_module: str = ""
    log_level: str = "INFO"

    @classmethod
    def load(cls, environ: Mapping[str, str]) -> Settings:
        """Read and check everything; raises :class:`SettingsWrong` with all problems."""
        stated = {
            name.removeprefix(_PREFIX).lower(): value for name, value in environ.items() if name.startswith(_PREFIX)
        }
        known = {each.name for each in fields(cls)}
        problems = [
            f"{_PREFIX}{name.upper()}: không có thiết lập này · no such setting" for name in stated.keys() - known
        ]
        ports = _ports(stated.get("ports", ""), problems)
        if stated.get("log_level", "INFO") not in {"DEBUG", "INFO", "WARNING", "ERROR"}:
            problems.append(f"{_PREFIX}LOG_LEVEL: cần một trong · needs one of DEBUG, INFO, WARNING, ERROR")
        if problems:
            raise SettingsWrong(tuple(problems))
        home = Path(environ.get("HOME") or "~").expanduser()
        config = Path(environ.get("XDG_CONFIG_HOME") or home / ".config") / "phonghop-token"
        run = Path(environ.get("XDG_RUNTIME_DIR") or config) / "phonghop-token"
        return cls(
            config_dir=Path(stated.get("config_dir") or config).absolute(),
            run_dir=Path(stated.get("run_dir") or run).absolute(),
            ports=ports or PORTS,
            card_reader=stated.get("card_reader", "*"),
            pkcs11_module=stated.get("pkcs11_module", ""),
            log_level=stated.get("log_level", "INFO"),
        )


def _ports(text: str, problems: list[str]) -> tuple[int, ...]:
    words = text.split()
    if not all(word.isascii() and word.isdigit() and int(word) <= _MOST_PORT for word in words):
        problems.append(
            f"{_PREFIX}PORTS: cần các số cổng cách nhau bằng dấu cách · needs port numbers with blanks between"
        )
        return ()
    return tuple(int(word) for word in words)
