"""Gathers the slices' models for Django; nobody else imports this."""
