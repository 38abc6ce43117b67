"""A dozen PDFs that nobody here made: documentation of Debian packages, taken from their archives and not installed.

Rules: packages are fetched by name with the machine's own package client and unpacked below ``folder``; nothing of them
is committed. The list holds what papers in a public body are like in all their variety: large drawings, thousands of
pages, Vietnamese, Japanese, very old producers, pictures only, a compressed file.

Usage: `files = fetch(Path("var/real-files"))`.
"""

from __future__ import annotations

import gzip
import shutil
import subprocess
from pathlib import Path

#: package → the file in it
PAPERS: dict[str, str] = {
    "maint-guide-vi": "usr/share/doc/maint-guide-vi/maint-guide.vi.pdf",
    "maint-guide-ja": "usr/share/doc/maint-guide-ja/maint-guide.ja.pdf",
    "simbody-doc": "usr/share/doc/simbody/SimbodyTheoryManual.pdf",
    "linuxcnc-doc-en": "usr/share/doc/linuxcnc/LinuxCNC_Documentation.pdf",
    "gromacs-data": "usr/share/doc/gromacs/html/manual-*.pdf",
    "gnuplot-doc": "usr/share/doc/gnuplot/gnuplot.pdf",
    "asymptote-doc": "usr/share/doc/asymptote/asymptote.pdf",
    "octave-doc": "usr/share/doc/octave/liboctave.pdf",
    "r-doc-pdf": "usr/share/R/doc/manual/R-exts.pdf",
    "lammps-doc": "usr/share/doc/lammps/html/PDF/MACHDYN_LAMMPS_userguide.pdf.gz",
    "maxima-doc": "usr/share/doc/maxima-doc/maximabook-*.pdf.gz",
    "invesalius": "usr/share/invesalius/docs/user_guide_en.pdf",
}
LARGE_BYTES = 20_000_000


def fetch(folder: Path) -> list[Path]:
    """The files, fetched where they are missing; raises ``subprocess.CalledProcessError`` without a package source."""
    folder.mkdir(parents=True, exist_ok=True)
    return [_one(folder, package, pattern) for package, pattern in PAPERS.items()]


def _one(folder: Path, package: str, pattern: str) -> Path:
    target = folder / f"{package}.pdf"
    if target.exists():
        return target
    work = folder / f".{package}"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    subprocess.run(("apt-get", "download", "-q", package), cwd=work, check=True, capture_output=True, timeout=600)
    archive = next(work.glob("*.deb"))
    subprocess.run(("dpkg-deb", "-x", archive.name, "."), cwd=work, check=True, timeout=300)
    found = next(iter(sorted(work.glob(pattern))))
    data = gzip.decompress(found.read_bytes()) if found.suffix == ".gz" else found.read_bytes()
    part = target.with_suffix(".part")
    part.write_bytes(data)
    part.replace(target)
    shutil.rmtree(work)
    return target
