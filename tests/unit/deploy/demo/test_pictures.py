"""The demo's drawn signatures and seal are pictures that the server takes."""

from __future__ import annotations

from deploy.demo import people, pictures
from server.signing.appearance import check_picture


def test_signatures_are_blue_and_differ_and_the_seal_is_red() -> None:
    drawn = [pictures.signature(who.name) for who in people.SIGNERS]
    assert len(set(drawn)) == len(drawn)
    for png in drawn:
        check_picture(png, colour="blue")
        assert len(png) < 40_000
    check_picture(pictures.seal(), colour="red")
    assert pictures.signature("a") == pictures.signature("a")
