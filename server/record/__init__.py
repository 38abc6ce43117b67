"""The record: one append-only Merkle log over every event of every meeting and every act of an administrator (L1–L3).

Rules: a leaf is written in the transaction of its event, as the last thing before the commit, so that neither is ever
there without the other; nothing of the application changes or removes a leaf, a node or a checkpoint. No two
checkpoints are signed of which the later does not begin with the earlier, not even when the database was put back.

Usage: begin reading at ``service.py``; ``wire/merkle.py`` is the tree, ``docs/adr/0015-record.md`` says why.
"""
