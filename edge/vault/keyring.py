"""The keys of one meeting: the seat's own box key, the epoch keys, the paper keys.

Rules W26, P7: each key is its own sealed file, so that each can be overwritten; a paper's key lies in one file with its
manifest, so that there is never one without the other. Destroying overwrites before it unlinks.

Usage::

    keyring = Keyring.load(disk, meeting, sealer=sealer)
    public = keyring.make_box().public
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Final, Self

from edge.errors import SealBroken
from edge.vault.disk import Disk
from edge.vault.seal import Sealer
from sealing.boxes import BoxKey, new_key
from sealing.epochs import EpochKey
from wire import canonical
from wire.errors import WireError
from wire.fields import Fields
from wire.manifest import Manifest
from wire.secret import Secret
from wire.topics import PaperVersion, parse_paper_version

FOLDER: Final = "meetings"
_BOX: Final = "box"
_EPOCH: Final = "epoch."
_PAPER: Final = "paper."


def folder(meeting: str) -> str:
    """Where a meeting's files lie."""
    return f"{FOLDER}/{meeting}"


@dataclass(frozen=True, slots=True)
class PaperKey:
    """A paper version's manifest and key."""

    manifest: Manifest
    key: Secret


class Keyring:
    """All keys of one meeting, in memory and on the disk."""

    def __init__(self, disk: Disk, meeting: str, *, sealer: Sealer) -> None:
        self._disk = disk
        self._sealer = sealer
        self.meeting: Final = meeting
        self.box: BoxKey | None = None
        self.epochs: dict[int, EpochKey] = {}
        self.papers: dict[PaperVersion, PaperKey] = {}

    @classmethod
    def load(cls, disk: Disk, meeting: str, *, sealer: Sealer) -> Self:
        """Read what is there; raises :class:`SealBroken`, and what the disk raises."""
        keyring = cls(disk, meeting, sealer=sealer)
        for name in disk.names(folder(meeting)):
            keyring._read(name)
        return keyring

    def make_box(self) -> BoxKey:
        """The seat's own key for this meeting, made and kept if there is none."""
        if self.box is None:
            box = new_key()
            self._put(_BOX, box.to_secret().reveal())
            self.box = box
        return self.box

    def add_epoch(self, key: EpochKey) -> None:
        """Keep an epoch's key."""
        if key.epoch not in self.epochs:
            self._put(f"{_EPOCH}{key.epoch}", key.key.reveal())
            self.epochs[key.epoch] = key

    def add_paper(self, manifest: Manifest, key: Secret) -> None:
        """Keep a paper's manifest and key."""
        value = {"manifest": manifest.to_value(), "key": base64.b64encode(key.reveal()).decode("ascii")}
        self._put(f"{_PAPER}{manifest.key}", canonical.encode(value))
        self.papers[manifest.key] = PaperKey(manifest, key)

    def drop_paper(self, paper: PaperVersion) -> None:
        """Destroy one paper's key."""
        self.papers.pop(paper, None)
        self._disk.shred(self._name(f"{_PAPER}{paper}"))

    def destroy(self) -> None:
        """Destroy every key: the box and the epochs first, for they open the others again."""
        self.box = None
        self.epochs.clear()
        self.papers.clear()
        shred_keys(self._disk, self.meeting)

    def _read(self, name: str) -> None:
        try:
            if name == _BOX:
                self.box = BoxKey.from_secret(Secret(self._get(name)))
            elif name.startswith(_EPOCH):
                epoch = int(name.removeprefix(_EPOCH))
                self.epochs[epoch] = EpochKey(epoch, Secret(self._get(name)))
            elif name.startswith(_PAPER):
                paper = parse_paper_version(name.removeprefix(_PAPER))
                self.papers[paper] = self._paper(self._get(name))
        except (WireError, ValueError) as exc:
            raise SealBroken(f"{self._name(name)} holds no key") from exc

    def _paper(self, data: bytes) -> PaperKey:
        fields = Fields(canonical.decode(data), "paper")
        found = PaperKey(Manifest.from_value(fields.any("manifest")), Secret(fields.base64("key", size=32)))
        fields.end()
        return found

    def _get(self, name: str) -> bytes:
        sealed = self._disk.read(self._name(name)) or b""
        return self._sealer.open(sealed, place=self._name(name))

    def _put(self, name: str, data: bytes) -> None:
        self._disk.put(self._name(name), self._sealer.seal(data, place=self._name(name)))

    def _name(self, name: str) -> str:
        return f"{folder(self.meeting)}/{name}"


def shred_keys(disk: Disk, meeting: str) -> None:
    """Overwrite and remove all key files of a meeting, readable or not."""
    names = disk.names(folder(meeting))
    for prefix in (_BOX, _EPOCH, _PAPER):
        for name in names:
            if name.startswith(prefix):
                disk.shred(f"{folder(meeting)}/{name}")


def kept_papers(disk: Disk, meeting: str) -> tuple[PaperVersion, ...]:
    """The paper versions whose key files are there, readable or not."""
    names = disk.names(folder(meeting))
    return tuple(parse_paper_version(name.removeprefix(_PAPER)) for name in names if name.startswith(_PAPER))
