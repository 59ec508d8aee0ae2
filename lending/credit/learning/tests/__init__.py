"""Proofs of learning."""
