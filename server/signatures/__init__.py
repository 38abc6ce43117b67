"""Checks the signatures of any PDF that somebody drops in: who, when, valid or not and why. Nothing of it is kept.

Rules G28-G34 (docs/SIGNING.md): the file is a stranger's, so it is opened only in a child process without a network
and with limits; what that process says is read like a message from outside.

Usage: begin reading at ``checker.py``.
"""
