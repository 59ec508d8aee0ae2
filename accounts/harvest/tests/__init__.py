"""Proofs of crop calendars and expected harvests."""
