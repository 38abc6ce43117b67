"""The physical limit of this machine: one copy of the file to each seat over bare sockets, with and without TLS.

Rules: one process sends, one receives, a thread for each connection; nothing is checked or kept. Not even this is free,
and no method can be faster.

Usage: ``python -m tests.bench.copies send|receive PORT COUNT BYTES [HOST CERTIFICATE KEY]``
"""

from __future__ import annotations

import socket
import ssl
import sys
import threading
from collections.abc import Callable
from typing import Final

_PIECE: Final = 256 * 1024


def send(port: int, count: int, size: int, *, host: str, tls: ssl.SSLContext | None) -> None:
    """Listen, wait for all, send to all at once."""
    data = memoryview(bytes(_PIECE))
    with socket.create_server((host, port), backlog=count) as door:
        _say("listening")
        # One after the other, as the other side connects: each handshake needs both.
        joined = [_taken(door, tls) for _ in range(count)]
        _say("ready")
        sys.stdin.readline()

        def one(target: socket.socket) -> None:
            left = size
            while left:
                target.sendall(data[: min(left, _PIECE)])
                left -= min(left, _PIECE)

        _all(one, joined)
    sys.stdin.read()


def receive(port: int, count: int, size: int, *, host: str, tls: ssl.SSLContext | None) -> None:
    """Connect all, take everything."""

    def joined() -> socket.socket:
        plain = socket.create_connection((host, port))
        return plain if tls is None else tls.wrap_socket(plain)

    def one(source: socket.socket) -> None:
        buffer = bytearray(_PIECE)
        left = size
        while left:
            left -= source.recv_into(buffer)

    _all(one, [joined() for _ in range(count)])
    _say("done")
    sys.stdin.read()


def _taken(door: socket.socket, tls: ssl.SSLContext | None) -> socket.socket:
    plain = door.accept()[0]
    return plain if tls is None else tls.wrap_socket(plain, server_side=True)


def _all(work: Callable[[socket.socket], None], sockets: list[socket.socket]) -> None:
    threads = [threading.Thread(target=work, args=(each,), daemon=True) for each in sockets]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _tls(way: str, files: list[str]) -> ssl.SSLContext | None:
    if not files:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER if way == "send" else ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    if way == "send":
        context.load_cert_chain(*files)
    else:
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def _say(word: str) -> None:
    sys.stdout.write(word + "\n")
    sys.stdout.flush()


def main(way: str, port: str, count: str, size: str, host: str, *files: str) -> None:
    """Send or receive."""
    work = send if way == "send" else receive
    work(int(port), int(count), int(size), host=host, tls=_tls(way, list(files)))


if __name__ == "__main__":
    main(*sys.argv[1:])
