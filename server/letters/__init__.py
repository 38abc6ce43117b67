"""The documents that the office issues: drafted, signed by the leader, numbered and sealed by the registry, sent.

Begin reading at ``model.py``; ``press.py`` puts any document that we set up for signing.
"""
