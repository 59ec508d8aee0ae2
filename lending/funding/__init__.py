"""Other funds: what others than this bank lend, grant or secure, whom it may suit, and introductions to it."""
