"""The repository on SQLite or PostgreSQL, by SQLAlchemy Core; `migrations` has its schema's history."""
