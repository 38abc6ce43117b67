"""The same request twice is one act with one answer.

Rules: whoever asks for a change names the act (``a-…``); the act and its answer are written in the transaction of the
change itself, so that neither is ever there without the other.

Usage::

    with unit.begin() as tx:
        answer = once(ledger, tx, key, now=now, do=lambda: change(tx))
"""
