"""Commands that span departments."""
