"""What evidence tells."""

from datetime import date, timedelta
from decimal import Decimal

from accounts.cashflow import operations, queries
from accounts.cashflow.picture import drawn
from accounts.cashflow.queries import Doubts, Month, Since
from accounts.cashflow.tests.builders import NOW, make_broken, make_read, make_received, make_statement
from accounts.statements.writing import as_csv

UNCLEAR = b"Date,Amount,Description\n02/01/2026,10.00,tea\n03/01/2026,20.00,tea\n"
LATER = NOW + timedelta(hours=1)
YEAR = [
    ("2026-01-05", "100.00", "Li Ming", "order 1"),
    ("2026-01-20", "-30.00", "Tea Garden Ltd", "stock"),
    ("2026-02-03", "50.00", "River Inn", "order 2"),
    ("2026-02-04", "80.00", "Li Ming", "order 3"),
    ("2026-02-05", "-500.00", "Green Tea Shop", "to my savings"),
]


class TestMonthly:
    """A worked example: two months of a tea shop."""

    def test_adds_up_what_came_and_went_and_what_was_left(self, enterprise):
        make_statement(enterprise, YEAR)
        assert queries.monthly(enterprise, on=date(2026, 2, 28), months=3) == [
            Month(date(2025, 12, 1), Decimal(0), Decimal(0), None),
            Month(date(2026, 1, 1), Decimal("100.00"), Decimal("30.00"), Decimal("1070.00")),
            Month(date(2026, 2, 1), Decimal("130.00"), Decimal("0.00"), Decimal("700.00")),
        ]

    def test_tells_what_a_loan_paid_out_apart(self, enterprise):
        make_statement(enterprise, [*YEAR, ("2026-02-06", "30000.00", "Rural Bank", "loan disbursement")])
        february = queries.monthly(enterprise)[-1]
        assert (february.inflow, february.borrowed, february.net, february.balance) == (130, 30_000, 130, 30_700)
        assert drawn(queries.monthly(enterprise)).average_inflow == 115

    def test_counts_a_loan_paid_back_as_no_cost(self, enterprise):
        make_statement(enterprise, [*YEAR, ("2026-02-06", "-600.00", "Rural Bank", "loan repayment, early")])
        february = queries.monthly(enterprise)[-1]
        assert (february.outflow, february.repaid, february.net, february.balance) == (0, 600, 130, 100)
        assert drawn(queries.monthly(enterprise)).average_net == 100

    def test_ends_where_the_evidence_ends_unless_told_otherwise(self, enterprise):
        make_statement(enterprise, YEAR)
        assert [month.first_day for month in queries.monthly(enterprise)][-1] == date(2026, 2, 1)

    def test_adds_up_the_balances_of_several_bank_accounts(self, enterprise):
        make_statement(enterprise, YEAR)
        make_statement(enterprise, [("2026-01-09", "5.00", "Li", "order")], account="6222029999999999", opening="10.00")
        balances = [month.balance for month in queries.monthly(enterprise, on=date(2026, 2, 28), months=2)]
        assert balances == [Decimal(1085), Decimal(715)]

    def test_leaves_out_foreign_money_and_what_was_withdrawn(self, enterprise):
        make_statement(enterprise, YEAR, currency="USD")
        operations.withdraw(make_statement(enterprise, YEAR, account="1234567"), by="U-1", at=NOW)
        assert queries.monthly(enterprise) == []

    def test_tells_nothing_without_evidence(self, enterprise):
        assert queries.monthly(enterprise) == []


class TestDoubtsAbout:
    """What a person should look at."""

    def test_has_none_about_plain_evidence(self, enterprise):
        make_statement(enterprise)
        assert queries.doubts_about(enterprise) == Doubts(holder_matches=True, foreign_evidence=False, suspicions=0)

    def test_tells_of_other_names_and_foreign_money(self, enterprise):
        make_statement(enterprise, holder="Zhao Lei", currency="USD")
        assert queries.doubts_about(enterprise) == Doubts(holder_matches=False, foreign_evidence=True, suspicions=0)

    def test_counts_contradictions(self, enterprise):
        days = [f"2026-01-{day:02}" for day in range(1, 6)]
        make_statement(enterprise, [(day, "1.00", "Li", "order") for day in days])
        make_statement(enterprise, [(day, "2.00", "Li", "order") for day in days])
        assert queries.doubts_about(enterprise).suspicions == 3

    def test_counts_balances_that_do_not_follow_until_the_file_is_withdrawn(self, enterprise):
        statement = make_read(make_received(enterprise, as_csv(make_broken())))
        assert queries.doubts_about(enterprise).suspicions == 1
        operations.withdraw(statement, by="U-1", at=NOW)
        assert queries.doubts_about(enterprise).suspicions == 0


class TestChangedSince:
    """What is not as it was at a moment."""

    def test_counts_what_came_was_answered_and_was_withdrawn(self, enterprise):
        withdrawn, asking = make_statement(enterprise, account="7654321"), make_received(enterprise, UNCLEAR)
        make_read(asking)
        make_statement(enterprise)
        assert queries.changed_since(enterprise, NOW) == Since(came=0, answered=0, withdrawn=0)
        operations.answer(asking, {"dates": "dmy"}, by="U-1", at=LATER)
        make_read(asking, at=LATER)
        operations.withdraw(withdrawn, by="U-1", at=LATER)
        make_statement(enterprise, account="1234567", at=LATER)
        make_read(make_received(enterprise, b"nonsense"), at=LATER)
        assert queries.changed_since(enterprise, NOW) == Since(came=1, answered=1, withdrawn=1)


class TestStanding:
    """Whether there is something to judge by."""

    def test_follows_a_statement_on_its_way(self, enterprise):
        assert (queries.has_evidence(enterprise), queries.is_reading(enterprise)) == (False, False)
        statement = make_received(enterprise, b"Date,Amount\n2026-01-05,1.00\n")
        assert (queries.has_evidence(enterprise), queries.is_reading(enterprise)) == (True, True)
        operations.read(statement.reference, at=NOW)
        assert (queries.has_evidence(enterprise), queries.is_reading(enterprise)) == (True, False)

    def test_does_not_take_a_refused_file_for_evidence(self, enterprise):
        operations.read(make_received(enterprise, b"nonsense").reference, at=NOW)
        assert not queries.has_evidence(enterprise)

    def test_lists_newest_first_and_leaves_out_what_was_withdrawn(self, enterprise):
        first, second = make_statement(enterprise), make_statement(enterprise, account="7654321")
        operations.withdraw(make_statement(enterprise, account="1234567"), by="U-1", at=NOW)
        assert list(queries.statements_of(enterprise)) == [second, first]
        assert queries.all_statements_of(enterprise).count() == 3
