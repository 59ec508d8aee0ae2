"""What the bank of the demo does with loans that go bad."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Final

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
        write_off = _propose(story, lost, on)
        seen = split_of(lost, write_off.principal_amount).shown
        approver = story.staff["approver"]
        losses.approve(write_off, seen=seen, note=words.AGREED, by=approver, at=story.noon(on), on=on)
        left = balances.balance(lost.settlement_account.ledger_account)
        loans.repay(lost, min(left, RECOVERED), key="seed-recovered", by=lost.signed_by, at=story.noon(on), on=on)
    losses.post_allowances(last, at=story.noon(story.today))


def _propose(story: Story, loan: Loan, on: date) -> WriteOff:
    by, at = story.staff["underwriter"], story.noon(on)
    losses.judge(loan, RiskClass.LOSS, reason=words.GONE, by=by, at=at, on=on)
    return losses.propose(loan, grounds=words.GONE, key="seed", by=by, at=at, on=on)
