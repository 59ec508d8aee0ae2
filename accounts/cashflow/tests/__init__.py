"""Proofs of the evidence slice."""
