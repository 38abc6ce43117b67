"""Papers, keys and events on their way to the seats, and the proof that they came (W24–W35).

Rules: ``plan`` and ``wish`` are pure; ``service`` has one thread that owns all state and one queue that everything
enters by; a delivery counts only when the seat's own signed report says so.

Usage: ``Distribution(...).start()`` in ``server/app.py``.
"""
