"""Evidence: imported statements, their lines, invoices; and what an enterprise plans."""

from accounts.cashflow.models.invoices import Invoice, InvoiceLedger
from accounts.cashflow.models.planning import PlannedItem, _planned_reference
from accounts.cashflow.models.statements import (
    BankTransaction,
    CategoryCorrection,
    ReplacementClearing,
    StatementImport,
    _reference,
)
