"""The link over MQTT 5 (paho): TLS 1.3 with the server's certificate, reconnecting for ever.

Rules: callbacks only hand on; every connection is a new client and a clean start, so nothing that was meant for a
lost connection is ever sent late. The broker grants eight messages in flight each way (``max_inflight_messages``).

Usage::

    link = MqttLink(Address("127.0.0.1", 8884), tls=TlsFiles(ca, certificate, key))
    link.start(inbox)
"""

from __future__ import annotations

import logging
import random
import ssl
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from paho.mqtt import client as mqtt
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from server.link.ports import Inbox
from wire.errors import BadTopic
from wire.topics import SERVER_FILTER, Topic, parse

CLIENT_ID: Final = "server"
IN_FLIGHT: Final = 8
KEEPALIVE_S: Final = 15
CONNECT_TIMEOUT_S: Final = 10.0
FIRST_WAIT_S: Final = 0.2
#: One client asks, mostly on the same machine, and a whole room waits for it: a seat that is back before the server
#: says hello to nobody.
LONGEST_WAIT_S: Final = 0.25
_LOG: Final = logging.getLogger("link")


@dataclass(frozen=True, slots=True)
class Address:
    """The server's listener of the broker."""

    host: str
    port: int


@dataclass(frozen=True, slots=True)
class TlsFiles:
    """PEM files: whom to trust, and who we are. They are read at each connection, so renewal needs no restart."""

    ca: Path
    certificate: Path
    key: Path

    def context(self) -> ssl.SSLContext:
        """TLS 1.3 and nothing older."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        context.load_verify_locations(cafile=str(self.ca))
        context.load_cert_chain(str(self.certificate), str(self.key))
        return context


class MqttLink:
    """The port :class:`server.link.ports.Link` over a real broker."""

    def __init__(self, address: Address, *, tls: TlsFiles) -> None:
        self._address: Final = address
        self._tls: Final = tls
        self._stopping: Final = threading.Event()
        self._thread: threading.Thread | None = None
        self._current: _Connection | None = None

    def start(self, inbox: Inbox) -> None:
        """Connect, and connect again for ever."""
        self._stopping.clear()
        self._thread = threading.Thread(target=self._run, args=(inbox,), name="link", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Disconnect; returns when no further call to the inbox can come."""
        self._stopping.set()
        current = self._current
        if current is not None:
            current.ended.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def publish(self, topic: Topic, payload: bytes) -> bool:
        """Hand a message over (QoS 1, a pointer QoS 0; not retained); false when there is no connection."""
        current = self._current
        return current is not None and current.publish(str(topic), payload, qos=0 if topic.lane == "pt" else 1)

    @property
    def is_connected(self) -> bool:
        """Whether a message can be handed over."""
        current = self._current
        return current is not None and current.is_up

    @property
    def backlog(self) -> int:
        """Messages handed over that the broker has not acknowledged."""
        current = self._current
        return 0 if current is None else current.backlog

    def _run(self, inbox: Inbox) -> None:
        wait_s, failures = FIRST_WAIT_S, 0
        while not self._stopping.is_set():
            try:
                connection = _Connection(inbox, self._tls.context())
                self._current = connection
                was_up = connection.live(self._address, self._stopping)
            except OSError as exc:  # ssl.SSLError is one
                was_up = False
                if failures.bit_count() <= 1:  # the 1st, 2nd, 3rd, 5th, 9th …: a night without a broker fills no log
                    _LOG.warning("broker %s:%d: %s", self._address.host, self._address.port, exc)
            self._current = None
            failures = 0 if was_up else failures + 1
            wait_s = FIRST_WAIT_S if was_up else min(2 * wait_s, LONGEST_WAIT_S)
            # Spread, so that server and seats do not all come back in the same instant.
            self._stopping.wait(wait_s * random.uniform(0.5, 1.0))  # noqa: S311 - not a secret


class _Connection:
    """One connection, from CONNECT to its end."""

    def __init__(self, inbox: Inbox, context: ssl.SSLContext) -> None:
        self.ended: Final = threading.Event()
        self.is_up = False
        self._inbox: Final = inbox
        self._sent = 0
        self._acknowledged = 0
        client = mqtt.Client(
            CallbackAPIVersion.VERSION2,
            client_id=CLIENT_ID,
            protocol=mqtt.MQTTv5,
            reconnect_on_failure=False,
        )
        client.tls_set_context(context)
        client.connect_timeout = CONNECT_TIMEOUT_S
        client.max_inflight_messages_set(IN_FLIGHT)
        client.on_connect = self._on_connect
        client.on_subscribe = self._on_subscribe
        client.on_disconnect = self._on_disconnect
        client.on_message = self._on_message
        client.on_publish = self._on_publish
        self._client: Final = client

    @property
    def backlog(self) -> int:
        return self._sent - self._acknowledged

    def live(self, address: Address, stopping: threading.Event) -> bool:
        """Connect and stay until the connection ends; whether it ever was up. Raises ``OSError``."""
        properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
        properties.ReceiveMaximum = IN_FLIGHT
        self._client.connect(address.host, address.port, keepalive=KEEPALIVE_S, clean_start=True, properties=properties)
        self._client.loop_start()
        # A broker that takes the connection and then says nothing must not hold us for ever.
        if not self.ended.wait(CONNECT_TIMEOUT_S) and self.is_up:
            self.ended.wait()
        was_up, self.is_up = self.is_up, False
        if stopping.is_set():
            self._client.disconnect()
        self._client.loop_stop()
        if was_up:
            self._inbox.disconnected()
        return was_up

    def publish(self, topic: str, payload: bytes, *, qos: int) -> bool:
        if not self.is_up:
            return False
        self._sent += 1
        return self._client.publish(topic, payload, qos=qos).rc == mqtt.MQTT_ERR_SUCCESS

    def _on_connect(self, client: mqtt.Client, _data: Any, _flags: Any, reason: Any, _properties: Any) -> None:
        if reason.is_failure:
            _LOG.warning("the broker refuses the server: %s", reason)
            self.ended.set()
        else:
            client.subscribe(SERVER_FILTER, qos=1)

    def _on_subscribe(self, _client: mqtt.Client, _data: Any, _mid: int, reasons: Any, _properties: Any) -> None:
        if any(reason.is_failure for reason in reasons):
            _LOG.error("the broker refuses the subscription: %s", reasons)
            self.ended.set()
            return
        _LOG.info("connected to the broker")
        self.is_up = True
        self._inbox.connected()

    def _on_disconnect(self, _client: mqtt.Client, _data: Any, _flags: Any, reason: Any, _properties: Any) -> None:
        _LOG.info("disconnected from the broker: %s", reason)
        self.ended.set()

    def _on_message(self, _client: mqtt.Client, _data: Any, message: mqtt.MQTTMessage) -> None:
        try:
            topic = parse(message.topic)
        except BadTopic:
            _LOG.warning("a message on a topic that is none of ours")
            return
        self._inbox.received(topic, bytes(message.payload))

    def _on_publish(self, _client: mqtt.Client, _data: Any, _mid: int, reason: Any, _properties: Any) -> None:
        self._acknowledged += 1
        if reason.is_failure and reason.value != _NO_SUBSCRIBERS:
            _LOG.warning("the broker refuses a message: %s", reason)


#: Nobody is there to take it: not a failure of ours (MQTT 5.0, 3.4.2.1).
_NO_SUBSCRIBERS: Final = 0x10
