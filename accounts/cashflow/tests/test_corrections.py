"""A person says what a payment was for; it is remembered, and what was measured before stays as it was."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from accounts.cashflow import operations, queries
from accounts.cashflow.models import BankTransaction, CategoryCorrection
from accounts.cashflow.operations import CorrectionRefused
from accounts.cashflow.tests.builders import NOW, make_statement
from accounts.settlement.tests.builders import make_settlement_account
from portal.core.models import AuditEvent
from portal.core.tests.together import together, waiting_for_locks
from portal.tests.processes import until

LATER = NOW + timedelta(hours=1)
LINES = [
    ("2026-01-05", "-100.00", "Li Si", "transfer"),
    ("2026-01-06", "-120.00", "LI SI", "bits and bobs"),
    ("2026-01-07", "50.00", "Li Si", "order 7"),
    ("2026-01-08", "-70.00", "Wu Liu", "transfer"),
    ("2026-01-09", "-9.00", "", "REF 0091 X"),
    ("2026-01-10", "-8.00", "", "REF 0092 X"),
]


def line_of(enterprise, amount: str) -> BankTransaction:
    """Find a current line by its amount."""
    found: BankTransaction = BankTransaction.objects.current().get(enterprise=enterprise, amount=amount)
    return found


def categories(enterprise) -> dict[int, str]:
    """Tell what each current line was for, by its amount."""
    rows = BankTransaction.objects.current().filter(enterprise=enterprise)
    return {int(row.amount): row.category for row in rows}


def correct(line: BankTransaction, category: str = "salary", **more) -> CategoryCorrection:
    """Correct as an owner does."""
    told: dict[str, Any] = {"scope": "counterparty", "by": "U-1", "is_by_staff": False, "at": LATER} | more
    return operations.correct(line, category=category, **told)


@pytest.fixture
def told(enterprise):
    """An enterprise with a few payments that the rules do not know."""
    make_statement(enterprise, LINES)
    return enterprise


class TestCorrect:
    """What one correction reaches, keeps and records."""

    def test_reaches_every_payment_of_the_counterparty_that_goes_the_same_way(self, told):
        correct(line_of(told, "-100"))
        assert categories(told) == {
            -100: "salary",
            -120: "salary",
            50: "customer_receipt",
            -70: "unknown",
            -9: "unknown",
            -8: "unknown",
        }

    def test_reaches_the_payments_to_come(self, told):
        correct(line_of(told, "-100"))
        make_statement(told, [("2026-02-05", "-130.00", "li si", "")])
        assert categories(told)[-130] == "salary"

    def test_reaches_by_words_where_nobody_is_named(self, told):
        correct(line_of(told, "-9"), "fee")
        assert (categories(told)[-9], categories(told)[-8]) == ("fee", "fee")

    def test_reaches_one_payment_alone_if_asked(self, told):
        correct(line_of(told, "-100"), scope="line")
        assert (categories(told)[-100], categories(told)[-120]) == ("salary", "unknown")

    def test_lets_the_word_on_one_payment_stand_before_the_one_on_its_counterparty(self, told):
        correct(line_of(told, "-100"), "rent", scope="line")
        correct(line_of(told, "-120"), "salary")
        assert (categories(told)[-100], categories(told)[-120]) == ("rent", "salary")

    def test_supersedes_and_changes_nothing(self, told):
        before = line_of(told, "-100")
        correct(before)
        before.refresh_from_db()
        now = queries.current_of(before)
        assert (before.category, before.superseded_at) == ("unknown", LATER)
        assert (now.category, now.recorded_at, now.line_number, now.amount) == ("salary", LATER, 1, -100)

    def test_keeps_who_said_what_when(self, told):
        made = correct(line_of(told, "-100"))
        assert (made.category_before, made.category, made.corrected_by, made.corrected_at, made.is_by_staff) == (
            "unknown",
            "salary",
            "U-1",
            LATER,
            False,
        )
        event = AuditEvent.objects.get(verb="cashflow.category_corrected")
        assert (event.subject, event.by, event.details) == (
            told.reference,
            "U-1",
            {"from": "unknown", "to": "salary", "reach": "counterparty", "lines": 2, "by_staff": False},
        )

    def test_happens_once_when_it_is_sent_twice(self, told):
        line = line_of(told, "-100")
        assert correct(line) == correct(line)
        assert CategoryCorrection.objects.count() == 1

    def test_can_be_corrected_again(self, told):
        correct(line_of(told, "-100"))
        correct(line_of(told, "-100"), "rent", at=LATER + timedelta(hours=1))
        assert categories(told)[-120] == "rent"
        assert BankTransaction.objects.filter(amount=-100).count() == 3

    def test_outlives_the_withdrawal_of_one_of_two_files(self, told):
        second = make_statement(told, LINES[:2])
        first = line_of(told, "-100").statement
        correct(line_of(told, "-100"), scope="line")
        operations.withdraw(first, by="U-1", at=LATER)
        operations.read(second.reference, at=LATER)
        assert categories(told) == {-100: "salary", -120: "unknown"}

    def test_lists_a_statement_with_each_line_as_it_stands(self, told):
        line = line_of(told, "-100")
        correct(line)
        listed = queries.lines_of(line.statement)
        assert [(row.line_number, row.category) for row in listed][-2:] == [(2, "salary"), (1, "salary")]
        assert len(listed) == len(LINES)

    @pytest.mark.parametrize(
        ("amount", "category", "code"),
        [
            ("-100", "loan_proceeds", "correction_category_wrong"),
            ("50", "rent", "correction_category_wrong"),
            ("-100", "nonsense", "correction_category_wrong"),
        ],
    )
    def test_refuses_what_does_not_fit_the_way_the_money_goes(self, told, amount, category, code):
        with pytest.raises(CorrectionRefused) as caught:
            correct(line_of(told, amount), category)
        assert caught.value.code == code

    def test_refuses_a_line_that_was_withdrawn(self, told):
        line = line_of(told, "-100")
        operations.withdraw(line.statement, by="U-1", at=LATER)
        with pytest.raises(CorrectionRefused) as caught:
            correct(line)
        assert caught.value.code == "correction_too_late"

    def test_refuses_what_our_own_books_tell(self, told):
        make_settlement_account(told, holding="10.00")
        operations.absorb_new(told.reference, at=LATER)
        with pytest.raises(CorrectionRefused) as caught:
            correct(line_of(told, "10"), "customer_receipt")
        assert caught.value.code == "correction_is_booked"

    def test_refuses_a_reach_where_nothing_tells_which_payments_are_like_it(self, enterprise):
        make_statement(enterprise, [("2026-01-05", "-1.00", "", "")])
        with pytest.raises(CorrectionRefused) as caught:
            correct(line_of(enterprise, "-1"))
        assert caught.value.code == "correction_names_nobody"
        correct(line_of(enterprise, "-1"), scope="line")
        assert categories(enterprise) == {-1: "salary"}

    def test_leaves_other_enterprises_alone(self, told, stranger):
        other = stranger.memberships.get().enterprise
        make_statement(other, LINES)
        correct(line_of(told, "-100"))
        assert categories(other)[-100] == "unknown"


class TestFlattery:
    """An owner's word that makes the figures better is believed, and looked at."""

    LOAN = (("2026-01-05", "900.00", "Zhang San", "loan drawdown"), ("2026-01-06", "-90.00", "Zhang San", "repayment"))

    @pytest.mark.parametrize(
        ("amount", "category", "doubts"),
        [("900", "customer_receipt", 1), ("-90", "supplier_payment", 1), ("900", "own_transfer", 0)],
    )
    def test_is_a_doubt_where_a_loan_becomes_income_or_a_purchase(self, enterprise, amount, category, doubts):
        make_statement(enterprise, self.LOAN)
        correct(line_of(enterprise, amount), category)
        assert queries.doubts_about(enterprise).suspicions == doubts

    def test_is_no_doubt_once_a_member_of_staff_says_the_same(self, enterprise):
        make_statement(enterprise, self.LOAN)
        correct(line_of(enterprise, "900"), "customer_receipt")
        correct(line_of(enterprise, "900"), "customer_receipt", is_by_staff=True, by="U-2")
        assert queries.doubts_about(enterprise).suspicions == 0
        assert categories(enterprise)[900] == "customer_receipt"

    def test_is_a_doubt_in_payments_to_come_as_well(self, enterprise):
        make_statement(enterprise, [("2026-01-05", "10.00", "Zhang San", "")])
        correct(line_of(enterprise, "10"), "merchant_settlement")
        assert queries.doubts_about(enterprise).suspicions == 0
        make_statement(enterprise, [("2026-02-05", "900.00", "Zhang San", "loan drawdown")])
        assert queries.doubts_about(enterprise).suspicions == 1


class TestCorrectionsStand:
    """The database refuses to rewrite what people said."""

    def test_refuses_to_change_or_delete_one(self, told):
        correct(line_of(told, "-100"))
        made = CategoryCorrection.objects.all()
        for change in (lambda: made.update(category="rent"), lambda: made._raw_delete(made.db)):  # noqa: SLF001
            with pytest.raises(DatabaseError, match=r"append-only|permission denied"), transaction.atomic():
                change()

    def test_refuses_a_line_from_nowhere(self, told):
        line = line_of(told, "-100")
        line.pk, line.statement = None, None
        with pytest.raises(IntegrityError, match="comes_from_a_file_or_from_our_books"), transaction.atomic():
            line.save(force_insert=True)


@pytest.mark.django_db(transaction=True)
class TestTwoAtOnce:
    """Two people correct the same payment at the same time."""

    def test_leaves_one_current_line(self, told):
        line = line_of(told, "-100")
        came = together(lambda: correct(line, "salary"), lambda: correct(line, "rent"))
        assert [isinstance(each, CorrectionRefused) for each in came].count(True) == 1
        assert BankTransaction.objects.current().filter(amount=-100).count() == 1
        assert CategoryCorrection.objects.count() == 1

    def test_bears_no_moment_before_what_was_changed_while_it_waited(self, told):
        make_statement(told, [("2026-01-11", "-90.00", "Li Si", "salary for January")])
        line, wages, second = line_of(told, "-100"), line_of(told, "-90"), LATER + timedelta(seconds=1)
        with ThreadPoolExecutor() as pool, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("LOCK TABLE accounts_banktransaction IN EXCLUSIVE MODE")  # it stops before it supersedes
            first = pool.submit(together, lambda: correct(line, at=second))
            assert until(lambda: waiting_for_locks(cursor) == 1)
            waited = pool.submit(together, lambda: correct(wages, "rent"))
            assert until(lambda: waiting_for_locks(cursor) == 2)
        made = [*first.result(), *waited.result()]
        assert [(each.category, each.corrected_at) for each in made] == [("salary", second), ("rent", second)]
        assert [categories(told)[amount] for amount in (-100, -120, -90)] == ["rent", "rent", "rent"]
        then = BankTransaction.objects.current(at=LATER).filter(amount__in=("-100", "-120", "-90"))
        assert sorted(each.category for each in then) == ["salary", "unknown", "unknown"]
