"""Payments that come back."""

from datetime import date, timedelta

import pytest

from accounts.cashflow.recurring import Flow, Recurring, Rhythm, find

LAST = date(2026, 3, 10)


def monthly(day: int, amounts, *, key: str = "landlord", category: str = "rent", last: date = LAST) -> list[Flow]:
    """Make one payment a month, the latest amount last."""
    flows = []
    for back, amount in enumerate(reversed(amounts)):
        year, month = divmod(last.year * 12 + last.month - 1 - back, 12)
        flows.append(Flow(date(year, month + 1, day), amount, key, key.title(), category))
    return flows


def only(flows, last: date = LAST) -> Recurring:
    """Find the one that comes back."""
    (found,) = find(flows, last=last)
    return found


class TestFind:
    def test_finds_a_rent(self):
        found = only(monthly(5, [-1200.0] * 6))
        assert (found.rhythm, found.day, found.amount, found.name) == (Rhythm.MONTHLY, 5, -1200.0, "Landlord")

    def test_expects_the_next_ones_on_their_days(self):
        days = list(only(monthly(5, [-1200.0] * 6)).dates(after=LAST, until=LAST + timedelta(days=91)))
        assert days == [date(2026, 4, 5), date(2026, 5, 5), date(2026, 6, 5)]

    def test_keeps_to_the_end_of_short_months(self):
        last = date(2026, 1, 31)
        ends = [date(2025, 10, 31), date(2025, 11, 30), date(2025, 12, 31), last]
        found = only([Flow(day, -50.0, "bank", "Bank", "fee") for day in ends], last)
        assert list(found.dates(after=last, until=date(2026, 4, 30))) == [
            date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 30),
        ]  # fmt: skip

    def test_bears_a_few_days_late_and_amounts_that_vary(self):
        days = [date(2025, 11, 28), date(2025, 12, 30), date(2026, 1, 29), date(2026, 2, 27)]
        found = only([Flow(d, -a, "power", "Power", "unknown") for d, a in zip(days, [90, 110, 105, 97], strict=True)])
        assert found.rhythm == Rhythm.MONTHLY
        assert found.amount == pytest.approx(-101)

    def test_adds_up_the_wages_of_a_day(self):
        flows = [
            Flow(each.on, -2000.0, f"worker {number}", f"Worker {number}", "salary")
            for each in monthly(8, [0.0] * 5)
            for number in range(3)
        ]
        assert only(flows).amount == -6000.0

    def test_finds_quarterly_taxes(self):
        days = [date(2025, 4, 12), date(2025, 7, 15), date(2025, 10, 14), date(2026, 1, 15)]
        found = only([Flow(day, -700.0 - day.month, "tax office", "Tax Office", "tax") for day in days])
        assert found.rhythm == Rhythm.QUARTERLY
        assert next(found.dates(after=LAST, until=date(2026, 6, 1))).month == 4

    def test_finds_what_comes_every_week(self):
        flows = [Flow(LAST - timedelta(days=7 * week + 1), 300.0, "school", "School") for week in range(9)]
        found = only(flows)
        assert found.rhythm == Rhythm.WEEKLY
        assert list(found.dates(after=LAST, until=LAST + timedelta(days=14))) == [
            LAST + timedelta(days=6), LAST + timedelta(days=13),
        ]  # fmt: skip

    def test_tells_a_standing_order_from_other_payments_to_the_same_side(self):
        noise = [Flow(LAST - timedelta(days=11 * n), -37.0 * n - 5, "landlord", "Landlord", "rent") for n in range(15)]
        assert only(monthly(5, [-1200.0] * 6) + noise).amount == -1200.0

    @pytest.mark.parametrize(
        "flows",
        [
            pytest.param(monthly(5, [-1200.0] * 2), id="twice only"),
            pytest.param(monthly(5, [-1200.0] * 6, last=date(2025, 12, 10)), id="ended"),
            pytest.param(monthly(5, [-100.0, -900.0, -20.0, -4000.0, -5.0]), id="any amount"),
            pytest.param([Flow(LAST - timedelta(days=n * n), -10.0 - n, "shop") for n in range(13)], id="any day"),
            pytest.param([], id="nothing"),
        ],
    )
    def test_expects_nothing_that_is_not_regular(self, flows):
        assert find(flows, last=LAST) == []

    def test_looks_at_nothing_after_the_last_day(self):
        later = [Flow(LAST + timedelta(days=30 * n), -1200.0, "landlord", "Landlord", "rent") for n in range(1, 6)]
        assert find(later, last=LAST) == []
