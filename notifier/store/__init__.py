"""The only place that speaks SQL: synchronous SQLAlchemy Core, the same on SQLite and PostgreSQL."""
