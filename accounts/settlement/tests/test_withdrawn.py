"""A request for payment that was paid by cash that was booked wrongly: it is open again, or paid by the right cash."""

from decimal import Decimal

import pytest

from accounts.ledger import queries
from accounts.ledger.tests.builders import NOW
from accounts.settlement import operations as settlement
from accounts.settlement.tests.asking import make_request
from accounts.settlement.tests.builders import make_settlement_account
from accounts.settlement.tests.correcting import LATER, correct, pay_in
from portal.core.models import AuditEvent


@pytest.fixture
def account(enterprise):
    return make_settlement_account(enterprise)


class TestRequestForPayment:
    @pytest.fixture
    def asked(self, account):
        return make_request(account, amount="100.00", allows_parts=True)

    @pytest.fixture
    def paid(self, asked, account, drawer, operations):
        return pay_in(account, "100", operations, text=asked.structured_reference)

    def test_is_open_again_for_what_was_never_paid(self, asked, paid, drawer):
        correct(paid)
        asked.refresh_from_db()
        assert (asked.status, asked.received_amount, asked.ended_at) == ("open", 0, None)
        assert asked.receipts.get().withdrawn_at == LATER
        assert AuditEvent.objects.get(verb="settlement.request_withdrawn").subject == asked.reference

    def test_is_paid_by_the_right_cash(self, asked, paid, account):
        correct(paid, settlement.RightCash(account, "in", Decimal(40), asked.structured_reference))
        asked.refresh_from_db()
        assert (asked.status, asked.received_amount) == ("partly", 40)
        assert list(asked.receipts.filter(withdrawn_at=None).values_list("amount", flat=True)) == [40]
        assert queries.discrepancies() == []

    def test_that_was_canceled_stays_so(self, asked, account, drawer, operations):
        part = pay_in(account, "30", operations, text=asked.structured_reference)
        settlement.cancel_request(asked, at=NOW, by="U-OWNER")
        correct(part)
        asked.refresh_from_db()
        assert (asked.status, asked.received_amount) == ("canceled", 0)
