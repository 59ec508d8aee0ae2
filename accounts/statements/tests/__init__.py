"""Proofs of the statement files."""
