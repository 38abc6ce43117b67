"""The server's end of the MQTT link: topics and bytes, and the codec between bytes and messages.

Rules: ``mqtt`` is the only file of the server that imports paho; it decides nothing and owns no state of ours.

Usage: ``MqttLink(address, tls=files)`` behind the port ``server.link.ports.Link``.
"""
