"""Rule W32: AES key wrap as RFC 3394 publishes it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sealing.errors import BadKey, UnwrapFailed
from sealing.keywrap import unwrap, wrap
from tests.support import mutate
from wire.secret import Secret

_KEY = "00112233445566778899AABBCCDDEEFF000102030405060708090A0B0C0D0E0F"


@pytest.mark.parametrize(
    ("kek_bytes", "key_bytes", "wrapped"),
    [
        (16, 16, "1FA68B0A8112B447AEF34BD8FB5A7B829D3E862371D2CFE5"),  # section 4.1
        (24, 16, "96778B25AE6CA435F92B5B97C050AED2468AB8A17AD84E5D"),  # section 4.2
        (32, 16, "64E8C3F9CE0F5BA263E9777905818A2A93C8191E7D6E8AE7"),  # section 4.3
        (24, 24, "031D33264E15D33268F24EC260743EDCE1C6C7DDEE725A936BA814915C6762D2"),  # section 4.4
        (32, 24, "A8F9BC1612C68B3FF6E6F4FBE30E71E4769C8B80A32CB8958CD5D17D6B254DA1"),  # section 4.5
        (32, 32, "28C9F404C4B810F4CBCCB35CFB87F8263F5786E2D80ED326CBC7F0E71A99F43BFB988B9B7A02DD21"),  # section 4.6
    ],
)
def test_W32_the_published_vectors_hold(kek_bytes: int, key_bytes: int, wrapped: str) -> None:
    kek, key = Secret(bytes(range(kek_bytes))), Secret(bytes.fromhex(_KEY)[:key_bytes])
    assert wrap(kek, key) == bytes.fromhex(wrapped)
    assert unwrap(kek, bytes.fromhex(wrapped)) == key


@given(kek=st.binary(min_size=32, max_size=32), key=st.binary(min_size=32, max_size=32))
def test_W32_what_is_wrapped_is_unwrapped(kek: bytes, key: bytes) -> None:
    assert unwrap(Secret(kek), wrap(Secret(kek), Secret(key))) == Secret(key)


def test_W32_any_flipped_bit_is_noticed() -> None:
    kek = Secret(bytes(range(32)))
    for broken in mutate.flipped_bits(wrap(kek, Secret(bytes(32)))):
        with pytest.raises(UnwrapFailed):
            unwrap(kek, broken)


@pytest.mark.parametrize("size", [0, 8, 16, 39, 41])
def test_W32_bytes_of_another_length_are_not_unwrapped(size: int) -> None:
    with pytest.raises(UnwrapFailed):
        unwrap(Secret(bytes(32)), bytes(size))


@pytest.mark.parametrize(("kek_bytes", "key_bytes"), [(31, 32), (0, 32), (32, 0), (32, 8), (32, 33)])
def test_W32_only_keys_wrap_and_are_wrapped(kek_bytes: int, key_bytes: int) -> None:
    with pytest.raises(BadKey):
        wrap(Secret(bytes(kek_bytes)), Secret(bytes(key_bytes)))
