"""Takes from the process that calls it what it does not need: memory, time, files, and every way out to a network.

Rules G32: a filter of system calls (seccomp) refuses new sockets and connections with EPERM, for this process and all
its children, for ever; it needs no right and works inside a service that may not make name spaces. On a kernel or a
machine without it nothing is read: :class:`NoSandbox`.

Usage: ``confine(memory_bytes=2 * 2**30, cpu_s=60)`` at the very start of a child process.
"""

from __future__ import annotations

import ctypes
import os
import platform
import resource
import struct
from typing import Final

OPEN_FILES: Final = 32
NICENESS: Final = 5
_PR_SET_DUMPABLE: Final = 4
_PR_SET_SECCOMP: Final = 22
_PR_SET_NO_NEW_PRIVS: Final = 38
_MODE_FILTER: Final = 2

#: What is refused. A ring (io_uring) does the work of all the others without calling them.
REFUSED: Final = ("socket", "connect", "bind", "listen", "sendto", "sendmsg", "sendmmsg", "io_uring_setup")
#: machine → its number for seccomp (linux/audit.h), and its numbers of these calls: arch/x86/entry/syscalls/
#: syscall_64.tbl, and include/uapi/asm-generic/unistd.h for aarch64.
_CALLS: Final = {
    "x86_64": (0xC000003E, (41, 42, 49, 50, 44, 46, 307, 425)),
    "aarch64": (0xC00000B7, (198, 203, 200, 201, 206, 211, 269, 425)),
}
#: Above this x86_64 has the same calls under other numbers (x32).
_X32: Final = 0x4000_0000
_EPERM: Final = 1
# One instruction of the classic packet filter: code, jump if true, jump if false, constant (linux/filter.h).
_LOAD: Final = 0x20
_EQUAL: Final = 0x15
_AT_LEAST: Final = 0x35
_RETURN: Final = 0x06
_ALLOW: Final = 0x7FFF_0000
_REFUSE: Final = 0x0005_0000 | _EPERM
_KILL: Final = 0x8000_0000


class NoSandbox(Exception):
    """This machine cannot confine the process."""


def confine(*, memory_bytes: int, cpu_s: int) -> None:
    """Limit this process; raises :class:`NoSandbox`. What is open stays open."""
    os.nice(NICENESS)
    for what, value in (
        (resource.RLIMIT_AS, memory_bytes),
        (resource.RLIMIT_CPU, cpu_s),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        # A limit from outside that is narrower stays.
        _, hard = resource.getrlimit(what)
        most = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(what, (most, most))
    _no_network()


def program(machine: str) -> bytes:
    """The filter for a machine; raises :class:`NoSandbox`."""
    if machine not in _CALLS:
        raise NoSandbox(machine)
    number, calls = _CALLS[machine]
    lines = [
        (_LOAD, 0, 0, 4),  # the architecture (struct seccomp_data)
        (_EQUAL, 1, 0, number),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, 0),  # the number of the call
        (_AT_LEAST, len(calls) + 1, 0, _X32),
        *((_EQUAL, len(calls) - place, 0, call) for place, call in enumerate(calls)),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _REFUSE),
    ]
    return b"".join(struct.pack("HBBI", *line) for line in lines)


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("lines", ctypes.c_void_p))


def _no_network() -> None:
    code = program(platform.machine())
    held = ctypes.create_string_buffer(code, len(code))
    found = _Program(len(code) // 8, ctypes.addressof(held))
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    locked = libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    if locked != 0 or libc.prctl(_PR_SET_SECCOMP, _MODE_FILTER, ctypes.byref(found), 0, 0) != 0:
        raise NoSandbox(os.strerror(ctypes.get_errno()))
