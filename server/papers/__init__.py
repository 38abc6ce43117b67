"""Papers: taken in, checked, made safe, encrypted once, approved, published, shown (P1–P7).

Rules: no plain text of a paper outlives its upload; a signed PDF is never rewritten; the secrecy level is chosen by a
person and state secrets are kept out.

Usage: ``server/assembly/papers.py`` puts the parts together.
"""
