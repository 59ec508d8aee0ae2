"""Tests of invoices as they are handed out."""
