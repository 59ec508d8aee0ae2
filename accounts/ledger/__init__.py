"""The bank's books: double entry, immutable, balanced by the database."""
