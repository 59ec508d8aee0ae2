"""Waiving late interest: one person proposes it with a reason, another approves it within a limit, owners are told."""
