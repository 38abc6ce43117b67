"""Accounts looked over: who uses theirs, who confirmed that it is still needed, and who signed in when and where.

Begin reading at ``model.py``.
"""
