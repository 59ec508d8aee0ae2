"""A new version of the shipped policy comes into force by two people, and past decisions stay as they were."""

import pytest
from django.core.management import call_command

from lending.applications import operations as applications
from lending.applications.models import CreditDecision
from lending.applications.tests.builders import NOW, TODAY, make_rules, make_submitted
from lending.credit import operations as credit
from lending.credit.models import Policy
from lending.credit.tests.cases import standard_policy
from lending.portfolio import queries
from lending.products.tests.builders import make_product

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def product(bank):
    return make_product()


def put_in_force(table):
    draft = credit.propose_policy(table, by="U-ANALYST", at=NOW)
    credit.approve(draft, by="U-APPROVER", at=NOW)
    credit.activate(draft, on=TODAY, by="U-APPROVER", at=NOW)
    return draft


class TestNewPolicy:
    def before(self):
        """The policy as it was before anybody asked for checks."""
        table = standard_policy()
        table["knock_outs"] = [
            {"code": "identity_not_verified", "fact": "identity_verified", "is": True},
            *table["knock_outs"][2:],
        ]
        table["referrals"] = table["referrals"][2:]
        return table

    def test_is_proposed_by_the_portal_and_put_in_force_by_two(self, enterprise, owner, capsys):
        make_rules()
        assert credit.propose_shipped_policy(at=NOW) is None
        put_in_force(self.before())
        call_command("propose_shipped_policy")
        assert capsys.readouterr().out == "standard/3\n"
        call_command("propose_shipped_policy")
        assert capsys.readouterr().out == "Nothing is new.\n"

    def test_leaves_past_decisions_as_they_were(self, enterprise, owner):
        make_rules()
        for table in (self.before(), standard_policy()):
            draft = put_in_force(table)
            application = make_submitted(enterprise, by=owner, key=draft.reference)
            applications.decide(application.reference, at=NOW, on=TODAY)
            applications.withdraw(application, by=owner, at=NOW)
        assert set(CreditDecision.objects.values_list("policy__version", flat=True)) == {2, 3}
        told = queries.replay()
        assert (told.decisions, told.differing) == (2, 0)
        assert Policy.objects.active().count() == 1
