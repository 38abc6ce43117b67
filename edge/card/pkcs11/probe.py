"""Where vendors' modules lie on Debian, in the order they are tried.

Rules: the setting comes first and alone when it is given; a module that is not there is passed over. Which vendors ship
a module for 64-bit ARM is not known and must be asked of each; OpenSC speaks to many tokens without one.

Usage: `paths = candidates(settings.pkcs11_module, root=Path("/"))`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

#: Bit4id, SafeNet/Thales (IDPrime, eToken), Feitian, then OpenSC.
_PATTERNS: Final = (
    "usr/lib/bit4id/libbit4xpki.so",
    "usr/lib/*/libbit4xpki.so",
    "usr/lib/libbit4xpki.so",
    "usr/lib/libIDPrimePKCS11.so",
    "usr/lib/*/libIDPrimePKCS11.so",
    "usr/lib/pkcs11/libIDPrimePKCS11.so",
    "usr/lib/libeTPkcs11.so",
    "usr/lib/*/libeTPkcs11.so",
    "usr/lib/libeToken.so",
    "opt/ePass2003-*/lib/libcastle.so*",
    "usr/lib/*/opensc-pkcs11.so",
    "usr/lib/opensc-pkcs11.so",
)


def candidates(setting: Path | None, *, root: Path = Path("/")) -> tuple[Path, ...]:
    """The modules to try, best first, each once."""
    if setting is not None:
        return (setting,)
    found = (path for pattern in _PATTERNS for path in sorted(root.glob(pattern)) if path.is_file())
    return tuple({path.resolve(): path for path in found}.values())
