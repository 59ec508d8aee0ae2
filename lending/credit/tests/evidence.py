"""Books written as evidence of an enterprise, as its own import would leave it."""

from datetime import UTC, datetime
from decimal import Decimal

from accounts.cashflow.models import BankTransaction, Invoice
from accounts.cashflow.tests.builders import make_statement
from lending.credit.tests.builders import Book

JULY = datetime(2026, 7, 1, tzinfo=UTC)


def record(book: Book, enterprise, *, at=JULY, **changed):
    """Write a book's rows as evidence of an enterprise, below those that were written before."""
    statement = make_statement(enterprise, (("2020-01-05", "1.00", "Nobody", "long ago"),))
    first = 100 + BankTransaction.objects.filter(statement=statement).count()
    BankTransaction.objects.bulk_create(
        BankTransaction(
            **{
                "statement": statement,
                "enterprise": enterprise,
                "line_number": number,
                "booked_on": day,
                "amount": Decimal(amount) / 100,
                "currency": "CNY",
                "balance_after": None if balance is None else Decimal(balance) / 100,
                "counterparty_account_key": account,
                "counterparty_key": key,
                "category": category,
                "is_counted": True,
                "fingerprint": str(number),
                "recorded_at": at,
            }
            | changed
        )
        for number, (_, day, _, amount, category, account, key, balance) in enumerate(
            book.bank_transactions, start=first
        )
    )
    Invoice.objects.bulk_create(
        Invoice(
            enterprise=enterprise,
            file=statement.file,
            direction=direction,
            number=str(number),
            issued_on=day,
            counterparty_key=key,
            net_amount=Decimal(gross - tax) / 100,
            tax_amount=Decimal(tax) / 100,
            gross_amount=Decimal(gross) / 100,
            currency="CNY",
            is_valid=is_valid,
            is_credit_note=is_credit_note,
            recorded_at=at,
            recorded_by="U-1",
        )
        for number, (_, day, _, direction, gross, tax, is_valid, is_credit_note, key) in enumerate(book.invoices)
    )
