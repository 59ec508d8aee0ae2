"""Pages of other funds."""
