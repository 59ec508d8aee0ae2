"""A bank's first day, as its README tells it: from an empty database, by pages and commands alone, to a signed loan."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import call_command

from lending.loans.models import Loan
from portal.pages.tests.founding import found_and_lend

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("worker")]
PATIENCE = 60


class TestFirstDay:
    def test_ends_with_a_signed_loan(self, tmp_path: Path) -> None:
        found_and_lend(tmp_path, decided=wait)
        loan = Loan.objects.get()
        assert loan.installments.count() == 12
        assert loan.settlement_account.enterprise.legal_name == "河镇便利店"
        call_command("check_books", verbosity=0)


def wait(condition: Callable[[], bool]) -> None:
    """Wait until the worker has done its part."""
    ends = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < ends, "waited for a decision"
        time.sleep(0.2)
