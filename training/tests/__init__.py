"""Proofs of training."""
