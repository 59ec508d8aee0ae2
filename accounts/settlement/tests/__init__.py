"""Proofs of settlement accounts."""
