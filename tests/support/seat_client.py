"""A seat's connection to the real broker, for tests: certificate, subscriptions, last will.

Usage::

    client = SeatClient(terminal.id, room, port=site.process.seats_port, tls=site.tls(terminal), take=take)
    client.start(); client.publish(topic, payload); client.kill()
"""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable
from typing import Any

from paho.mqtt import client as mqtt
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from wire.ids import DeviceId, RoomId
from wire.topics import Topic, device_filters, parse

#: "Disconnect with Will Message" (MQTT 5.0, 3.14.2.1).
_WITH_WILL = 4


class SeatClient:
    """Connects again by itself, as seats do; every connection is a clean start."""

    def __init__(
        self,
        device: DeviceId,
        room: RoomId | None,
        *,
        port: int,
        tls: ssl.SSLContext,
        take: Callable[[Topic, bytes], None],
        connected: Callable[[], None] = lambda: None,
    ) -> None:
        self._port = port
        self._filters = device_filters(device, room)
        self._take = take
        self._connected = connected
        self._up = threading.Event()
        client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=device, protocol=mqtt.MQTTv5)
        client.tls_set_context(tls)
        client.will_set(str(Topic.up(device, "gone")), b"", qos=1)
        client.reconnect_delay_set(1, 1)
        client.max_inflight_messages_set(8)
        client.on_connect = self._on_connect
        client.on_subscribe = self._on_subscribe
        client.on_disconnect = self._on_disconnect
        client.on_message = lambda _client, _data, message: self._take(parse(message.topic), bytes(message.payload))
        self._client = client

    def start(self) -> None:
        """Connect; returns when the subscription stands."""
        self._client.connect("127.0.0.1", self._port, keepalive=15)
        self._client.loop_start()
        assert self._up.wait(10), "the broker did not let the seat in"

    def publish(self, topic: Topic, payload: bytes) -> bool:
        """Hand a message over; false without a connection."""
        if not self._up.is_set():
            return False
        return self._client.publish(str(topic), payload, qos=1).rc == mqtt.MQTT_ERR_SUCCESS

    def stop(self) -> None:
        """Say goodbye."""
        self._client.disconnect()
        self._client.loop_stop()

    def kill(self) -> None:
        """Vanish: the broker speaks the last will, as when a process dies."""
        self._client.disconnect(reasoncode=ReasonCode(PacketTypes.DISCONNECT, identifier=_WITH_WILL))
        self._client.loop_stop()

    def _on_connect(self, client: mqtt.Client, _data: Any, _flags: Any, reason: Any, _properties: Any) -> None:
        if not reason.is_failure:
            client.subscribe([(each, SubscribeOptions(qos=1)) for each in self._filters])

    def _on_subscribe(self, *_: Any) -> None:
        self._up.set()
        self._connected()

    def _on_disconnect(self, *_: Any) -> None:
        self._up.clear()
