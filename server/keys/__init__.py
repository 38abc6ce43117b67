"""The server's keys: the master key that wraps all others, the site's own, and the meetings' epoch keys.

Rules: keys lie in ``data_dir/keys`` (mode 0600) or wrapped in the database; nothing of them is ever logged.

Usage: ``SiteKeys.load_or_create(settings.data_dir / "keys")``.
"""
