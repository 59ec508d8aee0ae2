"""A bank whose currency has no decimals, or three: from its first day to a closed loan, all books tied."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from celery import current_app
from django.conf import settings
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from accounts.ledger import queries as books
from accounts.ledger.models import LedgerAccount
from accounts.settlement.models import SettlementAccount
from lending.loans import operations as loans
from lending.loans.models import Loan
from portal.core.models import Job
from portal.pages.tests.crawl import crawl
from portal.pages.tests.founding import found_and_lend, sent

pytestmark = pytest.mark.django_db(transaction=True)
TAKINGS = {"JPY": "5001", "KWD": "5000.005"}  # as fine as the currency
UNITS = {"JPY": "(Japanese yen)", "KWD": "(Kuwaiti dinars)"}


@pytest.mark.parametrize("currency", ["JPY", "KWD"])
def test_lends_and_is_repaid_and_all_books_tie(currency: str, settings: Any, tmp_path: Any) -> None:
    settings.BANK_CURRENCY = currency
    people = found_and_lend(tmp_path, decided=work)
    loan, account = Loan.objects.get(), SettlementAccount.objects.get()
    assert (loan.currency, account.currency) == (currency, currency)
    page = people["owner"].get(f"/applications/new/{loan.enterprise.reference}/quick/").text
    assert UNITS[currency] in page
    bring_cash(people["teller"], account, TAKINGS[currency])
    for kind in ("pdf", "csv", "xml"):
        told = content_of(people["owner"], f"/settlement/{account.reference}/statement/?format={kind}")
        assert kind == "pdf" or TAKINGS[currency].encode() in told
    assert content_of(people["owner"], f"/loans/offers/{loan.offer.reference}/contract.pdf")

    rows, now = list(loan.installments.order_by("number")), timezone.now()
    for row in rows:
        at = now + (row.due_date - timezone.localdate(now))
        taken = loans.collect_due(loan, at=at, on=row.due_date)
        assert taken
        assert taken.amount == row.total_amount
    for client in people.values():
        assert crawl(client, ["/"], known=set()).dead == []
    loan.refresh_from_db()
    earned = sum((row.interest_amount for row in rows), Decimal(0))
    assert loan.status == "repaid"
    assert (in_the_books("loans_principal"), in_the_books("interest_income")) == (Decimal(0), earned)
    assert books.balance(account.ledger_account) == Decimal(TAKINGS[currency]) - earned
    call_command("check_books", verbosity=0)
    call_command("check_loans", verbosity=0)


def work(until: Callable[[], bool]) -> None:
    """Do what was asked of the workers."""
    current_app.loader.import_default_modules()
    while not until():
        for job in Job.objects.filter(done_at=None).order_by("pk"):
            current_app.tasks[job.name].run(job.reference)


def bring_cash(client: Client, account: SettlementAccount, amount: str) -> None:
    """Pay cash in at the counter."""
    path = f"/settlement/{account.reference}/cash/"
    key = client.get(path).context["form"]["idempotency_key"].value()
    sent(client, path, way="in", amount=amount, text="takings", idempotency_key=key)


def content_of(client: Client, path: str) -> bytes:
    """Fetch a file."""
    answer: Any = client.get(path)
    assert answer.status_code == 200
    return b"".join(answer.streaming_content) if answer.streaming else bytes(answer.content)


def in_the_books(purpose: str) -> Decimal:
    """Tell what is booked on one of the bank's own accounts."""
    return books.balance(LedgerAccount.objects.named(purpose, settings.BANK_CURRENCY))
