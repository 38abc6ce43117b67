"""Who has opened which paper, and which pages lay in front of whom (P5, W127–W129).

Rules: docs/adr/0044. Begin at ``model.py``.
"""
