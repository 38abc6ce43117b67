"""A seat's certificate is renewed by itself (D2, W182): the real agent in the image, through the real proxy and broker.

Rules: as ``test_first_start.py``, whose computer this is. The house gives the certificate once more with its days begun
before: the same number, the same key. What a power cut leaves is in ``tests/contract/test_renewal_both_ends.py``.
"""

from __future__ import annotations

import datetime as dt
import os

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.image.computer import Computer
from tests.image.conftest import SEEN_S, START_S
from tests.image.house import House
from tests.image.inside import AGENT, await_well
from tests.support.poll import until

pytestmark = [
    pytest.mark.skipif("PHONGHOP_TEST_IMAGE" not in os.environ, reason="builds and starts an image: make test-image"),
    pytest.mark.timeout(1500),
]

FOLDER = "/var/lib/phonghop-seat/identity"
#: Of thirty days a certificate has, it is renewed from the tenth on.
AGE = dt.timedelta(days=11)


def test_D2_W182_a_certificate_is_renewed_with_another_key_and_only_the_new_one_is_shown(
    seat: Computer, house: House
) -> None:
    await_well(seat, house)
    [name] = [each for each in seat.run(f"ls {FOLDER}").split() if each in {"device.pem", "link.pem"}]
    kept = seat.run(f"cat {FOLDER}/{name}")
    first = certificate(kept)
    older = house.given_before(first, age=AGE).public_bytes(Encoding.PEM).decode()
    seat.run("systemctl stop phonghop-seat")
    seat.run(f"printf '%s' '{kept[: kept.index('-----BEGIN CERTIFICATE')]}{older}' | {AGENT} tee {FOLDER}/{name}")
    seat.run("systemctl start phonghop-seat")

    def is_renewed() -> bool:
        shown = seat.run(f"cat {FOLDER}/link.pem 2>/dev/null")
        return "CERTIFICATE" in shown and certificate(shown).serial_number != first.serial_number

    until(is_renewed, timeout_s=START_S, every_s=1, what="the server has answered a hello with the new one")
    second = certificate(seat.run(f"cat {FOLDER}/link.pem"))
    assert spki(second) != spki(first)
    assert set(seat.run(f"ls {FOLDER}").split()) & {"device.pem", "next.pem", "next.key"} == set()
    until(house.is_online, timeout_s=SEEN_S, every_s=1, what="it is there")
    (device,) = house.devices()
    assert (device["state"], device["alerts"]) == ("approved", [])


def certificate(pem: str) -> x509.Certificate:
    return x509.load_pem_x509_certificate(pem.encode())


def spki(of: x509.Certificate) -> bytes:
    return of.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
