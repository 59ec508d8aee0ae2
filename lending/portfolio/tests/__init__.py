"""Proofs of lending.portfolio."""
