"""What people fill in about their accounts."""
