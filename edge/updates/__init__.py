"""A new image of this seat, by the words of the server (W176, W177): fetched, installed by root's unit, started.

Rules: what is decided is pure (``rules``); one desk has the bundle, the thread that fetches it and the files by which
root's unit is asked and answers (``desk``); a seat that has no slots – a demonstration, a PC – says so.

Usage: the handlers stand in the table of ``edge/machine.py``, the hands in ``edge/seat.py``.
"""
