"""Proofs of lending.products."""
