"""A seat that leaves the house (D7): IT orders it to be wiped, and nobody opens its vault any more.

Rules: as ``test_first_start.py``, whose computer this is. The last story: the computer belongs to nobody afterwards.
"""

from __future__ import annotations

import os
import re

import pytest

from tests.image.computer import Computer
from tests.image.conftest import SEEN_S, START_S
from tests.image.house import House
from tests.image.inside import await_well
from tests.image.test_store import MOUNTED, SAID, VAULT, opens, partition_key
from tests.support.poll import until

pytestmark = [
    pytest.mark.skipif("PHONGHOP_TEST_IMAGE" not in os.environ, reason="builds and starts an image: make test-image"),
    pytest.mark.timeout(1500),
]

#: Heads and keys lie before it; docs/adr/0060.
DATA_AT = 4 << 20


def test_D7_wiped_by_order_its_vault_is_gone_and_no_key_opens_it(seat: Computer, house: House) -> None:
    await_well(seat, house)
    until(house.is_online, timeout_s=START_S, every_s=2, what="the seat is there")
    until(lambda: seat.run(MOUNTED).split(), timeout_s=START_S, every_s=1, what="the vault is open")
    key = partition_key(seat)
    assert opens(seat, key)
    house.wipe()
    until(lambda: house.devices()[0]["wiped_at"], timeout_s=SEEN_S, every_s=1, what="its receipt has come")
    assert not opens(seat, key)
    assert seat.run(MOUNTED).split() == []
    assert seat.run("ls /dev/mapper").split() == ["control"], "its key is out of the kernel"
    assert re.search(r"^vault: erased in [0-9.]+ s$", seat.run(SAID), re.MULTILINE)
    assert seat.run(f"cmp -n {DATA_AT} {VAULT} /dev/zero; echo $?").split()[-1] == "0", "its head is gone"
    data = seat.run(f"cmp -s -n {DATA_AT} -i {DATA_AT} {VAULT} /dev/zero; echo $?")
    assert data.split()[-1] == "1", "by its head: what nobody opens need not be written over"
    assert seat.run("ls /run/phonghop-seat/store.key /var/lib/phonghop-seat/vault.json 2>/dev/null").split() == []
