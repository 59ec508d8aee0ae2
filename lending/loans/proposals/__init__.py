"""What one person proposes for a loan, with a reason, and another decides on within a limit: the steps all share."""
