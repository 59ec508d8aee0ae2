"""What becomes of a case: applied for, decided, reviewed, signed, repaid."""

import json
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from accounts.identity import consents
from accounts.identity import operations as identity
from accounts.identity import queries as people
from accounts.identity.models import Enterprise, User
from accounts.settlement import operations as settlement
from accounts.settlement.states import CashStatus
from lending.applications import operations as applications
from lending.applications.models import Application, RevocationOutcome, RevocationReason
from lending.applications.states import Status
from lending.credit import operations as credit
from lending.credit import register
from lending.loans import operations as loans
from lending.loans.models import Loan
from lending.loans.queries import owing_of
from portal.core.models import Notice
from portal.seed import words
from portal.seed.cast import CROPS, SEASONAL_LOANS, TRADES, EnterpriseRow
from portal.seed.dealings import DEALERS, deal
from portal.seed.story import owing
from portal.seed.story.bank import Story
from portal.seed.story.bringing import crop_of

REGISTER: Final[dict[str, dict[str, Any]]] = {
    "金果橘园": {
        "lender_count": 2,
        "outstanding_amount": Decimal("86500.00"),
        "overdue_amount": Decimal("1200.00"),
        "worst_days_past_due": 34,
        "reference": "CR-2026-118204",
    },
    "山村小卖部": {"lender_count": 1, "outstanding_amount": Decimal("12000.00"), "reference": "CR-2026-120991"},
    "竹林小院民宿": {"is_known": False},
}
RUNNING: Final = frozenset({"repaying", "repaid", "late", "lost", "rescheduled", "proposed"})
WAITING: Final = frozenset({"referred", "doubted", "cleared"})  # for somebody of the bank


def apply(
    story: Story, row: EnterpriseRow, enterprise: Enterprise, owner: User, on: date, *, key: str = ""
) -> Application:
    """Draft an application that fits the trade."""
    trade = TRADES[row.trade]
    code = _product_for(story, row)
    product = story.products[code]
    monthly = trade.sales_a_week * 4.3 * sum(trade.ticket) / 2 * row.scale
    wanted = Decimal(round(monthly * {"weak": 2.5, "fair": 1.2, "young": 0.25}.get(row.health, 0.8), -3))
    return applications.begin(
        enterprise,
        product=product,
        amount=min(max(wanted, product.min_amount), product.max_amount),
        term_months=12,
        purpose="season"
        if code in {"harvest", "autumn", "spring"}
        else "equipment"
        if code == "equipment"
        else "stock",
        note="",
        key=key or f"seed-{enterprise.reference}",
        by=owner,
        at=story.moment(on, 9),
    )


def _product_for(story: Story, row: EnterpriseRow) -> str:
    if TRADES[row.trade].industry.startswith("01"):
        return SEASONAL_LOANS.get(crop_of(row), "harvest") if row.trade in CROPS else "harvest"
    return story.rng.choice(["quick", "quick", "equipment"])


def go_on(story: Story, row: EnterpriseRow, application: Application, owner: User, on: date) -> None:
    """Take a draft as far as the enterprise's story goes."""
    if row.story == "draft":
        return
    sent_at = story.moment(on, 10)
    answer = REGISTER.get(row.legal_name)
    agreed = consents.CURRENT_VERSION if answer else ""
    applications.submit(application, by=owner, at=sent_at, register_consent=agreed)
    if answer:
        _keep_register_answer(application.enterprise, answer, on=on, at=sent_at)
    if row.story == "withdrawn":
        applications.withdraw(application, by=owner, at=story.moment(on, 11))
        return
    applications.decide(application.reference, at=sent_at + timedelta(seconds=1), on=on)
    application.refresh_from_db()
    if application.status == Status.REFERRED and row.story not in WAITING:
        _review(story, row, application, on)
    application.refresh_from_db()
    if application.status == Status.APPROVED and row.story in RUNNING:
        _borrow(story, row, application, owner, on + timedelta(days=1))
    elif application.status == Status.APPROVED and row.story == "expired":
        applications.expire(
            application.reference, at=story.moment(story.today), on=application.offer.expires_on + timedelta(days=1)
        )
    elif application.status == Status.APPROVED and row.story in {"revoked", "on_hold"}:
        _revoke(story, row, application)


def _keep_register_answer(enterprise: Enterprise, answer: dict[str, Any], *, on: date, at: datetime) -> None:
    """Keep what a credit register would have said: the shipped policy asks none, officers read it all the same."""
    consent = people.consent_of(enterprise, purpose=consents.CREDIT_REGISTER)
    assert consent is not None, "the owner agreed when the case was sent"
    told = register.Told(on - timedelta(days=3), **answer)
    credit.keep_register_answer(enterprise, told, consent=consent, source="file", at=at)


def _review(story: Story, row: EnterpriseRow, application: Application, on: date) -> None:
    decision = application.decision
    rate = decision.annual_rate or application.product.max_annual_rate
    outcome = "decline" if row.story == "declined" else "approve"
    recommendation = applications.recommend(
        application,
        outcome=outcome,
        amount=application.requested_amount if outcome == "approve" else None,
        annual_rate=rate if outcome == "approve" else None,
        note=words.VISITED if outcome == "approve" else words.VISITED_IN_VAIN,
        by=story.staff["underwriter"],
        at=story.moment(on, 14),
    )
    if row.story != "recommended":
        applications.conclude(
            application,
            outcome=outcome,
            note=words.AGREED,
            seen=recommendation.shown,
            by=story.staff["approver"],
            at=story.moment(on, 16),
            on=on,
        )


def _borrow(story: Story, row: EnterpriseRow, application: Application, owner: User, on: date) -> None:
    offer = application.offer
    account = settlement.open_account(application.enterprise, by=owner.reference, at=story.moment(on, 9))
    at = story.moment(on, 10)
    identity.send_signing_code(owner, subject=offer.reference, at=at)
    sent = json.loads(Notice.objects.filter(code="signing_code").latest("pk").params)
    loan = loans.sign(offer, account=account, code=sent["code"], by=owner, at=at, on=on)
    if row.story in {"late", "lost"}:
        owing.spend(story, loan, owner, on)
    _repay(story, row, loan, owner)
    if row.legal_name in DEALERS:
        deal(account, owner=owner, teller=story.staff["operations"], today=story.today)


def _revoke(story: Story, row: EnterpriseRow, application: Application) -> None:
    """Ask for an offer to be revoked; where two people approved it, the second one has agreed, or not looked yet."""
    at, one, other = story.noon(story.days_ago(1)), story.staff["underwriter"], story.staff["approver"]
    reason, note = RevocationReason.CHANGED, words.LARGE_BUYER_LEFT
    if row.story == "on_hold":
        reason, note = RevocationReason.EVIDENCE, words.LICENSE_ASKED
    asked = applications.revoke(application, reason=reason, note=note, by=one, at=at)
    if row.story == "revoked" and not asked.outcome:
        applications.conclude_revocation(
            application, outcome=RevocationOutcome.CONFIRMED, by=other, at=at + timedelta(hours=2), seen=asked.shown
        )


def _repay(story: Story, row: EnterpriseRow, loan: Loan, owner: User) -> None:
    until = story.days_ago(owing.AGREED_DAYS_AGO + 2) if row.story == "rescheduled" else story.today
    due = list(loan.installments.filter(due_date__lt=until).order_by("number"))
    if row.story == "late":
        due = due[:-2]
    if row.story == "lost":
        due = []
    for installment in due:
        _pay_in_and_repay(story, loan, installment.total_amount, owner, installment.due_date)
    _work_out(story, row, loan, owner)
    if row.story == "repaid":
        on = story.days_ago(2)
        rest = owing_of(loan, on=on).payoff_amount
        if rest:
            _pay_in_and_repay(story, loan, rest, owner, on)


def _work_out(story: Story, row: EnterpriseRow, loan: Loan, owner: User) -> None:
    if row.story == "late":
        owing.follow_up(story, loan, owner)
        owing.offer_another_schedule(story, loan)
        owing.propose_a_waiver(story, loan)
    if row.story == "rescheduled":
        owing.agree_on_another_schedule(story, loan, owner)
    if row.story == "proposed":
        owing.propose_another_schedule(story, loan, reason=words.FISH_DIED, ago=2)


def _pay_in_and_repay(story: Story, loan: Loan, amount: Decimal, owner: User, on: date) -> None:
    by = story.staff["operations"].reference
    taken = settlement.pay_in(
        loan.settlement_account,
        amount,
        text="柜台存入",
        key=f"seed-{loan.reference}-{on}-{amount}",
        on=on,
        at=story.moment(on, 9),
        by=by,
    )
    if taken.status == CashStatus.WAITING:
        settlement.confirm_cash(taken, on=on, at=story.moment(on, 9), by=story.staff["operations2"].reference)
    loans.repay(loan, amount, key=f"seed-{on}-{amount}", by=owner, at=story.moment(on, 11), on=on)
