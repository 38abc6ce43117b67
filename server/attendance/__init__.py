"""Who is there: the roll kept by staff and by people themselves, the rule of the quorum, substitutes, the sheet.

Usage: see ``service.py``.
"""
