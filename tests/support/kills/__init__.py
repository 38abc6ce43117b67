"""A meeting that goes on while programs and the chair's browser are killed at seeded moments (V4, S1, D3, M3).

Rules: `plan` says what is killed when, `killer` does it, `chair` and `voter` ask again as people do, `ledger` keeps
what everybody was told and compares it with what is published, `story` is one vote with its speakers.
"""
