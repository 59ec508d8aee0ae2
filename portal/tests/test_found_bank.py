"""Setting up a bank."""

import pytest
from django.core.management import CommandError, call_command

from accounts.identity.models import Branch, Industry, Role
from accounts.identity.tests.builders import make_user
from accounts.ledger.models import LedgerAccount
from lending.credit.models import Policy, RuleStatus, Scorecard


@pytest.mark.django_db(transaction=True)
class TestFoundBank:
    """What a production installation runs once."""

    def test_sets_up_all_that_a_first_case_needs(self, capsys):
        person = make_user("Min Luo", phone="+8613800138000")
        call_command("found_bank", "+8613800138000")
        assert person.staffpost_set.get().role == Role.ADMINISTRATOR
        assert Branch.objects.get().is_head_office
        assert Industry.objects.count() > 700
        assert LedgerAccount.objects.named("cash")
        assert Scorecard.objects.filter(status=RuleStatus.ACTIVE).exists()
        assert Policy.objects.get(status=RuleStatus.ACTIVE).approved_by == person.reference

    def test_changes_nothing_the_second_time(self, capsys):
        person = make_user("Min Luo", phone="+8613800138000")
        call_command("found_bank", "+8613800138000")
        call_command("found_bank", "+8613800138000")
        assert person.staffpost_set.count() == 1
        assert Branch.objects.count() == 1

    def test_refuses_a_person_who_has_not_signed_up(self):
        with pytest.raises(CommandError, match="Nobody has signed up"):
            call_command("found_bank", "+8613800138000")
        assert not Branch.objects.exists()
