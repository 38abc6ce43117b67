"""A day with tokens, from the first sign-in to a dossier that anybody can check without a network (V7, G40, G49).

Everything is real: broker, server, proxy, seats, card service, Chromium. The dossier is the file that the secretary's
browser saved; it is checked where there is no network, which is shown.
"""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import pytest

from deploy.demo import people
from tests.browser.tokens.day import Day
from tests.browser.tokens.house import House
from tests.browser.tokens.offline import Offline, reaches, verify

pytestmark = pytest.mark.timeout(420)
_SIGN_IN_S = 3.0


@pytest.fixture
def away(whole: House, tmp_path: Path) -> Offline:
    """Where the server that made the dossier is out of reach, though it runs."""
    way = Offline.found(tmp_path)
    port = whole.room.room.room.ports.http
    assert reaches(port)
    assert not reaches(port, way)
    return way


@pytest.fixture
def known(whole: House) -> tuple[str | Path, ...]:
    """What whoever checks has from elsewhere: the authority's root, and the key of the house's record."""
    record = whole.room.room.room.folder.path("server", "record", "key.vkey")
    return "--anchors", whole.room.stand.authority.certificate_file, "--record-key", record


def test_I1_I2_V7_G40_a_day_is_lived_on_screens(day: Day) -> None:
    print(f"PIN to agenda: {day.agenda_s:.2f} s")  # noqa: T201
    assert day.agenda_s < _SIGN_IN_S
    assert (day.recounted.signatures, day.recounted.cast) == (2, 2)
    assert dict(day.recounted.counts) == {"for": 1, "against": 1, "abstain": 0}
    assert day.flaws == []
    assert day.complaints == []


def test_G49_its_dossier_is_verified_without_a_network(day: Day, away: Offline, known: tuple[str | Path, ...]) -> None:
    status, text = verify(away, day.dossier, *known)
    assert (status, "ĐẠT · VERIFIED" in text) == (0, True), text
    for person in (people.DEPUTY, people.DELEGATE, people.SECRETARY, people.CHAIR):
        assert person.name in text, f"{person.username} signed something"
    assert "✗" not in text
    assert "?  " not in text


@pytest.mark.parametrize("part", [r"events\.json", r"statements/\w+\.json", r"statements/.*\.p7s", r"signed/.*\.pdf"])
def test_G49_a_changed_byte_is_named(
    day: Day, away: Offline, known: tuple[str | Path, ...], tmp_path: Path, part: str
) -> None:
    with zipfile.ZipFile(day.dossier) as found:
        files = {name: found.read(name) for name in found.namelist()}
    name = next(name for name in files if re.fullmatch(part, name))
    changed = bytearray(files[name])
    changed[len(changed) // 2] ^= 1
    for path, data in {**files, name: bytes(changed)}.items():
        (tmp_path / "dossier" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "dossier" / path).write_bytes(data)
    status, text = verify(away, tmp_path / "dossier", *known)
    assert status == 1, text
    wrong = [line for line in text.splitlines() if "✗" in line]
    assert any(name in line for line in wrong), text
