"""Evidence: bank statements and invoices from elsewhere, and what they tell an owner: the picture and the forecast."""
