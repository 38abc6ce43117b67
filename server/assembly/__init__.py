"""Puts the adapters behind the ports, one file a group of features; the only place that knows the stores.

Rules: each file has ``build(services)``; ``server/app.py`` calls them in an order where everyone finds what it needs.

Usage: ``core.build(services)``.
"""
