"""What the bridge keeps for its person: its key, the secret of its pages, the servers that are paired.

Rules: one folder that only its owner reads (files of mode 0600); a pairing is written whole or not at all. A PIN is
never here. What cannot be read stops the start, for a new key would be another bridge.

Usage::

    home = Home(folder, random=os.urandom)
    home.pair(Pairing(origin, name, key)); home.pairing("https://hop.example.vn")
"""

from __future__ import annotations

import base64
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from edge.bridge.errors import PairingUnknown, PairingWrong
from edge.enrol.key import DeviceKey
from edge.errors import KeyUnusable
from edge.vault.disk import Disk, RealDisk
from sealing.signatures import server_verifier
from wire import canonical, ids
from wire.asking import is_origin
from wire.envelope import Verify
from wire.errors import WireError
from wire.fields import Fields
from wire.proof import server_key_hash
from wire.secret import Secret

MOST: Final = 16
SECRET_BYTES: Final = 32
_FILE: Final = "bridge.json"
_LONGEST_NAME: Final = 200


@dataclass(frozen=True, slots=True)
class Pairing:
    """A server: the origin of its pages, its name, its raw Ed25519 key."""

    origin: str
    name: str
    key: bytes = field(repr=False)

    @classmethod
    def read(cls, fields: Fields) -> Pairing:
        """From JSON; raises PairingWrong."""
        try:
            found = cls(fields.text("origin", limit=280), fields.text("name", limit=_LONGEST_NAME), _key(fields))
        except WireError as exc:
            raise PairingWrong(str(exc)) from exc
        if not is_origin(found.origin):
            raise PairingWrong("not an origin")
        return found

    def to_value(self) -> dict[str, Any]:
        """As JSON."""
        return {"origin": self.origin, "name": self.name, "key": base64.b64encode(self.key).decode("ascii")}

    @property
    def code(self) -> str:
        """The 12 digits that the server's sign-in page shows, too."""
        return ids.pairing_code(self.key)

    @property
    def server_key(self) -> str:
        """The server's name in a proof."""
        return server_key_hash(self.key)

    @property
    def verify(self) -> Verify:
        """Checks what it signed."""
        return server_verifier(self.key)


class Home:
    """For all threads."""

    def __init__(self, folder: Path, *, random: Callable[[int], bytes], disk: Disk | None = None) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
        self._disk: Final = disk or RealDisk(folder)
        self._lock: Final = threading.Lock()
        self.key: Final = DeviceKey.load_or_create(self._disk)
        self.secret, self._pairings = self._load(random)

    def pairings(self) -> tuple[Pairing, ...]:
        """All, by origin."""
        with self._lock:
            return tuple(self._pairings[origin] for origin in sorted(self._pairings))

    def pairing(self, origin: str) -> Pairing | None:
        """The server whose pages have this origin."""
        with self._lock:
            return self._pairings.get(origin)

    def pair(self, pairing: Pairing) -> None:
        """Keep it; raises PairingWrong when there are too many."""
        with self._lock:
            if pairing.origin not in self._pairings and len(self._pairings) >= MOST:
                raise PairingWrong("too many")
            self._save({**self._pairings, pairing.origin: pairing})

    def unpair(self, origin: str) -> None:
        """Forget it; raises PairingUnknown."""
        with self._lock:
            if origin not in self._pairings:
                raise PairingUnknown
            self._save({name: one for name, one in self._pairings.items() if name != origin})

    def _load(self, random: Callable[[int], bytes]) -> tuple[Secret, dict[str, Pairing]]:
        data = self._disk.read(_FILE)
        if data is None:
            secret = Secret(random(SECRET_BYTES))
            self._write(secret, {})
            return secret, {}
        try:
            fields = Fields(canonical.decode(data), _FILE)
            secret = Secret(fields.base64("secret", size=SECRET_BYTES))
            found = [Pairing.read(each) for each in fields.objects("pairings", limit=MOST)]
        except (WireError, PairingWrong) as exc:
            raise KeyUnusable(f"{self._disk.path(_FILE)} cannot be read") from exc
        return secret, {each.origin: each for each in found}

    def _save(self, pairings: dict[str, Pairing]) -> None:
        self._write(self.secret, pairings)
        self._pairings = pairings

    def _write(self, secret: Secret, pairings: dict[str, Pairing]) -> None:
        value = {
            "secret": base64.b64encode(secret.reveal()).decode("ascii"),
            "pairings": [pairings[origin].to_value() for origin in sorted(pairings)],
        }
        self._disk.put(_FILE, canonical.encode(value))


def _key(fields: Fields) -> bytes:
    return fields.base64("key", size=32)
