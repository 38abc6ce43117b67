"""Service calls from the seats to the desk of secretary and IT (D6).

Usage: see ``service.py``.
"""
