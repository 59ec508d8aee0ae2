"""Pages of evidence and of the cash-flow picture, by subject."""
