"""What templates of this department may use."""
