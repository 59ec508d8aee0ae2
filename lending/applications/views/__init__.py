"""Pages of the case: what the enterprise prepares and is answered, and what the bank reviews."""
