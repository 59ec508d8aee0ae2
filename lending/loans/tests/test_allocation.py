"""What a repayment pays."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lending.loans.allocation import allocate
from portal.core.interest import AllocationOrder

ZERO = Decimal(0)


FIRST = date(2026, 1, 1)
LATER = date(2026, 12, 1)


@dataclass(frozen=True)
class Due:
    """An installment as allocation sees it."""

    interest_amount: Decimal
    principal_amount: Decimal
    interest_paid_amount: Decimal = ZERO
    principal_paid_amount: Decimal = ZERO
    interest_saved_amount: Decimal = ZERO
    due_date: date = FIRST

    @property
    def open_amount(self) -> Decimal:
        return self.interest_amount + self.principal_amount - self.interest_paid_amount - self.principal_paid_amount


def due(interest: str, principal: str, interest_paid: str = "0", principal_paid: str = "0") -> Due:
    return Due(Decimal(interest), Decimal(principal), Decimal(interest_paid), Decimal(principal_paid))


class TestAllocate:
    """The oldest installment first, and of each its interest before its principal."""

    def test_pays_interest_before_principal(self):
        first = due("10.00", "90.00")
        [share] = allocate(Decimal("40.00"), [first], on=LATER)
        assert (share.interest_amount, share.principal_amount) == (Decimal("10.00"), Decimal("30.00"))

    def test_moves_to_the_next_installment_only_when_the_first_is_paid(self):
        shares = allocate(Decimal("130.00"), [due("10.00", "90.00"), due("8.00", "92.00")], on=LATER)
        assert [(s.interest_amount, s.principal_amount) for s in shares] == [
            (Decimal("10.00"), Decimal("90.00")),
            (Decimal("8.00"), Decimal("22.00")),
        ]

    def test_counts_what_was_paid_before(self):
        [share] = allocate(Decimal("50.00"), [due("10.00", "90.00", "10.00", "20.00")], on=LATER)
        assert (share.interest_amount, share.principal_amount) == (ZERO, Decimal("50.00"))

    def test_skips_installments_with_nothing_open(self):
        second = due("1.00", "9.00")
        [share] = allocate(Decimal("5.00"), [due("10.00", "90.00", "10.00", "90.00"), second], on=LATER)
        assert share.installment is second

    def test_refuses_more_than_is_open(self):
        with pytest.raises(ValueError, match="more than is open"):
            allocate(Decimal("100.01"), [due("10.00", "90.00")], on=LATER)

    @given(st.lists(st.tuples(st.integers(0, 50_000), st.integers(0, 500_000)), min_size=1, max_size=40), st.data())
    def test_leaves_no_cent_over_and_overpays_nothing(self, cents, data):
        rows = [Due(Decimal(i).scaleb(-2), Decimal(p).scaleb(-2)) for i, p in cents]
        total = sum((row.open_amount for row in rows), ZERO)
        amount = Decimal(data.draw(st.integers(0, int(total * 100)))).scaleb(-2)
        shares = allocate(amount, rows, on=LATER)
        assert sum((s.interest_amount + s.principal_amount for s in shares), ZERO) == amount
        for share in shares:
            assert ZERO <= share.interest_amount <= share.installment.interest_amount
            assert ZERO <= share.principal_amount <= share.installment.principal_amount


class TestOrders:
    """Two installments are due, one is not: 10 of interest and 90 of principal each, and 150 come in."""

    ON = date(2026, 3, 2)

    def shares(self, order):
        rows = [Due(Decimal(10), Decimal(90), due_date=date(2026, month, 1)) for month in (2, 3, 4)]
        return [
            (share.interest_amount, share.principal_amount)
            for share in allocate(Decimal(150), rows, order=order, on=self.ON)
        ]

    def test_by_installment_pays_the_oldest_whole(self):
        assert self.shares(AllocationOrder.BY_INSTALLMENT) == [(10, 90), (10, 40)]

    def test_interest_first_pays_the_interest_of_all_that_is_due(self):
        assert self.shares(AllocationOrder.INTEREST_FIRST) == [(10, 90), (10, 40)]

    def test_principal_first_pays_the_principal_of_all_that_is_due(self):
        assert self.shares(AllocationOrder.PRINCIPAL_FIRST) == [(0, 90), (0, 60)]

    def test_interest_first_leaves_principal_of_the_oldest_open(self):
        rows = [Due(Decimal(10), Decimal(90), due_date=date(2026, month, 1)) for month in (2, 3, 4)]
        shares = allocate(Decimal(60), rows, order=AllocationOrder.INTEREST_FIRST, on=self.ON)
        assert [(share.interest_amount, share.principal_amount) for share in shares] == [(10, 40), (10, 0)]

    @pytest.mark.parametrize("order", AllocationOrder)
    def test_whatever_comes_in_beyond_what_is_due_pays_the_next_installment(self, order):
        rows = [Due(Decimal(10), Decimal(90), due_date=date(2026, month, 1)) for month in (2, 3, 4, 5)]
        shares = allocate(Decimal(215), rows, order=order, on=self.ON)
        assert (shares[-1].interest_amount, shares[-1].principal_amount) == (10, 5)

    @pytest.mark.parametrize("order", AllocationOrder)
    def test_what_is_more_than_that_pays_the_principal_of_the_last_and_the_interest_at_the_very_end(self, order):
        rows = [Due(Decimal(10), Decimal(90), due_date=date(2026, month, 1)) for month in (3, 4, 5, 6, 7)]
        rows[-1] = replace(rows[-1], interest_saved_amount=Decimal(4))

        def paid(amount):
            shares = allocate(Decimal(amount), rows, order=order, on=self.ON)
            return [
                (share.installment.due_date.month, share.interest_amount, share.principal_amount) for share in shares
            ]

        assert paid(300) == [(3, 10, 90), (4, 10, 90), (6, 0, 10), (7, 0, 90)]
        assert paid(496) == [(month, 10, 90) for month in (3, 4, 5, 6)] + [(7, 6, 90)]
