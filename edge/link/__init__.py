"""The way to the server: messages sealed and opened (`codec`), carried over MQTT (`mqtt`).

Rules: `mqtt` is the one file that knows paho; its callbacks only put something on a queue.

Usage: `channel.greet(...)`, `link.publish(topic, payload)`.
"""
