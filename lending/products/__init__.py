"""What the bank offers, and on what terms."""
