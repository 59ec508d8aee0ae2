"""Proofs of the interest arithmetic: published tables, worked examples and what holds for all loans."""
