"""A SoftHSM2 token in a folder: a PKCS#11 module that nobody here wrote.

Usage: `hsm = make_hsm(tmp_path)`; then `SOFTHSM2_CONF` is in the environment of whoever asks for `hsm.environment`.
"""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from deploy.softtoken.keys import Algorithm
from tests.support.softtoken import certificate, key, key_usage

MODULE = Path("/usr/lib/softhsm/libsofthsm2.so")
PIN = "Mật-khẩu9"
LABEL = "Phonghop (demo)"


@dataclass(frozen=True)
class Hsm:
    """One initialised token with a key for signing in and one for documents."""

    environment: dict[str, str]

    def tool(self, *arguments: str) -> None:
        """Run OpenSC's pkcs11-tool on it."""
        command = ["pkcs11-tool", "--module", str(MODULE), "--token-label", LABEL, "--login", "--pin", PIN, *arguments]
        subprocess.run(command, env=os.environ | self.environment, check=True, capture_output=True)


def make_hsm(folder: Path) -> Hsm:
    """A new token in ``folder``."""
    (folder / "tokens").mkdir()
    configuration = folder / "softhsm2.conf"
    configuration.write_text(f"directories.tokendir = {folder}/tokens\nobjectstore.backend = file\nlog.level = ERROR\n")
    hsm = Hsm({"SOFTHSM2_CONF": str(configuration)})
    _util(hsm, "--init-token", "--free", "--label", LABEL, "--so-pin", "12345678", "--pin", PIN)
    for slot, algorithm, commits in (("01", Algorithm.P256, False), ("02", Algorithm.RSA_2048, True)):
        private = key(algorithm)
        pem = folder / f"{slot}.pem"
        pem.write_bytes(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        der = folder / f"{slot}.der"
        der.write_bytes(certificate(private, "Trần Thị B (demo)", usage=key_usage(commits=commits)))
        _util(hsm, "--token", LABEL, "--pin", PIN, "--import", str(pem), "--label", slot, "--id", slot)
        hsm.tool("--write-object", str(der), "--type", "cert", "--id", slot, "--label", slot)
    return hsm


def _util(hsm: Hsm, *arguments: str) -> None:
    subprocess.run(
        ["softhsm2-util", *arguments], env=os.environ | hsm.environment, check=True, capture_output=True, text=True
    )
