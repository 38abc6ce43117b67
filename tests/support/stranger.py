"""A reader of dossiers by somebody who has never seen this project: the public formats, and nothing else.

Rules: imports nothing of ours. Written from the words of C2SP signed-note and tlog-checkpoint, of RFC 9162 § 2.1, and
of docs/LEDGER.md for what is hashed. Anything that is not as it should be is a ValueError.

Usage: ``python tests/support/stranger.py ho-so.zip key.vkey`` prints how many events were confirmed.
"""

from __future__ import annotations

import base64
import hashlib
import json
import sys
import zipfile
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


def confirmed(dossier: str | Path, vkey: str) -> int:
    """How many events of a dossier stand under the checkpoint of that key; raises ValueError."""
    with zipfile.ZipFile(dossier) as files:
        record = json.loads(files.read("record.json"))
        events = json.loads(files.read("events.json"))["events"]
        index = files.read("index.json")
    size, root = checkpoint(record["checkpoint"], vkey)
    if len(events) != len(record["events"]):
        raise ValueError("not as many proofs as events")
    before = _hash(b"phonghop/v1/genesis\0" + events[0]["meeting"].encode())
    for number, (event, proof) in enumerate(zip(events, record["events"], strict=True), start=1):
        stated = event.pop("hash")
        if event["seq"] != number or event["prev"] != before or stated != _hash(b"phonghop/v1/event\0" + _json(event)):
            raise ValueError(f"event {number} is not what its hash says")
        before = stated
        _prove({"v": 1, "log": event["meeting"], "seq": number, "hash": stated}, proof, size=size, root=root)
    house = record["house"]
    stated = house.pop("hash")
    if stated != _hash(b"phonghop/v1/admin-event\0" + _json(house)):
        raise ValueError("the entry of the export is not what its hash says")
    _prove({"v": 1, "log": "house", "seq": house["number"], "hash": stated}, record["export"], size=size, root=root)
    if house["data"]["index_sha256"] != _hash(index):
        raise ValueError("another index")
    return len(events)


def checkpoint(note: str, vkey: str) -> tuple[int, bytes]:
    """Size and root of a signed checkpoint (C2SP signed-note, tlog-checkpoint); raises ValueError."""
    name, key_id, encoded = vkey.strip().split("+", 2)
    key = base64.b64decode(encoded)
    if key[0] != 1 or hashlib.sha256(name.encode() + b"\n" + key).digest()[:4].hex() != key_id:
        raise ValueError("no Ed25519 key of that identifier")
    text, _, signatures = note.rpartition("\n\n")
    text += "\n"
    for line in signatures.splitlines():
        dash, who, blob = line.split(" ")
        raw = base64.b64decode(blob)
        if (dash, who, raw[:4].hex()) == ("\u2014", name, key_id):
            try:
                Ed25519PublicKey.from_public_bytes(key[1:]).verify(raw[4:], text.encode())
            except InvalidSignature:
                raise ValueError("the signature does not hold") from None
            origin, size, root = text.splitlines()[:3]
            if origin != name:
                raise ValueError("the checkpoint of another log")
            return int(size), base64.b64decode(root)
    raise ValueError("not signed by that key")


def _prove(leaf: dict[str, Any], proof: dict[str, Any], *, size: int, root: bytes) -> None:
    """RFC 9162 § 2.1.3.2, step by step."""
    fn, sn = proof["number"], size - 1
    if fn > sn:
        raise ValueError("a number beyond the size")
    r = hashlib.sha256(b"\x00" + _json(leaf)).digest()
    for p in map(base64.b64decode, proof["proof"]):
        if sn == 0:
            raise ValueError("too long a proof")
        if fn & 1 or fn == sn:
            r = hashlib.sha256(b"\x01" + p + r).digest()
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            r = hashlib.sha256(b"\x01" + r + p).digest()
        fn, sn = fn >> 1, sn >> 1
    if sn != 0 or r != root:
        raise ValueError(f"the proof of {leaf['log']} {leaf['seq']} does not hold")


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


if __name__ == "__main__":
    sys.stdout.write(f"{confirmed(sys.argv[1], Path(sys.argv[2]).read_text(encoding='utf-8'))} events confirmed\n")
