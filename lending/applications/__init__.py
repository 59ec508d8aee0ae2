"""The case: draft, documents, decision, review, offer."""
