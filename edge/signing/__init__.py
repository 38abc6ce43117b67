"""What a terminal does before its card signs: it looks for itself, and computes the hash itself.

Rules G5-G8 (docs/SIGNING.md). Standard library only, no clock, no files, no network: bytes in, a decision out.

Usage: ``to_sign = examine(shown, offered, certificate=der, digest="sha256")``.
"""
