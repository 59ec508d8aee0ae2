"""Tags of lending's own components."""
