"""What a child process allows itself before it looks at what people made: memory, processor time, files.

Rules: called once, after the question was read and before anything in it is opened; it cannot be taken back.

Usage: ``confined.limit(memory_bytes=2 * 2**30, cpu_s=60, open_files=64)``.
"""

from __future__ import annotations

import os
import resource


def limit(*, memory_bytes: int, cpu_s: int, open_files: int) -> None:
    """Take no more than this from now on, behind everybody else, and leave no core file."""
    os.nice(5)
    for what, value in (
        (resource.RLIMIT_AS, memory_bytes),
        (resource.RLIMIT_CPU, cpu_s),
        (resource.RLIMIT_NOFILE, open_files),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (value, value))
