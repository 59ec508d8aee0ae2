"""Who the customer is, and where the money is."""
