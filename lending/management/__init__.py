"""What lending answers on the command line."""
