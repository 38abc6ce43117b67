"""MQTT 5 for the seat: the one file that knows paho.

Rules: callbacks run on paho's thread and only put something on the agent's queue. Clean start, no session on the
broker: every gap is closed by asking (W25). Receive Maximum 8 and manual acknowledgements: what the agent has not
finished is not acknowledged, so a slow seat slows the broker, not its own memory. The last will is an empty message on
``u/<device>/gone``. Reconnecting waits longer each time, with chance in it, so that a room does not come back in step.

Usage::

    link = MqttLink(device, host="room.example", port=8883, tls=context, inbox=queue.put)
    link.start()
"""

from __future__ import annotations

import logging
import random
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from paho.mqtt import client as mqtt
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from edge.link.ports import Frame
from wire.errors import BadTopic
from wire.ids import DeviceId
from wire.topics import Topic, parse

RECEIVE_MAXIMUM: Final = 8
IN_FLIGHT: Final = 8
KEEPALIVE_S: Final = 15
CONNECT_TIMEOUT_S: Final = 10.0
FIRST_WAIT_S: Final = 0.5
#: Asking a machine that is not there costs nobody anything, and people wait for its return.
AWAY_WAIT_S: Final = 1.0
#: A broker that refuses a seat has done a whole TLS handshake for it.
LONGEST_WAIT_S: Final = 15.0
_QOS: Final = 1
#: MQTT 5, 3.14.2.1: disconnect and publish the last will.
_WITH_WILL: Final = 4
_LOG: Final = logging.getLogger("phonghop.seat.link")


@dataclass(frozen=True, slots=True)
class Connected:
    """The broker accepted the seat and its subscriptions were sent."""


@dataclass(frozen=True, slots=True)
class Disconnected:
    """The connection is gone, or could not be made; ``refused``: the broker does not let this device in.

    That is what TLS or the broker said, or that it hung up before it had answered; not: silence, a network that is
    gone, and a broker that is not this room's.
    """

    refused: bool = False


@dataclass(frozen=True, slots=True)
class Received:
    """A message; ``done`` must be called once it is dealt with."""

    topic: Topic
    payload: bytes
    done: Callable[[], None]


Told = Connected | Disconnected | Received


class MqttLink:
    """One connection, made again for ever until :meth:`stop`."""

    def __init__(
        self,
        device: DeviceId,
        *,
        host: str,
        port: int,
        tls: Callable[[], ssl.SSLContext],
        inbox: Callable[[Told], None],
    ) -> None:
        self._device: Final = device
        self._address: Final = (host, port)
        self._tls: Final = tls
        self._inbox: Final = inbox
        self._stopping: Final = threading.Event()
        self._filters: tuple[str, ...] = ()
        self._current: _Connection | None = None
        self._thread: Final = threading.Thread(target=self._run, name="mqtt", daemon=True)

    def start(self) -> None:
        """Begin to connect."""
        self._thread.start()

    def stop(self) -> None:
        """Disconnect; returns when nothing more can come."""
        self._stopping.set()
        self.reconnect()
        self._thread.join(timeout=CONNECT_TIMEOUT_S)

    def publish(self, frame: Frame) -> None:
        """Hand a frame over (QoS 1, never retained); lost without a connection."""
        current = self._current
        if current is not None:
            current.publish(frame)

    def listen(self, filters: tuple[str, ...]) -> None:
        """Be subscribed to these filters, now and after every reconnect."""
        self._filters = filters
        current = self._current
        if current is not None:
            current.subscribe()

    def reconnect(self) -> None:
        """Begin a new connection (another certificate is to be shown)."""
        current = self._current
        if current is not None:
            current.end()

    def _run(self) -> None:
        wait_s = FIRST_WAIT_S
        while not self._stopping.is_set():
            wait_s = min(2 * wait_s, self._live())
            # Jitter only spreads the load: no secret depends on it.
            self._stopping.wait(wait_s * random.uniform(0.5, 1.0))  # noqa: S311

    def _live(self) -> float:
        """Hold one connection until it ends; how long to wait at most before the next."""
        try:
            connection = _Connection(self._device, self._tls(), filters=lambda: self._filters, inbox=self._inbox)
            self._current = connection
            connection.live(self._address)
        except ssl.SSLCertVerificationError as exc:
            _LOG.warning("broker: not this room's (%s)", exc.verify_message)
            self._inbox(Disconnected())
            return LONGEST_WAIT_S
        except ssl.SSLError as exc:
            _LOG.warning("broker: TLS refused (%s)", exc.reason or "no reason given")
            self._inbox(Disconnected(refused="ALERT" in (exc.reason or "")))
            return LONGEST_WAIT_S
        except OSError as exc:
            _LOG.info("broker: not reached (%s)", exc.strerror or type(exc).__name__)
            self._inbox(Disconnected())
            return AWAY_WAIT_S
        finally:
            self._current = None
        # With TLS 1.3 a refused certificate shows only after the handshake: the broker just hangs up.
        self._inbox(Disconnected(refused=connection.was_refused))
        return FIRST_WAIT_S if connection.was_up else LONGEST_WAIT_S


class _Connection:
    """One client, from CONNECT to its end; paho's own reconnecting would keep old queues and the old certificate."""

    def __init__(
        self,
        device: DeviceId,
        tls: ssl.SSLContext,
        *,
        filters: Callable[[], tuple[str, ...]],
        inbox: Callable[[Told], None],
    ) -> None:
        self._ended: Final = threading.Event()
        self.was_up = False
        #: the broker has said no, or hung up before it had said yes
        self.was_refused = False
        self._is_ours = False
        self._accepted = False
        self._lock: Final = threading.Lock()
        self._subscribed: tuple[str, ...] = ()
        self._filters: Final = filters
        self._inbox: Final = inbox
        client = mqtt.Client(
            CallbackAPIVersion.VERSION2,
            client_id=device,
            protocol=mqtt.MQTTv5,
            reconnect_on_failure=False,
            manual_ack=True,
        )
        client.tls_set_context(tls)
        client.connect_timeout = CONNECT_TIMEOUT_S
        client.max_inflight_messages_set(IN_FLIGHT)
        client.will_set(str(Topic.up(device, "gone")), b"", qos=_QOS)
        client.on_connect = self._on_connect
        client.on_subscribe = self._on_subscribe
        client.on_disconnect = self._on_disconnect
        client.on_message = self._on_message
        self._client: Final = client

    def live(self, address: tuple[str, int]) -> None:
        """Connect and stay until the connection ends; raises ``OSError``."""
        properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
        properties.ReceiveMaximum = RECEIVE_MAXIMUM
        self._client.connect(*address, keepalive=KEEPALIVE_S, clean_start=True, properties=properties)
        self._client.loop_start()
        # A broker that takes the connection and then says nothing must not hold the seat for ever.
        has_ended = self._ended.wait(CONNECT_TIMEOUT_S)
        if not has_ended and self.was_up:
            self._ended.wait()
        self.was_refused = has_ended and not self.was_up and not self._is_ours
        # "With will": leaving politely, a seat is as gone as after a cut.
        self._client.disconnect(reasoncode=ReasonCode(PacketTypes.DISCONNECT, identifier=_WITH_WILL))
        self._client.loop_stop()

    def end(self) -> None:
        """From here, whatever the broker says."""
        self._is_ours = True
        self._ended.set()

    def publish(self, frame: Frame) -> None:
        if self.was_up:
            self._client.publish(str(frame.topic), frame.payload, qos=_QOS)

    def subscribe(self) -> None:
        """Bring what is subscribed to what is wanted; nothing before the broker has accepted the seat."""
        with self._lock:
            if not self._accepted:
                return
            wanted = self._filters()
            gone = [each for each in self._subscribed if each not in wanted]
            fresh = [each for each in wanted if each not in self._subscribed]
            self._subscribed = wanted
            if gone:
                self._client.unsubscribe(gone)
            if fresh:
                options = SubscribeOptions(qos=_QOS, retainHandling=SubscribeOptions.RETAIN_DO_NOT_SEND)
                self._client.subscribe([(each, options) for each in fresh])

    def _on_connect(self, _client: mqtt.Client, _data: Any, _flags: Any, reason: Any, _properties: Any) -> None:
        if reason.is_failure:
            _LOG.warning("broker: refused (%s)", reason)
            self._ended.set()
        else:
            self._accepted = True
            self.subscribe()

    def _on_subscribe(self, _client: mqtt.Client, _data: Any, _mid: int, reasons: Any, _properties: Any) -> None:
        if any(reason.is_failure for reason in reasons):
            _LOG.warning("broker: a subscription is refused")
        if not self.was_up:
            self.was_up = True
            self._inbox(Connected())

    def _on_disconnect(self, _client: mqtt.Client, _data: Any, _flags: Any, _reason: Any, _properties: Any) -> None:
        self._ended.set()

    def _on_message(self, client: mqtt.Client, _data: Any, message: mqtt.MQTTMessage) -> None:
        def done() -> None:
            client.ack(message.mid, message.qos)

        try:
            topic = parse(message.topic)
        except BadTopic:
            _LOG.warning("broker: a message on a topic that is none of ours")
            done()
            return
        self._inbox(Received(topic, bytes(message.payload), done))
