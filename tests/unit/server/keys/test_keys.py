"""The server's keys: made once, kept to itself, and never silently replaced."""

from __future__ import annotations

import datetime as dt
import os
import stat
from pathlib import Path

import pytest

from sealing.epochs import EpochKey
from sealing.errors import UnwrapFailed
from server.keys.errors import EpochUnknown, KeysDamaged
from server.keys.master import MasterKey
from server.keys.service import EpochKeys
from server.keys.site import SiteKeys
from wire.secret import Secret

NOW = dt.datetime(2026, 11, 23, tzinfo=dt.UTC)


def test_keys_are_the_same_at_every_start(tmp_path: Path) -> None:
    first, again = SiteKeys.load_or_create(tmp_path / "keys"), SiteKeys.load_or_create(tmp_path / "keys")
    assert first.signer.public == again.signer.public
    assert first.mailbox.public == again.mailbox.public
    assert again.master.unwrap(first.master.wrap(Secret(bytes(32)))) == Secret(bytes(32))


def test_only_the_server_can_read_them(tmp_path: Path) -> None:
    SiteKeys.load_or_create(tmp_path / "keys")
    assert stat.S_IMODE((tmp_path / "keys").stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in (tmp_path / "keys").iterdir()} == {0o600}


@pytest.mark.parametrize("name", ["master.key", "mailbox.key", "signing.key"])
def test_a_key_that_others_may_read_is_refused(tmp_path: Path, name: str) -> None:
    SiteKeys.load_or_create(tmp_path / "keys")
    (tmp_path / "keys" / name).chmod(0o644)
    with pytest.raises(KeysDamaged) as refused:
        SiteKeys.load_or_create(tmp_path / "keys")
    assert refused.value.data == {"file": name}


@pytest.mark.parametrize("name", ["master.key", "mailbox.key", "signing.key"])
def test_a_damaged_key_is_refused(tmp_path: Path, name: str) -> None:
    SiteKeys.load_or_create(tmp_path / "keys")
    (tmp_path / "keys" / name).write_bytes(b"x")
    with pytest.raises(KeysDamaged):
        SiteKeys.load_or_create(tmp_path / "keys")


def test_a_lost_master_key_is_not_replaced_in_silence(tmp_path: Path) -> None:
    SiteKeys.load_or_create(tmp_path / "keys")
    (tmp_path / "keys" / "master.key").unlink()
    with pytest.raises(KeysDamaged):
        SiteKeys.load_or_create(tmp_path / "keys")
    assert not (tmp_path / "keys" / "master.key").exists()


def test_another_master_key_opens_nothing(tmp_path: Path) -> None:
    ours, other = (MasterKey.load_or_create(tmp_path / name) for name in ("a", "b"))
    with pytest.raises(UnwrapFailed):
        other.unwrap(ours.wrap(Secret(bytes(32))))


def test_no_key_shows_itself(tmp_path: Path) -> None:
    keys = SiteKeys.load_or_create(tmp_path / "keys")
    secret = (tmp_path / "keys" / "master.key").read_bytes()
    assert secret.hex() not in repr(keys)
    assert repr(secret)[2:-1] not in repr(vars(keys.master))


class Kept:
    """Epoch keys in memory."""

    def __init__(self) -> None:
        self.rows: dict[tuple[str, int], bytes] = {}

    def add_epoch(self, tx: object, meeting: str, *, epoch: int, wrapped: bytes, at: dt.datetime) -> None:
        self.rows[meeting, epoch] = wrapped

    def newest_epoch(self, tx: object, meeting: str) -> int:
        return max((epoch for name, epoch in self.rows if name == meeting), default=0)

    def epoch(self, tx: object, meeting: str, *, epoch: int) -> bytes | None:
        return self.rows.get((meeting, epoch))


def test_W26_epochs_rise_and_their_keys_differ() -> None:
    kept, master = Kept(), MasterKey(Secret(os.urandom(32)))
    epochs = EpochKeys(kept, master)
    assert [epochs.start(None, meeting, now=NOW) for meeting in ("m-a", "m-a", "m-b")] == [1, 2, 1]
    keys = [epochs.key(None, "m-a", epoch=1), epochs.key(None, "m-a", epoch=2), epochs.key(None, "m-b", epoch=1)]
    assert len({key.key.reveal() for key in keys}) == 3
    assert isinstance(EpochKeys(kept, master).key(None, "m-a", epoch=2), EpochKey)
    assert EpochKeys(kept, master).key(None, "m-a", epoch=2).key == keys[1].key
    for wrapped in kept.rows.values():
        assert all(key.key.reveal() not in wrapped for key in keys)


def test_an_epoch_that_was_never_started_is_unknown() -> None:
    with pytest.raises(EpochUnknown):
        EpochKeys(Kept(), MasterKey(Secret(bytes(32)))).key(None, "m-a", epoch=1)
