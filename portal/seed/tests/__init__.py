"""Proofs of the seeded bank."""
