"""What the checking process can no longer do: reach a network, write a file, take all memory."""

from __future__ import annotations

import subprocess
import sys

import pytest

from server.signatures.sandbox import NoSandbox, program
from tests.architecture.source import ROOT

_CONFINE = "from server.signatures.sandbox import confine; confine(memory_bytes=2**31, cpu_s=20)\n"


def told(code: str, before: str = "") -> str:
    """What a confined process prints."""
    done = subprocess.run(
        [sys.executable, "-c", before + _CONFINE + code],
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=60,
        check=False,
    )
    return done.stdout.strip() or f"{done.returncode} {done.stderr[-300:]}"


@pytest.mark.parametrize("family", ["AF_INET", "AF_INET6", "AF_UNIX"])
def test_G32_no_socket_can_be_made(family: str) -> None:
    code = f"import socket\ntry:\n socket.socket(socket.{family})\nexcept PermissionError: print('refused')"
    assert told(code) == "refused"


def test_G32_not_past_python_either() -> None:
    code = (
        "import ctypes, errno\nlibc = ctypes.CDLL(None, use_errno=True)\n"
        "print(libc.socket(2, 1, 0), errno.errorcode[ctypes.get_errno()])"
    )
    assert told(code) == "-1 EPERM"


def test_G32_a_child_of_it_is_confined_too() -> None:
    code = (
        "import os, socket\npid = os.fork()\n"
        "if pid == 0:\n try:\n  socket.socket(); os._exit(0)\n except PermissionError:\n  os._exit(7)\n"
        "print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))"
    )
    assert told(code) == "7"


def test_G32_a_socket_that_was_open_before_leads_nowhere() -> None:
    before = "import socket; kept = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n"
    code = "try:\n kept.sendto(b'x', ('127.0.0.1', 9))\nexcept PermissionError: print('refused')"
    assert told(code, before) == "refused"


def test_G32_no_file_is_written_and_memory_has_an_end() -> None:
    write = "import tempfile\ntry:\n tempfile.TemporaryFile().write(b'x' * 9999999)\nexcept OSError: print('refused')"
    assert told("import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n" + write) == "refused"
    assert told("try:\n bytearray(2**32)\nexcept MemoryError: print('refused')") == "refused"


def test_a_machine_without_a_filter_is_not_trusted() -> None:
    with pytest.raises(NoSandbox):
        program("pdp11")
