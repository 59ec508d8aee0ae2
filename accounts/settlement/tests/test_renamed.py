"""Proofs that a corrected name counts where money moves, and that papers of before keep theirs."""

import io
from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from pypdf import PdfReader

from accounts.identity.tests.builders import NOW, make_corrected
from accounts.ledger.tests.builders import TODAY
from accounts.settlement import booking_receipts, queries, writing
from accounts.settlement import operations as settlement
from accounts.settlement.models import Transfer
from accounts.settlement.operations.transfers import PayeeUnknown
from accounts.settlement.tests.builders import make_payee, make_payment, make_settlement_account, make_transfer

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=1)
NEW_NAME = "Green Tea House"


@pytest.fixture
def payer(stranger):
    """The stranger's account pays."""
    return make_settlement_account(stranger.memberships.get().enterprise, holding="500")


@pytest.fixture
def account(enterprise):
    """The account whose holder's name is corrected."""
    return make_settlement_account(enterprise, holding="100")


def renamed(account):
    make_corrected(account.enterprise, at=LATER, legal_name=NEW_NAME)
    settlement.rename_holder(account.enterprise.reference)


def test_transfers_ask_for_the_new_name(account, payer):
    renamed(account)
    with pytest.raises(PayeeUnknown):
        make_transfer(payer, account, to_name="Green Tea Shop")
    assert make_transfer(payer, account, to_name=NEW_NAME).destination == account


def test_a_saved_payee_is_paid_before_and_after_the_names_followed(account, payer):
    payee = make_payee(payer.enterprise, name="Green Tea Shop", number=account.number, bank_code="")
    make_corrected(account.enterprise, at=LATER, legal_name=NEW_NAME)
    assert make_payment(payer, payee).status == "settled"
    settlement.rename_holder(account.enterprise.reference)
    payee.refresh_from_db()
    assert payee.name == NEW_NAME
    assert make_payment(payer, payee).status == "settled"


def test_the_books_follow(account):
    renamed(account)
    account.ledger_account.refresh_from_db()
    assert (account.ledger_account.name_en, account.ledger_account.name_zh_hans) == (NEW_NAME, NEW_NAME)


def test_statements_and_receipts_of_before_keep_the_name(account, payer):
    make_transfer(payer, account)
    renamed(account)
    told = queries.statement(account, TODAY, TODAY)
    paper = PdfReader(io.BytesIO(writing.as_pdf(told, language="en"))).pages[0].extract_text()
    assert ("Green Tea Shop" in paper, NEW_NAME in paper) == (True, False)
    assert writing.as_parsed(told).holder_name == "Green Tea Shop"
    after = queries.statement(account, TODAY + timedelta(days=1), TODAY + timedelta(days=1))
    assert writing.as_parsed(after).holder_name == NEW_NAME
    posting = queries.postings(account).latest("pk")
    assert dict(booking_receipts.rows_of(account, posting, is_public=True))["Account holder"] == "Green Tea Shop"


def test_the_other_side_reads_the_name_of_then(account, payer):
    make_transfer(payer, account)
    renamed(account)
    settlement.transfer(
        payer, to_number=account.number, to_name=NEW_NAME, amount=Decimal(7), text="", key="later", on=TODAY,
        at=LATER + timedelta(hours=1), by="U-1",
    )  # fmt: skip
    names = [line.counterparty for line in queries.statement(payer, TODAY, TODAY).lines if line.counterparty]
    assert names == ["Green Tea Shop", NEW_NAME]
    assert Transfer.objects.count() == 2


def test_a_line_is_found_by_the_name_that_it_shows_and_an_account_by_either(account, payer, client_of, officer):
    make_transfer(payer, account)
    renamed(account)
    day = TODAY - timedelta(days=1), TODAY
    for name in ("tea shop", "tea house"):
        assert [each.amount for each in queries.found(payer, *day, text=name)], name
        shown = client_of(officer).get(reverse("settlement:list"), {"q": name}).text
        assert account.grouped_number in shown, name
