"""Proofs of lending.loans."""
