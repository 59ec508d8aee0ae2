"""A whole loan's life, told with balances that an accountant can read.

Wang Fang's shop borrows 12,000.00 yuan over three months at 12 % a year, paid out on 2 March 2026, with a fee of 1 %
kept at payout. Interest runs by actual days over 365 on what is open:

    No.  due          days   interest   principal   installment   then open
    1    2 Apr 2026     31     122.30    3,960.40      4,082.70    8,039.60
    2    6 May 2026     34      89.87    3,992.83      4,082.70    4,046.77
    3    2 Jun 2026     27      35.92    4,046.77      4,082.69        0.00

The second due date, 2 May, lies in the May holidays and moves to the 6th. In all 248.09 of interest and 120.00 of fee.
"""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.core.management import call_command

from accounts.ledger import queries as books
from accounts.settlement import queries as settlement
from accounts.settlement.tests.builders import make_deposit, make_settlement_account
from lending.applications.tests.builders import conclude, make_approver, make_recommended
from lending.loans.queries import discrepancies
from lending.loans.states import LoanStatus
from lending.loans.tests.builders import repay, sign
from lending.products.tests.builders import make_product


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 4, 0, tzinfo=UTC)


@pytest.fixture
def loan(bank, enterprise, owner, officer):
    """Referred, recommended at 12 %, confirmed, signed."""
    make_product(upfront_fee_rate=Decimal("0.01"))
    application = make_recommended(
        enterprise, by=owner, recommender=officer, amount="12000.00", term_months=3, rate="0.12"
    )
    conclude(application, by=make_approver(bank.head_office))
    return sign(application.offer, by=owner, account=make_settlement_account(enterprise))


def balances(on: date) -> dict[str, Decimal]:
    """Read the accounts that this loan moves, from the trial balance of a day."""
    told = books.trial_balance(on)
    assert told.debit_total == told.credit_total
    names = ("loans_principal", "customer_deposits", "interest_income", "fee_income", "cash")
    return {name: told.of(name) for name in names}


def money(*amounts: str) -> dict[str, Decimal]:
    names = ("loans_principal", "customer_deposits", "interest_income", "fee_income", "cash")
    return dict(zip(names, map(Decimal, amounts), strict=True))


class TestLife:
    def test_begins_with_the_schedule_of_the_contract(self, loan):
        rows = loan.installments.order_by("number")
        assert [
            (row.due_date, row.interest_amount, row.principal_amount, row.total_amount, row.balance_after_amount)
            for row in rows
        ] == [
            (date(2026, 4, 2), *map(Decimal, ("122.30", "3960.40", "4082.70", "8039.60"))),
            (date(2026, 5, 6), *map(Decimal, ("89.87", "3992.83", "4082.70", "4046.77"))),
            (date(2026, 6, 2), *map(Decimal, ("35.92", "4046.77", "4082.69", "0.00"))),
        ]

    def test_is_in_the_books_on_each_day_as_it_must_be(self, loan, owner):
        account = loan.settlement_account
        #                                          principal   deposits   interest  fee       cash
        assert balances(date(2026, 3, 1)) == money("0", "0", "0", "0", "0")
        # 2 March: 12,000.00 paid out, 120.00 of fee kept.
        assert balances(date(2026, 3, 2)) == money("12000.00", "11880.00", "0", "120.00", "0")

        # 2 April: the first installment, on its due date, from what is in the account.
        repay(loan, "4082.70", by=owner, key="april", at=at(date(2026, 4, 2)), on=date(2026, 4, 2))
        assert balances(date(2026, 4, 2)) == money("8039.60", "7797.30", "122.30", "120.00", "0")

        # 20 April: 1,000.00 ahead of time pays the second installment's interest, then 910.13 of its principal.
        repay(loan, "1000.00", by=owner, key="ahead", at=at(date(2026, 4, 20)), on=date(2026, 4, 20))
        assert balances(date(2026, 4, 20)) == money("7129.47", "6797.30", "212.17", "120.00", "0")

        # 8 May: the rest of the second installment, two days late.
        repay(loan, "3082.70", by=owner, key="may", at=at(date(2026, 5, 8)), on=date(2026, 5, 8))
        assert balances(date(2026, 5, 8)) == money("4046.77", "3714.60", "212.17", "120.00", "0")

        # 2 June: 400.00 in cash over the counter, and the last installment.
        make_deposit(account, "400.00", on=date(2026, 6, 2))
        repay(loan, "4082.69", by=owner, key="june", at=at(date(2026, 6, 2)), on=date(2026, 6, 2))
        assert balances(date(2026, 6, 2)) == money("0", "31.91", "248.09", "120.00", "400.00")

        loan.refresh_from_db()
        assert loan.status == LoanStatus.REPAID
        assert discrepancies() == []
        call_command("check_books")

    def test_shows_in_the_account_statement_line_by_line(self, loan, owner):
        repay(loan, "4082.70", by=owner, key="april", at=at(date(2026, 4, 2)), on=date(2026, 4, 2))
        told = settlement.statement(loan.settlement_account, date(2026, 3, 1), date(2026, 4, 30))
        assert [(line.words, line.amount, line.balance_after) for line in told.lines] == [
            ("Loan paid out", Decimal("12000.00"), Decimal("12000.00")),
            ("Loan fee", Decimal("-120.00"), Decimal("11880.00")),
            ("Loan repayment", Decimal("-4082.70"), Decimal("7797.30")),
        ]

    def test_costs_what_the_contract_said(self, loan):
        """The APR of -11,880.00 today and +4,082.70, +4,082.70, +4,082.69 on the three dates, found by bisection."""
        flows = [(0, -11880.0), (31, 4082.70), (65, 4082.70), (92, 4082.69)]
        low, high = 0.0, 1.0
        for _ in range(60):
            rate = (low + high) / 2
            value = sum(amount / (1 + rate) ** (days / 365) for days, amount in flows)
            low, high = (rate, high) if value > 0 else (low, rate)
        assert float(loan.apr) == pytest.approx(low, abs=2e-3)
