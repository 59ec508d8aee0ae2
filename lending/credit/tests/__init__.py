"""Proofs of how the bank judges."""
