"""Proofs of reminders, contacts and promises."""
