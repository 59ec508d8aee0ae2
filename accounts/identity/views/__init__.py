"""Pages about people and enterprises."""
