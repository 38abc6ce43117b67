"""Rehearsals (chạy thử): a copy of a meeting to try everything in, and nothing of it afterwards (M5, docs/adr/0024).

Rules: model → ports → service → store and routes, as in every feature.
"""
