"""Electronic receipts of bookings, and the page on which anyone verifies them."""

import io

import pytest
from django.db import transaction
from django.urls import reverse
from pypdf import PdfReader

from accounts.ledger import operations as ledger
from accounts.ledger.models import JournalEntry
from accounts.ledger.tests.builders import NOW, TODAY
from accounts.settlement import booking_receipts
from accounts.settlement.tests.builders import (
    make_deposit,
    make_payee,
    make_payment,
    make_settlement_account,
    make_transfer,
)


@pytest.fixture
def account(enterprise):
    return make_settlement_account(enterprise, holding="100.00")


@pytest.fixture
def other(stranger):
    return make_settlement_account(stranger.memberships.get().enterprise)


def receipt(account, entry):
    posting = booking_receipts.posting_of(account, entry.reference)
    return posting, booking_receipts.code_of(account, posting)


def address(account, entry, language="en"):
    return reverse("settlement:booking_receipt", args=[account.reference, entry.reference, language])


class TestPaper:
    @pytest.mark.parametrize(("language", "title"), [("en", "Electronic receipt"), ("zh-hans", "电子回单")])
    def test_tells_a_transfer_in_both_languages(self, client_of, owner, account, other, language, title):
        made = make_transfer(account, other)
        answer = client_of(owner).get(address(account, made.entry, language))
        told = "".join(PdfReader(io.BytesIO(answer.content)).pages[0].extract_text().split())
        for words in (title, "30.00", "StrangerNoodles", made.entry.reference, receipt(account, made.entry)[1]):
            assert "".join(words.split()) in told
        assert ("人民币叁拾元整" in told) == (language == "zh-hans")

    def test_is_of_payments_and_cash_as_well(self, client_of, owner, account, enterprise):
        client = client_of(owner)
        paid = make_payment(account, make_payee(enterprise))
        cash = JournalEntry.objects.get(event="deposit")
        for entry in (paid.entry, cash):
            assert client.get(address(account, entry))["Content-Type"] == "application/pdf"

    def test_is_hidden_from_strangers_and_of_other_accounts(self, client_of, owner, stranger, account, other):
        made = make_transfer(account, other)
        assert client_of(stranger).get(address(account, made.entry)).status_code == 404
        cash = JournalEntry.objects.get(event="deposit")
        assert client_of(stranger).get(address(other, cash)).status_code == 404
        assert client_of(owner).get(address(account, made.entry, "fr")).status_code == 404


class TestVerify:
    def test_tells_anyone_what_was_booked(self, client, account, other):
        made = make_transfer(account, other)
        code = receipt(account, made.entry)[1]
        shown = client.get(reverse("settlement:verified", args=[code.lower()])).content.decode()
        assert "-¥30.00" in shown or "−¥30.00" in shown
        assert account.number not in shown
        assert f"•••• {account.number[-4:]}" in shown

    def test_tells_nobody_what_was_written_beside_it(self, client, client_of, owner, account):
        entry = make_deposit(account, "5.00", text="from 6222 0210 0100 1234")
        code = receipt(account, entry)[1]
        shown = client.get(reverse("settlement:verified", args=[code])).content.decode()
        assert "¥5.00" in shown
        assert "6222" not in shown
        paper = client_of(owner).get(address(account, entry)).content
        assert "62220210" in "".join(PdfReader(io.BytesIO(paper)).pages[0].extract_text().split())

    def test_tells_each_side_its_own(self, account, other):
        made = make_transfer(account, other)
        codes = {receipt(each, made.entry)[1]: each for each in (account, other)}
        assert {code: booking_receipts.found(code)[0] for code in codes} == codes

    def test_says_when_it_was_reversed(self, client, account):
        entry = JournalEntry.objects.get(event="deposit")
        code = receipt(account, entry)[1]
        with transaction.atomic():
            ledger.reverse(entry, key="r", at=NOW, by="U-1", on=TODAY)
        assert "Reversed on" in client.get(reverse("settlement:verified", args=[code])).content.decode()

    def test_knows_no_code_that_was_made_up(self, client, account):
        code = receipt(account, JournalEntry.objects.get(event="deposit"))[1]
        forged = code[:-1] + ("0" if code[-1] != "0" else "1")
        assert client.get(reverse("settlement:verified", args=[forged])).status_code == 404
