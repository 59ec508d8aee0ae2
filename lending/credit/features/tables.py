"""The tables that features read, on every engine: their columns and what these hold."""

CASES = {"case_id": "int64", "as_of": "date", "currency": "string"}
BANK_TRANSACTIONS = {
    "case_id": "int64",
    "booked_on": "date",
    "days_before": "int64",
    "amount_minor": "int64",
    "category": "string",
    "counterparty_account": "string",
    "counterparty_key": "string",
    "balance_after_minor": "int64",
}
INVOICES = {
    "case_id": "int64",
    "issued_on": "date",
    "days_before": "int64",
    "direction": "string",
    "gross_minor": "int64",
    "tax_minor": "int64",
    "is_valid": "boolean",
    "is_credit_note": "boolean",
    "counterparty_key": "string",
}
