"""What administrators did to the house itself: whom it trusts, whose certificate is whose, what was taken back.

Rules: an entry is written in the transaction of the change it tells of, so that neither is there without the other;
entries form a chain of hashes, like a meeting's events, and the application has no way to change or remove one.

Usage: begin reading at ``service.py``.
"""
