"""Evidence: bank statements and invoices from elsewhere, and the cash-flow picture drawn from them."""
