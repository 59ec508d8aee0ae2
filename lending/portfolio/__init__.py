"""The book seen whole."""
