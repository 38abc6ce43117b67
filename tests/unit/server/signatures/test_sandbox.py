"""What the checking process can no longer do: reach a network, write a file, take all memory."""

from __future__ import annotations

import re
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from server.signatures.sandbox import REFUSED, NoSandbox, program
from tests.architecture.source import ROOT

_CONFINE = "from server.signatures.sandbox import confine; confine(memory_bytes=2**31, cpu_s=20)\n"


#: The kernel's own tables, as its headers print them: machine → number for seccomp, file, call → number.
TABLES = {
    "x86_64": (
        0xC000003E,
        "/usr/include/x86_64-linux-gnu/asm/unistd_64.h",
        {
            "read": 0, "write": 1, "socket": 41, "connect": 42, "accept": 43, "sendto": 44, "recvfrom": 45,
            "sendmsg": 46, "recvmsg": 47, "bind": 49, "listen": 50, "openat": 257, "sendmmsg": 307,
            "io_uring_setup": 425,
        },
    ),
    "aarch64": (
        0xC00000B7,
        "/usr/include/asm-generic/unistd.h",
        {
            "openat": 56, "read": 63, "write": 64, "socket": 198, "bind": 200, "listen": 201, "accept": 202,
            "connect": 203, "sendto": 206, "recvfrom": 207, "sendmsg": 211, "recvmsg": 212, "sendmmsg": 269,
            "io_uring_setup": 425,
        },
    ),
}  # fmt: skip


def decided(code: bytes, *, architecture: int, call: int) -> int:
    """What the filter answers: the classic packet filter, as far as it is used here (linux/filter.h)."""
    lines = [struct.unpack_from("HBBI", code, at) for at in range(0, len(code), 8)]
    data, held, at = {0: call, 4: architecture}, 0, 0
    while True:
        what, yes, no, constant = lines[at]
        at += 1
        if what == 0x06:
            return int(constant)
        if what == 0x20:
            held = data[constant]
        else:
            at += yes if (held == constant if what == 0x15 else held >= constant) else no


@pytest.mark.parametrize("machine", TABLES)
def test_G32_the_filter_refuses_these_calls_and_no_others_by_the_kernels_own_numbers(machine: str) -> None:
    architecture, file, numbers = TABLES[machine]
    code = program(machine)
    for name, number in numbers.items():
        wanted = 0x0005_0001 if name in REFUSED else 0x7FFF_0000
        assert decided(code, architecture=architecture, call=number) == wanted, name
        assert decided(code, architecture=0x4000_0003, call=number) == 0x8000_0000, "another machine's calls end it"
    assert set(REFUSED) <= set(numbers)
    refused = [number for number in range(1024) if decided(code, architecture=architecture, call=number) != 0x7FFF_0000]
    assert sorted(refused) == sorted(numbers[name] for name in REFUSED)
    header = Path(file)
    if header.is_file():  # where the kernel's headers are installed, the table above is theirs
        printed = dict(re.findall(r"#define __NR_(\w+)\s+(\d+)", header.read_text(encoding="utf-8")))
        assert {name: int(printed[name]) for name in numbers if name in printed} == {
            name: number for name, number in numbers.items() if name in printed
        }


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
