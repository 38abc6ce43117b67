"""The contract between server, seat and browser: ids, topics, messages, events, papers.

Rules: standard library only; no clock, socket, thread or randomness (they are handed in);
every parser raises a :class:`wire.errors.WireError` and nothing else. ``wire/README.md`` is
the specification; tests cite its rule numbers (W01, W02, ...).

Usage::

    topic = wire.topics.parse("u/d-abcdefghijklmnop/hello")
"""
