"""Commands of this department."""
