"""The books for machines."""

from datetime import date

import pytest
from django.db import transaction

from accounts.identity.tests.builders import machine, make_user
from accounts.ledger import operations as ledger
from accounts.ledger.models import AccountingPeriod, LedgerAccount, MonthClosing
from accounts.ledger.tests.builders import NOW, make_customer_account, make_entry

ROOT = "/api/v1/ledger"
FEBRUARY = date(2026, 2, 28)


@pytest.fixture
def colleague(bank):
    return make_user("He Ping", role="operations", branch=bank.branch)


@pytest.fixture
def entry(cash):
    return make_entry(cash, make_customer_account(), "1234.50", on=FEBRUARY, subject="slip 7")


@pytest.fixture
def paths(entry, cash):
    named = ("trial-balance", "balance-sheet", "accounts", "closed-months", "months/2026-02")
    return [*named, f"accounts/{cash.code}", f"accounts/{cash.code}/postings", f"entries/{entry.reference}"]


def read(user, path):
    return machine(user).get(f"{ROOT}/{path}")


def post(user, path, told=None):
    return machine(user).post(f"{ROOT}/{path}", told or {}, format="json")


class TestEveryPath:
    @pytest.mark.parametrize("reader", ["auditor", "operations", "administrator", "analyst"])
    def test_is_open_to_those_who_keep_and_audit_the_books(self, request, paths, reader):
        user = request.getfixturevalue(reader)
        assert [read(user, path).status_code for path in paths] == [200] * len(paths)

    @pytest.mark.parametrize("reader", ["owner", "officer", "course_editor"])
    def test_is_closed_to_everyone_else(self, request, paths, reader):
        user = request.getfixturevalue(reader)
        assert [read(user, path).status_code for path in paths] == [403] * len(paths)

    def test_takes_only_gets_and_names_that_are_known(self, auditor, client, paths):
        assert [post(auditor, path).status_code for path in paths] == [405] * len(paths)
        unknown = ("accounts/nothing", "accounts/nothing/postings", "entries/J-NONE", "months/2026-13", "months/march")
        assert [read(auditor, path).status_code for path in unknown] == [404] * 5
        edges = ("months/0001-01", "months/9999-11", "months/9999-12", "trial-balance?on=9999-12-31")
        assert [read(auditor, path).status_code for path in edges] == [200, 200, 404, 200]
        assert client.get(f"{ROOT}/trial-balance").status_code == 401


class TestBooks:
    def test_balance_on_the_day_that_is_asked_for(self, auditor, entry):
        before, after = (read(auditor, f"trial-balance?on={day}").json() for day in ("2026-02-27", "2026-02-28"))
        assert (before["debit_total"], after["debit_total"], after["credit_total"]) == ("0.00", "1234.50", "1234.50")
        rows = {row["code"]: (row["debit_amount"], row["credit_amount"]) for row in after["rows"]}
        assert (rows["1001-CNY"], rows["2011-CNY"]) == (("1234.50", "0.00"), ("0.00", "1234.50"))
        assert (after["balances"], after["currency"], after["on"]) == (True, "CNY", "2026-02-28")

    def test_show_earnings_beside_equity(self, auditor, cash, entry):
        make_entry(cash, LedgerAccount.objects.named("fee_income"), "2.00", on=FEBRUARY)
        told = read(auditor, "balance-sheet?on=2026-02-28").json()
        assert [told[name] for name in ("assets_total", "liabilities_total", "equity_total", "earnings")] == [
            "1236.50", "1234.50", "2.00", "2.00",
        ]  # fmt: skip

    def test_of_no_day_or_currency_are_refused(self, auditor, entry):
        assert read(auditor, "trial-balance?on=yesterday").status_code == 400
        assert read(auditor, "balance-sheet?currency=XXX").status_code == 404

    def test_tell_an_account_and_what_moved_on_it(self, auditor, cash, entry):
        assert read(auditor, f"accounts/{cash.code}").json()["balance"] == "1234.50"
        for code, side in ((cash.code, "debit"), ("2011-CNY", "credit")):  # the summary tells what stands below it
            (told,) = read(auditor, f"accounts/{code}/postings").json()["results"]
            assert [told[name] for name in ("entry", "subject", "direction", "amount")] == [
                entry.reference, "slip 7", side, "1234.50",
            ]  # fmt: skip

    def test_tell_an_entry_and_its_reversal(self, auditor, entry):
        with transaction.atomic():
            undone = ledger.reverse(entry, key="undo", at=NOW, by="U-1", on=FEBRUARY)
        first, second = (read(auditor, f"entries/{each.reference}").json() for each in (entry, undone))
        assert (first["reversed_by"], second["reverses"]) == (undone.reference, entry.reference)
        assert [(each["direction"], each["amount"]) for each in first["lines"]] == [
            ("debit", "1234.50"), ("credit", "1234.50"),
        ]  # fmt: skip


class TestMonths:
    def test_are_closed_by_one_who_asks_and_another(self, operations, colleague, entry):
        preview = read(operations, "months/2026-02").json()["preview"]
        assert (preview["entry_count"], preview["balances"], preview["unsealed_count"]) == (1, True, 1)
        first, second = (post(operations, "months/2026-02/ask").json() for _ in range(2))
        assert (first, MonthClosing.objects.count()) == (second, 1)
        assert first["closing"]["status"] == "waiting"
        assert post(operations, "months/2026-02/close").json()["code"] == "closing_same_person"
        assert post(colleague, "months/2026-02/close").json()["status"] == "closed"
        assert post(colleague, "months/2026-02/close").status_code == 409
        told = read(operations, "months/2026-02").json()
        assert (told["is_closed"], told["preview"]) == (True, None)
        (closed,) = read(operations, "closed-months").json()["results"]
        assert (closed["month"], closed["asked_by"], closed["closed_by"]) == (
            "2026-02", operations.reference, colleague.reference,
        )  # fmt: skip

    def test_stay_open_with_a_reason(self, operations, colleague, entry):
        post(operations, "months/2026-02/ask")
        assert post(colleague, "months/2026-02/decline").status_code == 400
        told = post(colleague, "months/2026-02/decline", {"reason": "a slip is missing"}).json()
        assert (told["status"], told["reason"]) == ("declined", "a slip is missing")

    def test_that_are_not_over_or_that_nobody_asked_for_are_refused(self, operations, entry):
        assert post(operations, "months/2999-01/ask").json()["code"] == "month_not_over"
        assert post(operations, "months/2026-02/close").status_code == 404
        assert not AccountingPeriod.objects.exists()

    def test_are_closed_by_operations_alone(self, auditor, officer, owner, operations, entry):
        post(operations, "months/2026-02/ask")
        for user in (auditor, officer, owner):
            for deed in ("ask", "close", "decline"):
                assert post(user, f"months/2026-02/{deed}", {"reason": "x"}).status_code == 403
        for month in ("2026-01", "nonsense"):
            assert {post(user, f"months/{month}/close").status_code for user in (officer, owner)} == {403}
        assert MonthClosing.objects.get().status == "waiting"
