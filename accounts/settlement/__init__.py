"""Settlement accounts: where an enterprise keeps and moves its money."""
