"""What the bank of the demo does with loans that go bad."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from typing import Any, Final

from accounts.ledger import queries as balances
from lending.loans import operations as loans
from lending.loans.losses import operations as losses
from lending.loans.losses.classes import RiskClass
from lending.loans.losses.models import WriteOff
from lending.loans.losses.queries import split_of
from lending.loans.models import Loan
from portal.seed import words
from portal.seed.cast import ENTERPRISES
from portal.seed.story import Story
from portal.seed.story.counter import fetch
from portal.seed.story.owing import MOST_AT_ONCE

RECOVERED: Final = Decimal(600)


def tell_of_losses(story: Story) -> None:
    """Post the allowance of two months; write one loan off, of which a part comes back."""
    last = story.today.replace(day=1) - timedelta(days=1)
    losses.post_allowances(last.replace(day=1) - timedelta(days=1), at=story.noon(last))
    on = story.days_ago(1)
    names = [row.legal_name for row in ENTERPRISES if row.story == "lost"]
    lost = Loan.objects.filter(enterprise__legal_name__in=names).first()
    if lost:
        story.say("a loan written off")
        _spend(story, lost)
        write_off = _propose(story, lost, on)
        seen = split_of(lost, write_off.principal_amount).shown
        approver = story.staff["approver"]
        losses.approve(write_off, seen=seen, note=words.AGREED, by=approver, at=story.noon(on), on=on)
        loans.repay(lost, RECOVERED, key="seed-recovered", by=lost.signed_by, at=story.noon(on), on=on)
    losses.post_allowances(last, at=story.noon(story.today))


def _spend(story: Story, loan: Loan) -> None:
    """Let the borrower fetch all but what is recovered later in cash, the days after it was lent."""
    left = balances.balance(loan.settlement_account.ledger_account) - RECOVERED
    for day in count(1):
        if left <= 0:
            break
        on, part = loan.disbursed_on + timedelta(days=day), min(left, MOST_AT_ONCE)
        told: dict[str, Any] = {"on": on, "at": story.noon(on), "by": story.staff["operations"].reference}
        fetch(loan.settlement_account, part, owner=loan.signed_by, text="购货款", key=f"seed-spent-{day}", **told)
        left -= part


def _propose(story: Story, loan: Loan, on: date) -> WriteOff:
    by, at = story.staff["underwriter"], story.noon(on)
    losses.judge(loan, RiskClass.LOSS, reason=words.GONE, by=by, at=at, on=on)
    return losses.propose(loan, grounds=words.GONE, key="seed", by=by, at=at, on=on)
