"""The shape of settlement to machines."""
