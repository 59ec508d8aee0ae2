"""Worked examples, as an accountant would keep them: a bank's week, a customer's month, all to the cent."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import transaction

from accounts.ledger import operations as ledger
from accounts.ledger import queries
from accounts.ledger.models import JournalEntry, LedgerAccount
from accounts.ledger.tests.builders import NOW, close_month, make_customer_account, make_hold

MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY = (date(2026, 3, day) for day in range(2, 7))


def book(on, event, *lines):
    """Write one line of the journal: sides as (side, account, amount)."""
    make = {"Dr": ledger.debit, "Cr": ledger.credit}
    with transaction.atomic():
        return ledger.post(
            key=f"{on} {event}",
            event=event,
            subject="notebook",
            lines=[make[side](account, Decimal(amount)) for side, account, amount in lines],
            effective_date=on,
            at=NOW,
            by="U-CLERK",
        )


def columns(on):
    """Read the trial balance as the notebook has it: purpose, debit, credit, without the empty rows."""
    trial = queries.trial_balance(on)
    assert trial.debit_total == trial.credit_total
    rows = [(row.ledger_account.purpose, str(row.debit_amount), str(row.credit_amount)) for row in trial.rows]
    return [row for row in rows if row[1:] != ("0.00", "0.00")]


def test_a_week_of_the_bank(bank):
    cash, equity, loans, interest, income, fees, nostro = map(
        LedgerAccount.objects.named,
        ("cash", "equity", "loans_principal", "interest_receivable", "interest_income", "fee_income", "nostro"),
    )
    tea, noodles = make_customer_account("Green Tea Shop"), make_customer_account("River Noodles")

    # Monday: the bank opens with capital, and the tea shop pays in its takings.
    book(MONDAY, "capital", ("Dr", cash, "500000.00"), ("Cr", equity, "500000.00"))
    book(MONDAY, "deposit", ("Dr", cash, "3218.55"), ("Cr", tea, "3218.55"))
    assert columns(MONDAY) == [
        ("cash", "503218.55", "0.00"),
        ("customer_deposits", "0.00", "3218.55"),
        ("equity", "0.00", "500000.00"),
    ]

    # Tuesday: a loan of 50,000.00 is paid out, a fee of 150.00 kept back.
    book(
        TUESDAY,
        "loan_paid_out",
        ("Dr", loans, "50000.00"),
        ("Cr", tea, "49850.00"),
        ("Cr", fees, "150.00"),
    )
    assert queries.balance(tea, on=TUESDAY) == Decimal("53068.55")

    # Wednesday: the tea shop pays the noodle shop; a receipt from another bank is collected for it.
    book(WEDNESDAY, "transfer", ("Dr", tea, "12000.00"), ("Cr", noodles, "12000.00"))
    book(WEDNESDAY, "receipt", ("Dr", nostro, "880.08"), ("Cr", tea, "880.08"))

    # Thursday: interest of 19.44 falls due and is paid; then the clerk books a payment of 500.00 by mistake ...
    book(THURSDAY, "interest_due", ("Dr", interest, "19.44"), ("Cr", income, "19.44"))
    book(THURSDAY, "interest_paid", ("Dr", tea, "19.44"), ("Cr", interest, "19.44"))
    mistake = book(THURSDAY, "withdrawal", ("Dr", noodles, "500.00"), ("Cr", cash, "500.00"))
    assert columns(THURSDAY) == [
        ("cash", "502718.55", "0.00"),
        ("nostro", "880.08", "0.00"),
        ("loans_principal", "50000.00", "0.00"),
        ("customer_deposits", "0.00", "53429.19"),
        ("equity", "0.00", "500000.00"),
        ("interest_income", "0.00", "19.44"),
        ("fee_income", "0.00", "150.00"),
    ]

    # ... and on Friday undoes it: both entries stay, Thursday's books stay as they were.
    with transaction.atomic():
        ledger.reverse(mistake, key="undo", at=NOW, by="U-CLERK", on=FRIDAY)
    ledger.take_snapshots(THURSDAY, at=NOW)
    assert columns(FRIDAY) == [
        ("cash", "503218.55", "0.00"),
        ("nostro", "880.08", "0.00"),
        ("loans_principal", "50000.00", "0.00"),
        ("customer_deposits", "0.00", "53929.19"),
        ("equity", "0.00", "500000.00"),
        ("interest_income", "0.00", "19.44"),
        ("fee_income", "0.00", "150.00"),
    ]
    assert (queries.balance(tea), queries.balance(noodles)) == (Decimal("41929.19"), Decimal("12000.00"))
    assert queries.balance(cash, on=THURSDAY) == Decimal("502718.55")
    assert JournalEntry.objects.count() == 9
    assert queries.discrepancies() == []


def test_a_month_of_one_customer(bank):
    cash, nostro, clearing, equity = map(LedgerAccount.objects.named, ("cash", "nostro", "clearing", "equity"))
    book(MONDAY, "capital", ("Dr", cash, "80000.00"), ("Cr", equity, "80000.00"))

    # 2 March: the account is opened and holds nothing.
    shop = make_customer_account("Hill Bakery")
    assert (queries.balance(shop), queries.available_balance(shop)) == (Decimal(0), Decimal(0))

    # 3 March: it collects 1,204.75 from a customer at another bank.
    book(TUESDAY, "receipt", ("Dr", nostro, "1204.75"), ("Cr", shop, "1204.75"))

    # 4 March: it pays 310.20 in cash. 5 March: 400.00 are kept back for a payment to another bank.
    book(WEDNESDAY, "withdrawal", ("Dr", shop, "310.20"), ("Cr", cash, "310.20"))
    kept = make_hold(shop, "400.00")
    assert (queries.balance(shop), queries.available_balance(shop)) == (Decimal("894.55"), Decimal("494.55"))
    assert columns(THURSDAY) == [
        ("cash", "79689.80", "0.00"),
        ("nostro", "1204.75", "0.00"),
        ("customer_deposits", "0.00", "894.55"),
        ("equity", "0.00", "80000.00"),
    ]

    # 6 March: the payment goes out for 385.00; what was kept back too much is free again.
    with transaction.atomic():
        paid = ledger.capture(kept, to_account=clearing, amount=Decimal("385.00"), on=FRIDAY, at=NOW, by="U-CLERK")
    assert queries.balance(shop) == queries.available_balance(shop) == Decimal("509.55")

    # 9 March: the other bank does not know the payee: the payment is reversed.
    with transaction.atomic():
        ledger.reverse(paid, key="came back", at=NOW, by="U-CLERK", on=date(2026, 3, 9))
    assert queries.balance(shop) == Decimal("894.55")

    # 1 April: March is closed, and stays so; what belongs to April is booked in April.
    close_month(MONDAY, on=date(2026, 4, 1))
    with pytest.raises(ledger.PeriodClosed):
        book(date(2026, 3, 31), "fee", ("Dr", shop, "2.00"), ("Cr", cash, "2.00"))
    book(date(2026, 4, 1), "deposit", ("Dr", cash, "50.00"), ("Cr", shop, "50.00"))

    # March's trial balance, to the cent, now and for good.
    assert columns(date(2026, 3, 31)) == [
        ("cash", "79689.80", "0.00"),
        ("nostro", "1204.75", "0.00"),
        ("customer_deposits", "0.00", "894.55"),
        ("equity", "0.00", "80000.00"),
    ]
    assert queries.balance(shop) == Decimal("944.55")
    assert queries.discrepancies() == []
