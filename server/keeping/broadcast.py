"""One UDP datagram to everybody in a network.

Usage: ``UdpBroadcast().send(magic_packet(mac), "10.1.2.255")``
"""

from __future__ import annotations

import socket

from server.keeping.model import WAKE_PORT


class UdpBroadcast:
    """A socket of its own for each packet: nothing is ever read from it."""

    def send(self, packet: bytes, address: str) -> None:
        """Raises ``OSError``: no such network from here, or a packet filter."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
            out.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
            out.sendto(packet, (address, WAKE_PORT))
