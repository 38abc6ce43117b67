"""The seat's vault (docs/adr/0060): a partition that the server's key opens, and nothing else does.

Rules: as ``test_first_start.py``, whose computer this is; what decides is tried in ``tests/contract/test_place.py``.
"""

from __future__ import annotations

import base64
import json
import os

import pytest

from edge.vault import place
from tests.image.computer import Computer
from tests.image.conftest import SEEN_S, START_S
from tests.image.house import House
from tests.image.inside import await_well
from tests.support.poll import until
from wire.secret import Secret

pytestmark = [
    pytest.mark.skipif("PHONGHOP_TEST_IMAGE" not in os.environ, reason="builds and starts an image: make test-image"),
    pytest.mark.timeout(1500),
]

VAULT = "/dev/phonghop/vault"
MOUNTED = "findmnt -no SOURCE /var/lib/phonghop-seat/vault"
SAID = "journalctl -u phonghop-vault -o cat --no-pager"
#: One line to root's program, and its answer.
_ASK = """
import socket
with socket.socket(socket.AF_UNIX) as asked:
    asked.settimeout(200)
    asked.connect("/run/phonghop-vault/socket")
    asked.sendall({line!r})
    print(asked.recv(300).decode())
"""


def asked(seat: Computer, line: bytes, *, user: str = "") -> str:
    program = base64.b64encode(_ASK.format(line=line).encode()).decode()
    return seat.run(f"{user} python3 -Ic \"exec(__import__('base64').b64decode('{program}'))\" 2>&1", timeout_s=SEEN_S)


def store_key(seat: Computer) -> Secret:
    """The key that the server has given for this start."""
    kept = json.loads(seat.run("cat /run/phonghop-seat/store.key"))
    return Secret(base64.b64decode(kept["key"]))


def opens(seat: Computer, key: bytes) -> bool:
    """Whether cryptsetup itself opens it with a key."""
    typed = f"python3 -Ic \"import os; os.write(1, bytes.fromhex('{key.hex()}'))\""
    said = seat.run(f"{typed} | cryptsetup open --test-passphrase --key-file=- {VAULT} 2>/dev/null; echo $?")
    return said.split()[-1] == "0"


def partition_key(seat: Computer) -> bytes:
    return place._key(store_key(seat))  # noqa: SLF001 - what the agent gives to root


@pytest.fixture(scope="module", autouse=True)
def _well(seat: Computer, house: House) -> None:
    await_well(seat, house)
    until(lambda: seat.run(MOUNTED).split(), timeout_s=START_S, every_s=1, what="the vault is open")


def test_T5_it_is_encrypted_as_a_whole_and_its_key_is_not_on_the_card(seat: Computer) -> None:
    assert set(seat.run(MOUNTED).split()) == {"/dev/mapper/phonghop-vault"}
    head = json.loads(seat.run(f"cryptsetup luksDump --dump-json-metadata {VAULT}"))
    (data,) = head["segments"].values()
    assert (data["encryption"], data["sector_size"]) == ("xchacha12,aes-adiantum-plain64", 512)
    secret, opened = store_key(seat), partition_key(seat)
    assert opens(seat, opened)
    assert not opens(seat, secret.reveal())
    seat.run("sync")
    written = seat.written()
    # The device of this computer is looked at as it lies on the disk: the vault's own bytes are noise.
    keys = [form for key in (secret.reveal(), opened) for form in (key, key.hex().encode(), base64.b64encode(key))]
    assert not [form for form in keys if form in written]
    assert b"device.key" in written, "what is not in it can be read"


def test_nobody_but_the_agent_is_heard_and_rubbish_changes_nothing(seat: Computer) -> None:
    kiosk = "setpriv --reuid phonghop-kiosk --regid phonghop-kiosk --clear-groups"
    assert "PermissionError" in asked(seat, b"erase\n", user=kiosk)
    for line in (b"erase now\n", b"open 00\n", b"\xff" * 300):
        assert json.loads(asked(seat, line)) == {"because": "request", "state": "refused"}
    assert opens(seat, partition_key(seat))


def test_W195_cut_in_the_middle_of_being_made_it_is_made_anew_and_IT_is_told(seat: Computer, house: House) -> None:
    """As a power cut leaves it: a head, and no file system yet."""
    seat.run("systemctl stop phonghop-seat")
    seat.run("systemctl stop 'var-lib-phonghop\\x2dseat-vault.mount'")
    # Every superblock and every copy of it: a file system that has one is mended, or left as it is.
    seat.run(
        "for at in 0 1 3 5 7 9 25 27 49 81; do "
        "dd if=/dev/zero of=/dev/mapper/phonghop-vault bs=1M seek=$((at * 128)) count=1 conv=fsync,notrunc 2>&1; done"
    )
    assert json.loads(asked(seat, b"close\n")) == {"state": "closed"}
    seat.run("systemctl start phonghop-seat")
    until(lambda: seat.run(MOUNTED).split(), timeout_s=START_S, every_s=1, what="the vault is open")
    until(lambda: "vault: made files" in seat.run(SAID), timeout_s=SEEN_S, every_s=1, what="made anew")

    def told() -> bool:
        return [alert["kind"] for alert in house.devices()[0]["alerts"]] == ["store_lost"]

    until(told, timeout_s=SEEN_S, every_s=1, what="IT is told")
    until(house.is_online, timeout_s=SEEN_S, every_s=1, what="the seat is there")
