"""The books' pages, by the litany."""

from datetime import date

import pytest
from django.db import transaction
from django.urls import reverse

from accounts.ledger import operations as ledger
from accounts.ledger import queries
from accounts.ledger.models import LedgerAccount
from accounts.ledger.tests.builders import NOW, TODAY, make_customer_account, make_entry

TRIAL = reverse("ledger:trial_balance")
SHEET = reverse("ledger:balance_sheet")
MONTHS = reverse("ledger:months")
CLOSE = reverse("ledger:close_month")


@pytest.fixture
def cash(bank):
    return LedgerAccount.objects.named("cash")


@pytest.fixture
def entry(cash):
    return make_entry(cash, make_customer_account(), "1234.50", on=date(2026, 2, 28), subject="slip 7")


@pytest.fixture
def pages(entry, cash):
    return [
        TRIAL,
        SHEET,
        MONTHS,
        reverse("ledger:account", args=[cash.code]),
        reverse("ledger:entry", args=[entry.reference]),
    ]


class TestEveryPage:
    @pytest.mark.parametrize("reader", ["auditor", "operations", "administrator", "analyst"])
    def test_is_open_to_those_who_keep_and_audit_the_books(self, client_of, request, pages, reader):
        client = client_of(request.getfixturevalue(reader))
        assert [client.get(page).status_code for page in pages] == [200] * 5

    @pytest.mark.parametrize("reader", ["owner", "officer", "approver", "course_editor"])
    def test_is_closed_to_everyone_else(self, client_of, request, pages, reader):
        client = client_of(request.getfixturevalue(reader))
        assert [client.get(page).status_code for page in pages] == [403] * 5

    def test_takes_only_gets(self, client_of, auditor, pages):
        client = client_of(auditor)
        assert [client.post(page).status_code for page in pages] == [405] * 5

    def test_of_something_unknown_does_not_exist(self, client_of, auditor, bank):
        client = client_of(auditor)
        for name in ("account", "entry"):
            assert client.get(reverse(f"ledger:{name}", args=["nothing"])).status_code == 404


class TestBalanceSheet:
    def test_shows_both_sides(self, client_of, auditor, entry):
        text = client_of(auditor).get(SHEET, {"on": "2026-02-28"}).content.decode()
        assert text.count("¥1,234.50") == 4  # cash, deposits, and the two totals
        assert "The two sides differ" not in text

    def test_shows_what_was_earned_beside_equity(self, client_of, auditor, cash):
        make_entry(cash, LedgerAccount.objects.named("fee_income"), "2.00", on=date(2026, 2, 28))
        text = client_of(auditor).get(SHEET, {"on": "2026-02-28"}).content.decode()
        assert "Earnings not yet carried over" in text

    def test_says_that_it_was_asked_something_else(self, client_of, auditor, entry):
        assert client_of(auditor).get(SHEET, {"on": "yesterday"}).status_code == 422


class TestMonths:
    def test_are_closed_by_operations_once(self, client_of, operations, entry):
        client = client_of(operations)
        for _twice in range(2):
            assert client.post(CLOSE, {"month": "2026-02-28"}).headers["Location"] == MONTHS
        assert [str(period) for period in queries.closed_months()] == ["2026-02"]
        assert "Hua Qian" in client.get(MONTHS).content.decode()

    def test_are_not_closed_by_those_who_audit(self, client_of, auditor, entry):
        assert client_of(auditor).post(CLOSE, {"month": "2026-02-28"}).status_code == 403
        assert "for good</button>" not in client_of(auditor).get(MONTHS).content.decode()

    def test_of_no_date_do_not_exist(self, client_of, operations, bank):
        assert client_of(operations).post(CLOSE, {"month": "soon"}).status_code == 404

    def test_are_not_closed_by_looking(self, client_of, operations, bank):
        assert client_of(operations).get(CLOSE).status_code == 405


class TestTrialBalance:
    def test_shows_both_sides_equal(self, client_of, auditor, entry):
        text = client_of(auditor).get(TRIAL, {"on": "2026-02-28"}).content.decode()
        assert text.count("¥1,234.50") == 4  # cash, deposits, and the two totals
        assert "Debits and credits differ" not in text

    def test_shows_any_day(self, client_of, auditor, entry):
        text = client_of(auditor).get(TRIAL, {"on": "2026-02-27"}).content.decode()
        assert "¥1,234.50" not in text

    @pytest.mark.parametrize("asked", [{"on": "yesterday"}, {"currency": "XXX"}])
    def test_says_that_it_was_asked_something_else(self, client_of, auditor, entry, asked):
        assert client_of(auditor).get(TRIAL, asked).status_code == 422


class TestAccount:
    def test_lists_its_postings(self, client_of, auditor, entry, cash):
        text = client_of(auditor).get(reverse("ledger:account", args=[cash.code])).content.decode()
        assert entry.reference in text
        assert "slip 7" in text

    def test_of_a_summary_lists_those_below_it(self, client_of, auditor, entry):
        deposits = LedgerAccount.objects.named("customer_deposits")
        text = client_of(auditor).get(reverse("ledger:account", args=[deposits.code])).content.decode()
        assert entry.reference in text

    def test_costs_the_same_however_many_postings(self, client_of, auditor, entry, cash, django_assert_max_num_queries):
        shop = make_customer_account("Noodles")
        for _ in range(20):
            make_entry(cash, shop)
        client = client_of(auditor)
        with django_assert_max_num_queries(8):
            client.get(reverse("ledger:account", args=[cash.code]))


class TestEntry:
    def test_lists_its_postings_and_who_made_it(self, client_of, auditor, entry, cash):
        text = client_of(auditor).get(reverse("ledger:entry", args=[entry.reference])).content.decode()
        assert cash.code in text
        assert "U-TELLER" in text

    def test_leads_to_its_reversal_and_back(self, client_of, auditor, entry):
        with transaction.atomic():
            mirror = ledger.reverse(entry, key="undo", at=NOW, by="U-1", on=TODAY)
        client = client_of(auditor)
        for one, other in ((entry, mirror), (mirror, entry)):
            text = client.get(reverse("ledger:entry", args=[one.reference])).content.decode()
            assert reverse("ledger:entry", args=[other.reference]) in text
