"""Signing papers: prepare, let the card sign, check, embed; who signs when; what a signature found in a file is worth.

Rules: docs/SIGNING.md. The server never holds a signing key of a person, and a terminal never signs a hash it did not
compute itself.

Usage: begin reading at ``model.py``, then ``service.py``.
"""
