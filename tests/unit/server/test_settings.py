"""Settings: environment over file over default, and all problems at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.settings import BadSettings, Settings


def _file(folder: Path, text: str) -> Path:
    file = folder / "server.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_the_environment_beats_the_file_and_the_file_the_default(tmp_path: Path) -> None:
    file = _file(tmp_path, 'port = 9000\nidle_s = 60\nsite_name = "VKSND tỉnh X"\norigins = ["https://a.example"]')
    found = Settings.load({"PHONGHOP_PORT": "9001", "PATH": "/bin", "PHONGHOP_SEAT_X": "1"}, file)
    assert (found.port, found.idle_s, found.site_name) == (9001, 60, "VKSND tỉnh X")
    assert found.origins == ("https://a.example",)
    assert found.threads == Settings().threads


def test_the_database_is_a_file_of_the_data_directory_unless_told_otherwise() -> None:
    found = Settings.load({"PHONGHOP_DATA_DIR": "/srv/phonghop"})
    assert found.database == "sqlite:////srv/phonghop/phonghop.db"
    other = Settings.load({"PHONGHOP_DATABASE_URL": "postgresql+psycopg://phonghop@/phonghop?host=/run/postgresql"})
    assert other.database.startswith("postgresql+psycopg://")


def test_all_problems_are_told_at_once_with_their_places(tmp_path: Path) -> None:
    file = _file(tmp_path, "port = true\ncolour = 1\nsite_name = ''")
    environ = {"PHONGHOP_THREADS": "3", "PHONGHOP_IDLE_S": "soon", "PHONGHOP_TLS_KEY": "/k.pem", "PHONGHOP_X": ""}
    with pytest.raises(BadSettings) as caught:
        Settings.load(environ, file)
    told = "\n".join(caught.value.problems)
    for place in (
        "port",
        "colour",
        "site_name",
        "PHONGHOP_THREADS",
        "PHONGHOP_IDLE_S",
        "PHONGHOP_X",
        "tls_certificate",
    ):
        assert place in told
    assert len(caught.value.problems) == 7


@pytest.mark.parametrize("text", ["port = ", "\xff"])
def test_a_file_that_is_no_toml_is_a_problem(tmp_path: Path, text: str) -> None:
    file = tmp_path / "server.toml"
    file.write_bytes(text.encode("latin-1"))
    with pytest.raises(BadSettings, match="TOML"):
        Settings.load({}, file)


def test_a_file_that_is_not_there_is_a_problem(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match="cannot be read"):
        Settings.load({}, tmp_path / "none.toml")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("TSA_URL", "tsa.example"),
        ("TSA_URL", "ftp://tsa.example"),
        ("TSA_TIMEOUT_S", "0"),
        ("SEAL_DIAMETER_MM", "5"),
        ("SIGNATURE_UPLOAD_MIB", "no"),
        ("REVOCATION_REQUIRED_TO_SIGN", "maybe"),
        ("DATABASE_URL", "mysql://x"),
        ("DATABASE_URL", "x"),
        ("LOG_LEVEL", "loud"),
        ("DATA_DIR", " "),
    ],
)
def test_what_would_fail_later_is_a_problem_now(name: str, text: str) -> None:
    with pytest.raises(BadSettings, match=name):
        Settings.load({f"PHONGHOP_{name}": text})


@pytest.mark.parametrize(("text", "value"), [("true", True), ("1", True), ("No", False), ("false", False)])
def test_switches_are_words(text: str, *, value: bool) -> None:
    assert Settings.load({"PHONGHOP_BEHIND_PROXY": text}).behind_proxy is value
