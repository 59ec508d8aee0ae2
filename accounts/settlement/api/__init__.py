"""Settlement accounts for machines."""
