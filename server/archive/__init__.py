"""Dossiers as archives keep them: for how long, under which number, what is in them, handed over when and to whom.

Begin reading at ``model.py``; rules D1 … of docs/ARCHIVE.md.
"""
