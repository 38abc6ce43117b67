"""The seat agent: one process on one terminal, which holds the papers of its seat and shows them.

Rules: `machine` and `plan` decide without clock, socket or card; `agent` owns the one queue and the loop. Never
imports `server`; what both need is in `wire`.

Usage: `phonghop seat`.
"""
