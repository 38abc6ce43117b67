"""Secret votes (V8): ballots signed blind by name, collected once, mixed by the seats, published without names.

Rules: docs/adr/0016. ``service.py`` gives ballots and calls collections, ``collection.py`` is one collection as a pure
value, ``urn.py`` the thread that carries it, ``keys.py`` the private half of a vote's token key.

Usage: ``server/assembly/voting.py`` puts it together.
"""
