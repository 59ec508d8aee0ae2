"""The day's limit, while a payment, a transfer, a batch and a standing order ask for it at the same moment."""

from decimal import Decimal

import pytest

from accounts.identity.models import Enterprise
from accounts.ledger import queries as ledger
from accounts.ledger.tests.builders import NOW, TODAY
from accounts.settlement import operations as settlement
from accounts.settlement import queries
from accounts.settlement.models import PaymentBatch
from accounts.settlement.tests.builders import make_payee, make_settlement_account, make_transfer
from accounts.settlement.tests.ordering import make_standing_order
from accounts.settlement.tests.paying import set_rules
from portal.core.tests.together import together

BATCH = "Name,Account number,Bank code,Amount,Text\nMill Ltd,DE21 5005 0000 9876 5432 10,SPUEDE2UXXX,60.00,Flour\n"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("limit", "spent"), [("100.00", 60), ("240.00", 240)])
def test_is_never_exceeded(enterprise, owner, stranger, limit, spent):
    account = make_settlement_account(enterprise, holding="1000.00")
    other = make_settlement_account(enterprise, holding="1000.00")
    noodles = make_settlement_account(Enterprise.objects.get(legal_name="Stranger Noodles"))
    mill = make_payee(enterprise)
    make_payee(enterprise, name="Stranger Noodles", number=noodles.number, bank_code="")
    by = owner.reference
    order = make_standing_order(other, mill, "60.00", by=by, first_date=TODAY)
    batch = settlement.check_batch(
        account, title="March", name="pay.csv", content=BATCH.encode(), key="b", at=NOW, by=by
    )
    settlement.submit_batch(batch, on=TODAY, at=NOW, by=by)
    set_rules(enterprise, limit)
    moment = {"on": TODAY, "at": NOW}

    together(
        lambda: settlement.pay(account, mill, Decimal(60), text="", key="p", by=by, **moment),
        lambda: make_transfer(other, noodles, "60", by=by),
        lambda: settlement.pay_batch(PaymentBatch.objects.get(pk=batch.pk), **moment),
        lambda: settlement.carry_out(order, **moment),
    )
    assert queries.paid_on(enterprise, account.currency, TODAY) == spent
    assert ledger.balance(account.ledger_account) + ledger.balance(other.ledger_account) == 2000 - spent
