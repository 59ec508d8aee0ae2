"""What an account's terms came to, added up posting by posting and day by day: slow, and nothing to get wrong."""

from datetime import timedelta
from decimal import Decimal

from accounts.ledger.models import Posting
from accounts.settlement.accruals import DayTerms, accrue
from accounts.settlement.models import CashMovement
from portal.core.interest import DayCount

ZERO = Decimal(0)


def worked_out(account, through):
    """Give what the days earned that are not booked yet, and what all booked ones earned and owed beyond that."""
    agreements = list(account.agreements.order_by("effective_from", "pk"))
    periods = list(account.terms_periods.order_by("first_date"))
    first = periods[-1].last_date + timedelta(days=1) if periods else agreements[0].effective_from
    now = [_sum(account, agreements, each.first_date, each.last_date) for each in periods]
    earned = sum(each.earned_amount + each.correction_amount for each in periods)
    owed = sum(each.overdraft_interest_amount + each.overdraft_correction_amount for each in periods)
    correction = sum(each[0] for each in now) - earned, sum(each[1] for each in now) - owed
    return _sum(account, agreements, first, through), correction


def _sum(account, agreements, first, last):
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    moved = _moved(account)
    held = [sum((amount for since, amount in moved if since <= day), ZERO) for day in days]
    told = [(day, balance, _terms(agreements, day)) for day, balance in zip(days, held, strict=True)]
    accrued = accrue(told, currency=account.currency)
    return sum((each.interest for each in accrued), ZERO), sum((each.overdraft_interest for each in accrued), ZERO)


def _moved(account):
    """List what moved on the account with its day, cash with the day on which it moved, whenever it was booked."""
    cash = CashMovement.objects.filter(settlement_account=account).exclude(entry=None)
    days = {each.entry_id: each.effective_date for each in cash}
    days |= {each.reversal_id: movement.effective_date for movement in cash for each in movement.corrections.all()}
    return [
        (days.get(each.entry_id, each.effective_date), each.amount if each.direction == "credit" else -each.amount)
        for each in Posting.objects.filter(ledger_account=account.ledger_account)
    ]


def _terms(agreements, day):
    agreed = [each for each in agreements if each.effective_from <= day][-1]
    rate = agreed.product.overdraft_annual_rate if agreed.overdraft_limit_amount else ZERO
    return DayTerms(agreed.product.tiers, rate, DayCount(agreed.product.day_count))
