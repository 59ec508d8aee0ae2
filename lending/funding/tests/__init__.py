"""Proofs of other funds."""
