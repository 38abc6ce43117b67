"""The database: one engine, one ``MetaData``, the migrations; SQLite by default, PostgreSQL 15 as an equal.

Rules: features keep their tables in their own ``store.py`` (SQLAlchemy Core); only stores speak SQL.

Usage: ``Database(settings.database_url)``, then ``migrate.upgrade(database)``.
"""
