"""What waits for the word of a second person of the enterprise, and where that person reads it."""

from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.ledger.tests.builders import NOW
from accounts.settlement import operations as settlement
from accounts.settlement.queries.agreeing import to_agree_to
from accounts.settlement.tests.builders import make_payment
from accounts.settlement.tests.ordering import make_standing_order
from accounts.settlement.tests.pages import url

FILE = b"Name,Account number,Bank code,Amount,Text\nMill Ltd,DE21500500009876543210,SPUEDE2UXXX,40.00,Flour\n"


@pytest.fixture
def prepared(account, mill, manager):
    """One of each that a manager prepares for an owner."""
    by, now = manager.reference, timezone.now()
    payment = make_payment(account, mill, by=by)
    told = {"title": "Suppliers", "name": "pay.csv", "content": FILE, "key": "k", "at": now, "by": by}
    batch = settlement.check_batch(account, **told)
    settlement.submit_batch(batch, on=timezone.localdate(now), at=now, by=by)
    return payment, batch, make_standing_order(account, mill, by=by)


class TestToAgreeTo:
    def test_lists_for_an_owner_what_a_manager_prepared(self, account, prepared, owner, manager, stranger):
        assert [each.reference for each in to_agree_to(owner)] == [each.reference for each in prepared]
        assert [each.amount for each in to_agree_to(owner, account=account)] == [Decimal(30), Decimal(40), Decimal(100)]
        assert to_agree_to(manager) == to_agree_to(stranger) == []

    def test_leaves_out_what_was_answered(self, prepared, owner):
        payment, batch, order = prepared
        told = {"reason": "no", "at": timezone.now(), "by": owner.reference}
        for decline, each in (
            (settlement.decline_payment, payment),
            (settlement.decline_batch, batch),
            (settlement.decline_standing_order, order),
        ):
            decline(each, **told)
        assert to_agree_to(owner) == []

    def test_lists_for_a_manager_what_an_owner_made(self, account, mill, owner, manager):
        told = {"daily_limit": Decimal(900), "second_person_from": Decimal(20), "at": NOW}
        settlement.set_rules(account.enterprise, **told, by=owner.reference)
        payment = make_payment(account, mill, by=owner.reference)
        assert [each.reference for each in to_agree_to(manager)] == [payment.reference]
        assert to_agree_to(owner) == []


class TestPages:
    def test_lead_an_owner_to_it(self, client_of, account, prepared, owner, manager):
        page = client_of(owner).get(url("account", account)).content.decode()
        for name, each in zip(("payment", "batch", "standing_order"), prepared, strict=True):
            assert url(name, each) in page
        home = client_of(owner).get(reverse("home")).content.decode()
        assert "3 payments wait for your agreement" in home
        assert url("account", account) in home
        assert "wait for your agreement" not in client_of(manager).get(reverse("home")).content.decode()
