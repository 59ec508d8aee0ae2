"""Proofs in a real browser: the whole way through, and a walk over every page."""
