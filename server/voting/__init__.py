"""Votes: open, named, by show of hands (V1–V10).

Rules: what may happen is decided in ``model.py``, what it means in ``wire/votes.py`` and ``wire/tally.py``.

Usage: ``server/assembly/voting.py`` puts the feature together.
"""
