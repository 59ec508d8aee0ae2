"""Proofs of the readers."""
