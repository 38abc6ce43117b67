"""Before the meeting (W142–W145): comments and questions on items and papers, and requests to speak in advance.

Rules: ``remarks`` and ``advance`` decide, ``service`` appends to the meeting's log, ``views`` tells each reader what is
theirs.

Usage: ``before.build(services)`` in ``server/assembly/before.py``.
"""
