"""The boot loader's counter: which slot is started first, and how many tries each has left.

ORDER   the slots, the first with a try left is started
A_LEFT, B_LEFT   tries; the boot loader takes one away at each start
NEW     the slot that was written last and has not found itself well yet, or empty
FLOOR   the least version that may be installed here
EXTRA   more words for the kernel

Read as GRUB and as U-Boot write it; written as a block of GRUB's, always as long, so that it stays in its place on the
disk and a plug that is pulled in between leaves the one text or the other.
"""

import fcntl
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

SLOT, BOOT, COUNTER = Path("/run/phonghop-boot/slot"), "/boot", Path("/boot/state.env")
LOCK, MINIMUM = Path("/run/phonghop-boot/counter.lock"), Path("/usr/lib/phonghop/minimum")
#: There once the slot that runs has its tries back: until the next start.
GOOD = Path("/run/phonghop-boot/good")
HEAD, BYTES, TRIES = b"# GRUB Environment Block\n", 1024, "3"
OTHER = {"A": "B", "B": "A"}

Found = dict[str, str]


def parsed(content: bytes) -> Found:
    """Its variables; raises ValueError when it is none of ours."""
    lines = content.partition(b"\0")[0].decode("utf-8").split("\n")
    found = dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))
    if not {"ORDER", "A_LEFT", "B_LEFT"} <= found.keys():
        raise ValueError(f"{COUNTER}: no counter of ours")
    return found


def printed(found: Found) -> bytes:
    """The block with these variables; raises ValueError when they are too many."""
    block = HEAD + "".join(f"{name}={value}\n" for name, value in found.items()).encode()
    if len(block) > BYTES:
        raise ValueError(f"{COUNTER}: too long")
    return block.ljust(BYTES, b"#")


def version(text: str) -> tuple[int, ...]:
    """To be compared; what is no version is older than all."""
    parts = text.split(".")
    return tuple(int(part) for part in parts) if all(part.isascii() and part.isdigit() for part in parts) else ()


def primary(found: Found) -> str:
    """The slot that the boot loader would start now, or none."""
    return next((slot for slot in found["ORDER"].split() if found.get(f"{slot}_LEFT", "0") != "0"), "")


def good(found: Found, running: str, minimum: str) -> Found:
    """The slot that runs is well: its tries are back, nothing tries it any more, none below its minimum comes after it.

    A slot that was tried while this one runs could not be started: it is not tried again.
    """
    after = found | {f"{running}_LEFT": TRIES, "FLOOR": max(found.get("FLOOR", ""), minimum, key=version)}
    tried = found.get("NEW", "")
    if tried and (tried == running or found[f"{tried}_LEFT"] != TRIES):
        after |= {"NEW": "", "ORDER": f"{running} {OTHER[running]}"}
        after |= {} if tried == running else {f"{tried}_LEFT": "0"}
    return after


def bad(found: Found, slot: str) -> Found:
    """A slot that is being written, or that cannot be used, is not started; the other one is no older for it."""
    tried = found.get("NEW", "")
    return found | {f"{slot}_LEFT": "0", "ORDER": OTHER[slot], "NEW": "" if tried == slot else tried}


def first(found: Found, slot: str, running: str) -> Found:
    """A slot is started next; another one than that which runs has to show itself well."""
    return found | {f"{slot}_LEFT": TRIES, "ORDER": f"{slot} {OTHER[slot]}", "NEW": "" if slot == running else slot}


def slot() -> str:
    """The one that runs."""
    return SLOT.read_text(encoding="ascii").strip()


def read() -> Found:
    """As it is on the disk; raises ValueError and OSError."""
    return parsed(COUNTER.read_bytes())


def anew(running: str) -> Found:
    """Where the counter is lost: only what runs is known to be well. The floor comes back with the next ``good``."""
    other = OTHER[running]
    return {"ORDER": f"{running} {other}", f"{running}_LEFT": TRIES, f"{other}_LEFT": "0", "EXTRA": ""}


def change(how: Callable[[Found], Found]) -> None:
    """Write what ``how`` makes of the variables, in its place; on the disk when this returns.

    A counter that cannot be read is made anew: no boot loader counts with one, and GRUB cannot make it.
    """
    with LOCK.open("w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        before: Found | None = None
        try:
            before = read()
        except (FileNotFoundError, ValueError) as lost:
            print(f"the counter is made anew: {lost!r}", file=sys.stderr)
        after = how(anew(slot()) if before is None else before)
        if after == before:
            return
        subprocess.run(["/usr/bin/mount", "-o", "remount,rw", BOOT], check=True)
        try:
            COUNTER.touch()
            with COUNTER.open("r+b") as file:
                file.write(printed(after))
                file.flush()
                os.fsync(file.fileno())
        finally:
            subprocess.run(["/usr/bin/mount", "-o", "remount,ro", BOOT], check=True)
