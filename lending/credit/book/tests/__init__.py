"""Proofs of measuring the whole book."""
