"""Tasks that follow from meetings: given, taken on, reported, confirmed, and what is still open (docs/adr/0039).

Begin reading at ``model.py``.
"""
