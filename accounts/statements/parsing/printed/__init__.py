"""Statements as PDF: a page says only where each character stands, so what is read must prove itself."""
