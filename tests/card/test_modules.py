"""A vendor's module that is missing, crashes, hangs or sees two tokens; and which certificate is for what."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from deploy.softtoken.bank import ReaderBank
from deploy.softtoken.card import Card
from deploy.softtoken.keys import Algorithm
from edge.card.certificate import Purpose
from edge.card.errors import CardAbsent, ForeignCard, ModuleCrashed, ModuleHung, ModuleMissing, TwoTokens
from edge.card.opening import open_token
from edge.card.pcsc import Context
from edge.card.pkcs11.choosing import Found, SlotInfo, by_purpose, pick_slot
from edge.card.pkcs11.module import ModuleProcess
from edge.card.pkcs11.pkcs11_token import open_pkcs11
from edge.card.pkcs11.probe import candidates
from tests.card.rigs import OPENSC, PivRig, wait_for_card
from tests.support.softtoken import certificate, contents, key, key_usage


@pytest.fixture
def module(bank: ReaderBank) -> Iterator[ModuleProcess]:
    made = ModuleProcess(OPENSC)
    yield made
    made.close()


def test_a_module_that_is_not_there_or_is_no_module(tmp_path: Path) -> None:
    with pytest.raises(ModuleMissing):
        open_pkcs11(ModuleProcess(tmp_path / "none.so"), reader="")
    (tmp_path / "text.so").write_text("not a library")
    wrong = ModuleProcess(tmp_path / "text.so")
    with pytest.raises(ModuleMissing):
        open_pkcs11(wrong, reader="")
    assert wrong.pid is None


def test_a_library_that_is_no_pkcs11_module() -> None:
    libc = next(Path("/usr/lib").glob("*/libm.so.6"))
    with pytest.raises((ModuleMissing, ModuleCrashed)):
        open_pkcs11(ModuleProcess(libc), reader="")


def test_a_module_that_crashes_is_started_again(module: ModuleProcess) -> None:
    module.call({"op": "slots"}, timeout_s=10)
    first = module.pid
    assert first is not None
    os.kill(first, signal.SIGSEGV)
    os.waitid(os.P_PID, first, os.WEXITED | os.WNOWAIT)
    assert module.call({"op": "slots"}, timeout_s=10) == {"slots": []} or module.pid != first


def test_a_module_that_hangs_is_ended_and_started_again(module: ModuleProcess) -> None:
    module.call({"op": "slots"}, timeout_s=10)
    first = module.pid
    assert first is not None
    os.kill(first, signal.SIGSTOP)
    with pytest.raises(ModuleHung):
        module.call({"op": "slots"}, timeout_s=0.3)
    assert module.pid is None
    assert not Path(f"/proc/{first}").exists()
    module.call({"op": "slots"}, timeout_s=10)
    assert module.pid not in {None, first}


def test_a_module_that_crashes_in_mid_call_is_told(module: ModuleProcess) -> None:
    module.call({"op": "slots"}, timeout_s=10)
    first = module.pid
    assert first is not None
    with pytest.raises(ModuleCrashed):
        module.call({"op": "no-such-operation"}, timeout_s=10)
    module.call({"op": "slots"}, timeout_s=10)
    assert module.pid not in {None, first}


def test_no_secret_stands_in_the_modules_environment_or_command(module: ModuleProcess) -> None:
    module.call({"op": "slots"}, timeout_s=10)
    environment = Path(f"/proc/{module.pid}/environ").read_bytes()
    names = {entry.partition(b"=")[0] for entry in environment.split(b"\0") if entry}
    allowed = {b"HOME", b"LANG", b"LC_CTYPE", b"PATH", b"PCSCLITE_CSOCK_NAME", b"OPENSC_CONF", b"SOFTHSM2_CONF"}
    assert names <= allowed
    limits = Path(f"/proc/{module.pid}/limits").read_text(encoding="ascii")
    assert next(line for line in limits.splitlines() if "core file" in line).split()[4] == "0"


def test_two_tokens_are_told_apart_by_their_readers(bank: ReaderBank, context: Context) -> None:
    rig = PivRig(bank, context)
    bank.insert(2, Card(contents(number=1, name="Người khác (demo)")))
    wait_for_card(context, bank.readers[2])
    token = open_pkcs11(ModuleProcess(OPENSC), reader=bank.readers[2])
    assert "Người khác" in token.identity.label
    token.close()
    with pytest.raises(TwoTokens) as refused:
        open_pkcs11(ModuleProcess(OPENSC), reader="")
    assert refused.value.data == {"count": 2}
    rig.finish()


def test_a_card_that_is_not_piv_is_handed_to_the_modules(bank: ReaderBank, context: Context) -> None:
    rig = PivRig(bank, context, contents(login=None, document=None))
    token = open_token(context, rig.reader, modules=())
    assert token.identity.kind == "piv"
    assert not token.certificates
    token.close()
    with pytest.raises(ModuleMissing):
        open_token(context, rig.reader, modules=(Path("/nowhere/vendor.so"),))
    # A module that knows the card and finds no certificate either is not the end of the list.
    with pytest.raises(ForeignCard):
        open_token(context, rig.reader, modules=(OPENSC,))


# ---------------------------------------------------------------- choosing

_ONE, _TWO = (SlotInfo(number, f"Reader {number} 00 00", f"T{number}", f"S{number}") for number in (1, 2))


def test_a_slot_is_found_by_its_reader_or_because_it_is_the_only_one() -> None:
    assert pick_slot([_ONE, _TWO], "Reader 2 00 00") is _TWO
    assert pick_slot([_ONE], "What the service calls it") is _ONE
    with pytest.raises(CardAbsent):
        pick_slot([], "Reader 1 00 00")
    with pytest.raises(TwoTokens):
        pick_slot([_ONE, _TWO], "Reader 3 00 00")


def test_certificates_are_chosen_by_their_own_words() -> None:
    private = key(Algorithm.P256)
    plain = Found(b"\1", certificate(private, "A", usage=key_usage(commits=True)))
    login = Found(
        b"\2", certificate(private, "B", usage=key_usage(), extended=[ExtendedKeyUsageOID.CLIENT_AUTH]), always=True
    )
    authority = Found(b"\0", certificate(private, "CA", more=[x509.BasicConstraints(ca=True, path_length=None)]))
    rubbish = Found(b"\0", b"\x30\x82rubbish")
    chosen, unfit = by_purpose([rubbish, authority, plain, login])
    assert {purpose: each.key_id for purpose, each in chosen.items()} == {
        Purpose.LOGIN: b"\2",
        Purpose.DOCUMENT: b"\1",
    }
    assert not unfit
    only, _ = by_purpose([plain])
    assert {each.key_id for each in only.values()} == {b"\1"}


def test_modules_are_looked_for_in_their_places(tmp_path: Path) -> None:
    for name in ("usr/lib/x86_64-linux-gnu/opensc-pkcs11.so", "usr/lib/bit4id/libbit4xpki.so"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    found = candidates(None, root=tmp_path)
    assert [path.name for path in found] == ["libbit4xpki.so", "opensc-pkcs11.so"]
    assert candidates(Path("/opt/vendor.so"), root=tmp_path) == (Path("/opt/vendor.so"),)
