"""Codes by the clock agree with the published ones: RFC 6238 appendix B, RFC 4226 appendix D (I4)."""

from __future__ import annotations

import datetime as dt
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.factors import model, picture, totp
from wire.secret import Secret

#: The secret of both documents.
PUBLISHED = Secret(b"12345678901234567890")
#: RFC 6238 appendix B prints eight figures for SHA-1; telephones show the last six of them.
APPENDIX_B = {
    59: "94287082",
    1_111_111_109: "07081804",
    1_111_111_111: "14050471",
    1_234_567_890: "89005924",
    2_000_000_000: "69279037",
    20_000_000_000: "65353130",
}
#: RFC 4226 appendix D, by counter.
APPENDIX_D = ("755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489")


def _at(seconds: float) -> dt.datetime:
    return dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + dt.timedelta(seconds=seconds)


@pytest.mark.parametrize(("seconds", "printed"), APPENDIX_B.items())
def test_I4_codes_are_those_of_RFC_6238(seconds: int, printed: str) -> None:
    assert totp.code_at(PUBLISHED, totp.step_of(_at(seconds))) == printed[-totp.DIGITS :]
    assert totp.matching_step(PUBLISHED, printed[-totp.DIGITS :], at=_at(seconds)) == seconds // 30


@pytest.mark.parametrize(("counter", "printed"), list(enumerate(APPENDIX_D)))
def test_I4_codes_are_those_of_RFC_4226(counter: int, printed: str) -> None:
    assert totp.code_at(PUBLISHED, counter) == printed


def test_I4_a_code_is_good_half_a_minute_early_and_late_and_no_longer() -> None:
    code, step = totp.code_at(PUBLISHED, 1000), 1000
    moments = {-31: None, -30: step, -1: step, 0: step, 29: step, 30: step, 59: step, 60: None}
    found = {around: totp.matching_step(PUBLISHED, code, at=_at(step * 30 + around)) for around in moments}
    assert found == moments


@given(st.integers(0, 10**9), st.integers(0, 29))
def test_I4_a_code_made_now_matches_now(step: int, offset: int) -> None:
    code = totp.code_at(PUBLISHED, step)
    found = totp.matching_step(PUBLISHED, code, at=_at(step * 30 + offset))
    # Neighbouring steps may share a code; then the later one counts, which uses up both.
    assert found is not None
    assert totp.code_at(PUBLISHED, found) == code


@pytest.mark.parametrize(
    "code", ["", "28708", "2870822", "abcdef", "\uff12\uff18\uff17\uff10\uff18\uff12", "28708\x00"]
)
def test_I4_what_is_no_code_is_wrong_and_no_error(code: str) -> None:
    assert totp.matching_step(PUBLISHED, code, at=_at(59)) is None


def test_I4_the_picture_says_what_a_telephone_needs() -> None:
    address = totp.enrolment_address(PUBLISHED, site="Phòng họp A", name="thuky")
    found = urlsplit(address)
    assert (found.scheme, found.netloc) == ("otpauth", "totp")
    assert found.path == "/Ph%C3%B2ng%20h%E1%BB%8Dp%20A:thuky"
    assert parse_qs(found.query) == {
        "secret": ["GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"],
        "issuer": ["Phòng họp A"],
        "algorithm": ["SHA1"],
        "digits": ["6"],
        "period": ["30"],
    }
    rows = picture.modules(address)
    assert {len(row) for row in rows} == {len(rows)}
    assert set("".join(rows)) == {"0", "1"}
    # The finder in the upper left corner, inside two modules of quiet zone (ISO/IEC 18004).
    assert [row[2:9] for row in rows[2:5]] == ["1111111", "1000001", "1011101"]


def test_I4_a_recovery_code_is_read_however_it_is_typed() -> None:
    code = model.recovery_code(bytes(range(10)))
    assert [len(group) for group in code.split("-")] == [4, 4, 4, 4]
    kept = model.recovery_hash("u-1", code)
    typed = (code.upper(), code.replace("-", ""), code.replace("-", " "), f" {code} ")
    assert {model.recovery_hash("u-1", model.typed(Secret(each.encode()))) for each in typed} == {kept}
    assert model.recovery_hash("u-2", code) != kept
    assert model.typed(Secret(b"1" * (model.MAX_TYPED + 1))) == ""
