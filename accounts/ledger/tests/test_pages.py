"""The books' pages, by the litany."""

from datetime import date

import pytest
from django.db import transaction
from django.urls import reverse

from accounts.identity.tests.builders import make_user
from accounts.ledger import operations as ledger
from accounts.ledger import queries
from accounts.ledger.models import LedgerAccount
from accounts.ledger.tests.builders import NOW, TODAY, make_customer_account, make_entry

TRIAL = reverse("ledger:trial_balance")
SHEET = reverse("ledger:balance_sheet")
MONTHS = reverse("ledger:months")
ASK, CLOSE, DECLINE = (reverse(f"ledger:{name}") for name in ("ask_to_close_month", "close_month", "decline_closing"))


@pytest.fixture
def colleague(bank):
    return make_user("He Ping", role="operations", branch=bank.branch)


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
    def test_are_closed_by_one_who_asks_and_another(self, client_of, operations, colleague, entry):
        first, second = client_of(operations), client_of(colleague)
        page = first.get(MONTHS).content.decode()
        assert "1 entry would be closed." in page
        assert "Entries not sealed yet: 1" in page
        assert "for good</button>" not in page
        assert first.post(ASK, {"month": "2026-02-28"}).headers["Location"] == MONTHS
        assert "for good</button>" not in first.get(MONTHS).content.decode()
        first.post(CLOSE, {"month": "2026-02-28"})
        assert not queries.closed_months().exists()
        page = second.get(MONTHS).content.decode()
        assert "Asked for by Hua Qian" in page
        assert "for good</button>" in page
        for _twice in range(2):
            assert second.post(CLOSE, {"month": "2026-02-28"}).headers["Location"] == MONTHS
        assert [str(period) for period in queries.closed_months()] == ["2026-02"]
        page = second.get(MONTHS).content.decode()
        assert "Hua Qian" in page
        assert "He Ping" in page

    def test_are_left_open_with_a_reason(self, client_of, operations, colleague, entry):
        client_of(operations).post(ASK, {"month": "2026-02-28"})
        client = client_of(colleague)
        text = client.post(DECLINE, {"month": "2026-02-28", "reason": ""}, follow=True).content.decode()
        assert "Say why the month is not closed." in text
        text = client.post(
            DECLINE, {"month": "2026-02-28", "reason": "a slip is missing"}, follow=True
        ).content.decode()
        assert "The month stays open." in text
        assert not queries.closed_months().exists()

    def test_are_not_closed_by_those_who_audit(self, client_of, auditor, entry):
        client = client_of(auditor)
        assert [client.post(page, {"month": "2026-02-28"}).status_code for page in (ASK, CLOSE, DECLINE)] == [403] * 3
        assert "<button" not in client.get(MONTHS).content.decode().split("<main", 1)[1].split("</main", 1)[0]

    @pytest.mark.parametrize("month", ["soon", "2020-01-31"])
    def test_that_nobody_asked_for_do_not_exist(self, client_of, operations, bank, month):
        client = client_of(operations)
        assert [client.post(page, {"month": month}).status_code for page in (CLOSE, DECLINE)] == [404] * 2

    def test_are_not_closed_by_looking(self, client_of, operations, bank):
        client = client_of(operations)
        assert [client.get(page).status_code for page in (ASK, CLOSE, DECLINE)] == [405] * 3


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

    def test_says_in_words_that_nobody_made_it(self, client_of, auditor, entry):
        with transaction.atomic():
            mirror = ledger.reverse(entry, key="undo", at=NOW, by="system", on=TODAY)
        text = client_of(auditor).get(reverse("ledger:entry", args=[mirror.reference])).content.decode()
        assert "<dd>The system</dd>" in text

    def test_leads_to_its_reversal_and_back(self, client_of, auditor, entry):
        with transaction.atomic():
            mirror = ledger.reverse(entry, key="undo", at=NOW, by="U-1", on=TODAY)
        client = client_of(auditor)
        for one, other in ((entry, mirror), (mirror, entry)):
            text = client.get(reverse("ledger:entry", args=[one.reference])).content.decode()
            assert reverse("ledger:entry", args=[other.reference]) in text
