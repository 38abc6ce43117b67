"""Secrets stay unseen, however they are looked at."""

from __future__ import annotations

import copy
import pickle
import traceback

import pytest

from wire.secret import Secret

_KEY = Secret(b"S3CRET-BYTES")


def test_a_secret_shows_only_its_length() -> None:
    for shown in (repr(_KEY), str(_KEY), f"{_KEY}", f"{[_KEY]}", "%s" % _KEY):  # noqa: UP031 - this way, too
        assert "S3CRET" not in shown
        assert "12" in shown


def test_a_secret_does_not_show_in_a_traceback() -> None:
    try:
        raise ValueError(_KEY)
    except ValueError as exc:
        shown = "".join(traceback.TracebackException.from_exception(exc, capture_locals=True).format())
    assert "S3CRET" not in shown


def test_a_secret_leaves_the_process_only_when_it_is_revealed() -> None:
    for leave in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError):
            leave(_KEY)
    assert _KEY.reveal() == b"S3CRET-BYTES"


def test_secrets_are_compared_and_never_hashed() -> None:
    assert Secret(b"S3CRET-BYTES") == _KEY
    assert Secret(b"other") != _KEY
    assert _KEY != b"S3CRET-BYTES"
    with pytest.raises(TypeError):
        hash(_KEY)
