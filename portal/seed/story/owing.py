"""What becomes of loans that are not paid as signed: borrowers are called, promise, and get another schedule."""

import json
from datetime import date, timedelta
from decimal import ROUND_DOWN, Decimal
from typing import Any, Final

from django.db.models import F

from accounts.identity import operations as identity
from accounts.identity.models import User
from accounts.settlement import operations as settlement
from lending.arrears import operations as arrears
from lending.arrears.models import ContactWay
from lending.arrears.operations import Said
from lending.loans import operations as loans
from lending.loans.models import Loan
from lending.loans.queries import late_interest_of
from lending.loans.rescheduling import operations as rescheduling
from lending.loans.rescheduling.models import Rescheduling
from lending.loans.rescheduling.queries import comparison_of
from lending.loans.rescheduling.terms import Wanted
from lending.loans.waivers import operations as waivers
from portal.core.dates import add_months
from portal.core.interest import InterestMethod
from portal.core.models import Notice
from portal.seed import words
from portal.seed.cast import OFFICERS
from portal.seed.story.bank import Story
from portal.seed.story.counter import fetch

AGREED_DAYS_AGO: Final = 9
MOST_AT_ONCE: Final = Decimal(50000)


def spend(story: Story, loan: Loan, owner: User, on: date) -> None:
    """Fetch most of the principal in cash for a used truck: it is gone when installments fall due."""
    part = (loan.principal_amount * Decimal("0.49")).quantize(Decimal(100), ROUND_DOWN)
    for ago, text in ((3, "购二手货车首付"), (9, "购二手货车尾款")):
        day = on + timedelta(days=ago)
        told: dict[str, Any] = {"text": text, "key": f"seed-{loan.reference}-{ago}"}
        told |= {"on": day, "at": story.noon(day), "by": story.staff["operations"].reference}
        fetch(loan.settlement_account, min(part, MOST_AT_ONCE), owner=owner, **told)


def follow_up(story: Story, loan: Loan, owner: User) -> None:
    """Let an officer call who is late: one promise was kept, one was broken, and today somebody has to go there."""
    officer = story.staff[OFFICERS[loan.enterprise.branch.code]]
    installment = loan.installments.filter(due_date__lt=story.today).latest("number").total_amount
    half = (installment / 2).quantize(Decimal(1))
    call = ContactWay.CALL

    def say(ago: int, said: Said) -> None:
        on = story.days_ago(ago)
        arrears.record(loan, said, key=f"seed-{loan.reference}-{ago}", by=officer, at=story.noon(on), on=on)

    say(20, Said(call, is_reached=True, note=words.PAID_LATE, promised_amount=half, promised_on=story.days_ago(15)))
    _pay(story, loan, half, owner, story.days_ago(16))
    say(
        12,
        Said(
            call,
            is_reached=True,
            note=words.WAITS_FOR_FREIGHT,
            promised_amount=installment,
            promised_on=story.days_ago(5),
        ),
    )
    say(4, Said(call, is_reached=False, next_step_on=story.days_ago(2)))
    say(2, Said(ContactWay.VISIT, is_reached=True, note=words.ASKS_FOR_LESS, next_step_on=story.today))


def _pay(story: Story, loan: Loan, amount: Decimal, owner: User, on: date) -> None:
    account, key, by = loan.settlement_account, f"seed-{loan.reference}-{on}", story.staff["operations"].reference
    settlement.pay_in(account, amount, text="柜台存入", key=key, on=on, at=story.noon(on), by=by)
    loans.repay(loan, amount, key=key, by=owner, at=story.noon(on) + timedelta(hours=1), on=on)


def offer_another_schedule(story: Story, loan: Loan, *, reason: str = words.SALES_FELL, ago: int = 1) -> Rescheduling:
    """Let two of the bank offer smaller installments, which the owner has not answered yet."""
    on = story.days_ago(ago)
    offered = propose_another_schedule(story, loan, reason=reason, ago=ago)
    found = comparison_of(offered, on=on)
    assert found is not None
    told: dict[str, Any] = {"note": words.AGREED, "at": story.noon(on) + timedelta(hours=3), "on": on}
    rescheduling.approve(offered, seen=found.shown, by=story.staff["approver"], **told)
    return offered


def propose_a_waiver(story: Story, loan: Loan) -> None:
    """Let an underwriter propose to waive the late interest of who is late; nobody has decided yet."""
    on = story.days_ago(1)
    amount = late_interest_of(loan, on=on).open_amount
    told: dict[str, Any] = {"reason": words.SALES_FELL, "key": "seed", "at": story.moment(on, 16), "on": on}
    waivers.propose(loan, amount, by=story.staff["underwriter"], **told)


def propose_another_schedule(story: Story, loan: Loan, *, reason: str, ago: int) -> Rescheduling:
    """Let one of the bank propose smaller installments."""
    on, by = story.days_ago(ago), story.staff["underwriter"]
    left = loan.installments.current().filter(principal_paid_amount__lt=F("principal_amount")).count()
    wanted = Wanted(add_months(on, 1), left + 4, 2, InterestMethod.EQUAL_INSTALLMENTS)
    return rescheduling.propose(loan, wanted, reason=reason, key="seed", by=by, at=story.noon(on), on=on)


def agree_on_another_schedule(story: Story, loan: Loan, owner: User) -> None:
    """Let the owner agree to what two of the bank offered the days before."""
    offered = offer_another_schedule(story, loan, reason=words.ROAD_CLOSED, ago=AGREED_DAYS_AGO + 2)
    on = story.days_ago(AGREED_DAYS_AGO)
    at = story.noon(on) - timedelta(hours=2)
    identity.send_signing_code(owner, subject=offered.reference, at=at)
    sent = json.loads(Notice.objects.filter(code="signing_code").latest("pk").params)
    found = comparison_of(offered, on=on)
    assert found is not None
    rescheduling.agree(offered, seen=found.shown, code=sent["code"], by=owner, at=at, on=on)


def remind_the_late(story: Story) -> None:
    """Let the owners of late loans be reminded as they are each morning."""
    arrears.remind_late(on=story.today, at=story.noon(story.today) - timedelta(hours=4))
