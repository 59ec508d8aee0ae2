"""Proofs of lending.applications."""
