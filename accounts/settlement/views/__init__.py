"""Pages of settlement, by subject."""
