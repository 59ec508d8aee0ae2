"""What an enterprise plans."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.cashflow import planning
from accounts.cashflow.models import PlannedItem
from accounts.cashflow.tests.builders import NOW
from portal.core.idempotency import KeyReused
from portal.core.models import AuditEvent

OVEN: dict[str, Any] = {
    "way": "out",
    "amount": Decimal("2800.00"),
    "due_on": date(2026, 4, 1),
    "repeats": "once",
    "text": "Oven",
}


def plan(enterprise, key: str = "k", **more) -> PlannedItem:
    """Plan an oven."""
    return planning.plan(enterprise, **OVEN | more, key=key, by="U-1", at=NOW)


class TestPlan:
    def test_keeps_it_and_records_who_and_when(self, enterprise):
        item = plan(enterprise)
        assert (item.signed_amount, item.text, item.planned_by, item.planned_at) == (-2800, "Oven", "U-1", NOW)
        event = AuditEvent.objects.get(verb="cashflow.planned")
        assert (event.subject, event.by, event.at) == (item.reference, "U-1", NOW)

    def test_plans_once_what_is_sent_twice(self, enterprise):
        assert plan(enterprise).pk == plan(enterprise).pk
        assert PlannedItem.objects.count() == 1

    def test_refuses_a_key_that_planned_something_else(self, enterprise):
        plan(enterprise)
        with pytest.raises(KeyReused):
            plan(enterprise, amount=Decimal(1))

    def test_refuses_more_than_is_kept(self, enterprise, monkeypatch):
        monkeypatch.setattr(planning, "MOST_ITEMS", 1)
        plan(enterprise)
        with pytest.raises(planning.PlannedTooMany):
            plan(enterprise, key="another")

    @pytest.mark.parametrize("wrong", [{"amount": Decimal(0)}, {"way": "up"}, {"repeats": "daily"}, {"text": ""}])
    def test_is_guarded_by_the_database(self, enterprise, wrong):
        with pytest.raises(IntegrityError):
            plan(enterprise, **wrong)


class TestFallDue:
    """What a loan will ask for is written down by lending."""

    def write(self, enterprise, *dues: tuple[date, str]) -> None:
        """Write down what falls due."""
        with transaction.atomic():
            told = [(day, Decimal(amount)) for day, amount in dues]
            planning.fall_due(enterprise, told, source="L-1", by="system", at=NOW)

    def test_takes_the_place_of_what_was_due_before(self, enterprise):
        self.write(enterprise, (date(2026, 4, 2), "90.00"), (date(2026, 5, 2), "90.00"))
        self.write(enterprise, (date(2026, 5, 2), "80.00"))
        plan(enterprise)
        told = PlannedItem.objects.order_by("due_on").values_list("due_on", "amount", "source")
        assert list(told) == [(date(2026, 4, 1), 2800, ""), (date(2026, 5, 2), 80, "L-1")]

    def test_is_nothing_that_an_owner_removes(self, enterprise):
        self.write(enterprise, (date(2026, 4, 2), "90.00"))
        item = PlannedItem.objects.get()
        with pytest.raises(planning.PlannedItemGone):
            planning.remove(item, by="U-1", at=NOW)
        assert item.words == "Loan paid back · L-1"


class TestRemove:
    def test_removes_it_and_records_who(self, enterprise):
        item = plan(enterprise)
        planning.remove(item, by="U-2", at=NOW)
        assert not PlannedItem.objects.exists()
        assert AuditEvent.objects.get(verb="cashflow.planned_item_removed").by == "U-2"

    def test_refuses_what_was_removed(self, enterprise):
        item = plan(enterprise)
        planning.remove(PlannedItem.objects.get(), by="U-1", at=NOW)
        with pytest.raises(planning.PlannedItemGone):
            planning.remove(item, by="U-1", at=NOW)


class TestDates:
    @pytest.mark.parametrize(
        ("repeats", "days"),
        [("once", [date(2026, 1, 31)]), ("monthly", [date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31)])],
    )
    def test_are_those_after_one_day_and_until_another(self, repeats, days):
        item = PlannedItem(due_on=date(2026, 1, 31), repeats=repeats)
        assert list(item.dates(after=date(2026, 1, 1), until=date(2026, 3, 31))) == days
        assert list(item.dates(after=date(2026, 1, 31), until=date(2026, 2, 27))) == []
