"""What happens to a loan: signing and disbursing, repaying."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.cashflow import planning
from accounts.identity import operations as identity
from accounts.identity.models import User
from accounts.ledger import events
from accounts.ledger import operations as ledger
from accounts.ledger.models import JournalEntry, LedgerAccount
from accounts.settlement import interest
from accounts.settlement import operations as settlement
from accounts.settlement import queries as settlement_queries
from accounts.settlement.models import Receipt, SettlementAccount
from lending.applications import operations as applications
from lending.applications.models import Application, Offer
from lending.credit import operations as credit
from lending.loans.allocation import Share, allocate
from lending.loans.models import Allocation, Installment, Loan, Repayment, UndoneRepayment
from lending.loans.prepaying import Owing
from lending.loans.queries import accounts_for, owing_of, repaying_scope
from lending.loans.states import LoanStatus
from lending.products.queries import Cost, cost_of
from portal.core import audit, idempotency
from portal.core.money import is_exact, rounded
from portal.core.refusals import Refusal, register

events.register(
    {
        "loan_disbursed": _("Loan paid out"),
        "loan_disbursed_reversed": _("Loan paid out, reversed"),
        "loan_fee": _("Loan fee"),
        "loan_fee_reversed": _("Loan fee, reversed"),
        "loan_repaid": _("Loan repayment"),
        "loan_repaid_reversed": _("Loan repayment, reversed"),
    }
)
register(
    {
        "offer_expired": _("This offer ended on %(day)s. Apply again; it takes about three minutes."),
        "wrong_account": _("Choose an open settlement account of this enterprise."),
        "loan_repaid": _("This loan is already repaid in full."),
        "amount_not_positive": _("Enter an amount above zero, in yuan and cents."),
        "more_than_open": _("At most %(most)s can be repaid: that pays everything off today."),
    }
)


SYSTEM: Final = "system"
ZERO: Final = Decimal(0)


class SigningRefused(Refusal):
    """The offer cannot be signed this way."""


class RepaymentRefused(Refusal):
    """The repayment cannot be taken this way."""


@transaction.atomic(durable=True)
def sign(offer: Offer, *, account: SettlementAccount, code: str, by: User, at: datetime, on: date) -> Loan:
    """Sign an offer and pay the loan out, in one act; signed twice, it is paid out once.

    ``code`` is the one-time code sent for this offer; the caller has just asked for the password again.

    :raises SigningRefused: when the offer has ended or the account is not the enterprise's.
    :raises SigningCodeWrong: and its kin, when the code does not confirm this signing.
    :raises TransitionRefused: when the offer was withdrawn.
    """
    application = Application.objects.locked().get(pk=offer.application_id)
    signed = Loan.objects.filter(offer=offer).first()
    if signed:
        return signed
    if offer.expires_on < on:
        raise SigningRefused("offer_expired", day=offer.expires_on)
    if not accounts_for(offer).filter(pk=account.pk).exists():
        raise SigningRefused("wrong_account")
    identity.confirm_signing_code(by, subject=offer.reference, code=code, at=at)
    applications.accept(application, by=by, at=at)
    loan = _disburse(offer, application, account, by=by, at=at, on=on)
    _bind(loan, on=on, at=at)
    details = {"offer": offer.reference, "principal": loan.principal_amount, "apr": loan.apr}
    audit.record("loans.sign", subject=loan.reference, by=by.reference, at=at, details=details)
    return loan


def _disburse(
    offer: Offer, application: Application, account: SettlementAccount, *, by: User, at: datetime, on: date
) -> Loan:
    cost = cost_of(offer.approved_amount, offer.terms, start=on)
    loan = _contract(offer, application, cost, by=by, at=at, on=on)
    loan.settlement_account = account
    loan.disbursement_entry = settlement.credit(
        account,
        loan.principal_amount,
        from_account=LedgerAccount.objects.named("loans_principal", loan.currency),
        key=f"loans.disburse:{offer.reference}",
        event="loan_disbursed",
        subject=loan.reference,
        on=on,
        at=at,
        by=by.reference,
    )
    loan.save(force_insert=True)
    if loan.upfront_fee_amount:
        _keep_fee(loan, account, by=by, at=at, on=on)
    _write_schedule(loan, cost)
    _register_mandate(loan, by=by.reference, at=at)
    return loan


def _register_mandate(loan: Loan, *, by: str, at: datetime) -> None:
    settlement.register_mandate(
        loan.settlement_account,
        purpose="loan",
        subject=loan.reference,
        claim_job="lending.claim_receipt",
        by=by,
        at=at,
    )


def _contract(offer: Offer, application: Application, cost: Cost, *, by: User, at: datetime, on: date) -> Loan:
    return Loan(
        offer=offer,
        enterprise=application.enterprise,
        principal_amount=offer.approved_amount,
        upfront_fee_amount=cost.schedule.upfront_fee_amount,
        annual_rate=offer.annual_rate,
        apr=cost.apr,
        kept_terms=offer.kept_terms,
        currency=offer.terms.currency,
        disbursed_on=on,
        signed_at=at,
        signed_by=by,
    )


def _keep_fee(loan: Loan, account: SettlementAccount, *, by: User, at: datetime, on: date) -> None:
    settlement.debit(
        account,
        loan.upfront_fee_amount,
        to_account=LedgerAccount.objects.named("fee_income", loan.currency),
        key=f"loans.fee:{loan.reference}",
        event="loan_fee",
        subject=loan.reference,
        on=on,
        at=at,
        by=by.reference,
    )


def _write_schedule(loan: Loan, cost: Cost) -> None:
    Installment.objects.bulk_create(
        Installment(
            loan=loan,
            number=row.number,
            due_date=row.due_date,
            principal_amount=row.principal_amount,
            interest_amount=row.interest_amount,
            balance_after_amount=row.balance_after,
        )
        for row in cost.schedule.installments
    )


@transaction.atomic(durable=True)
def repay(loan: Loan, amount: Decimal, *, key: str, by: User, at: datetime, on: date) -> Repayment:
    """Repay from the loan's settlement account, in the contract's order; the same key repays once.

    What is more than the next installment comes back early and saves interest (`prepaying.py`).

    :param amount: above zero, at most what pays everything off that day.
    :raises RepaymentRefused: when the amount is not exact, not positive or more than that.
    :raises InsufficientFunds: when the account does not hold it.
    """
    loan.refresh_from_db(from_queryset=Loan.objects.locked())
    fingerprint = idempotency.fingerprint_of([loan.reference, amount])

    def make() -> str:
        return _repay(loan, amount, by=by.reference, at=at, on=on).reference

    reference = idempotency.answer_once(repaying_scope(loan), key, fingerprint=fingerprint, make=make)
    return Repayment.objects.get(reference=reference)


@transaction.atomic(durable=True)
def claim_receipt(reference: str, *, at: datetime, on: date) -> Repayment | None:
    """Repay a loan with money that came in under its reference; claimed once, at most what pays it off is taken.

    It counts from the day on which the money came, if the account held it ever since: no slip that was entered late and
    no mistake of the bank's makes anybody late. Where the account no longer holds it, or may not pay, nothing is taken
    and the receipt stays unclaimed; nor is anything taken where its cash was corrected meanwhile.
    """
    receipt = Receipt.objects.get(reference=reference)
    loan = Loan.objects.locked().filter(reference=receipt.subject, status=LoanStatus.ACTIVE).first()
    if loan is None or receipt.settlement_account_id != loan.settlement_account_id:
        return None
    paid_on = _paid_on(receipt, on=on)
    amount = min(receipt.amount, owing_of(loan, on=paid_on).payoff_amount)

    def take() -> Repayment | None:
        if not settlement.claim_receipt(receipt, purpose="loan", subject=loan.reference, at=at, by=SYSTEM):
            return None
        return _repay(loan, amount, by=SYSTEM, at=at, on=on, paid_on=paid_on, receipt=receipt)

    return _if_it_can_pay(take)


def _paid_on(receipt: Receipt, *, on: date) -> date:
    """Tell on which day money repays that came with a receipt and is taken on a later one."""
    came_on = min(receipt.received_on, on)
    held = interest.closing_balances(receipt.settlement_account, came_on, on - timedelta(days=1))
    return came_on if all(balance >= receipt.amount for _day, balance in held) else on


def give_up_receipt(receipt: Receipt) -> Callable[[Callable[[date], date], datetime, str], JournalEntry]:
    """Lock the loan that a receipt repaid, and give what undoes it, its money being booked wrongly; an inner step.

    :raises ReceiptClaimed: when no repayment is known by it, as from before they were kept together.
    """
    loan = Loan.objects.locked().select_related("settlement_account", "enterprise").get(reference=receipt.claimed_for)
    repayment = loan.repayments.filter(receipt=receipt, undone=None).select_related("entry").first()
    if repayment is None:
        raise settlement.ReceiptClaimed
    return partial(_undo, loan, repayment)


def _undo(loan: Loan, repayment: Repayment, day_of: Callable[[date], date], at: datetime, by: str) -> JournalEntry:
    """Open the installments again, and a loan that the repayment had ended.

    What the loan binds is told as of the day of the repayment: money that came instead is claimed at once, and until
    then nobody is late by a mistake of the bank's.
    """
    key, day = f"loans.undo:{repayment.reference}", day_of(repayment.entry.effective_date)
    entry = ledger.reverse(repayment.entry, key=key, at=at, by=by, on=day)
    UndoneRepayment.objects.create(repayment=repayment, entry=entry, undone_at=at, undone_by=by)
    for share in repayment.allocations.select_related("installment"):
        share.installment.interest_paid_amount -= share.interest_amount
        share.installment.principal_paid_amount -= share.principal_amount
        share.installment.save(update_fields=["interest_paid_amount", "principal_paid_amount"])
    owing = owing_of(loan, on=repayment.paid_on)
    _keep_saved(owing)
    is_over = all(row.is_paid for row in owing.rows)  # where the interest that it paid is saved now
    if loan.status == LoanStatus.ACTIVE and is_over:
        _close(loan, by=by, at=at)
    elif loan.status == LoanStatus.REPAID and not is_over:
        loan.status = LoanStatus.ACTIVE
        loan.save(update_fields=["status"])
        _register_mandate(loan, by=by, at=at)
    _bind(loan, on=repayment.paid_on, at=at)
    details = {"repayment": repayment.reference, "amount": repayment.amount, "entry": entry.reference}
    audit.record("loans.undo", subject=loan.reference, by=by, at=at, details=details)
    return entry


settlement.offer_giving_up("loan", give_up_receipt)


@transaction.atomic(durable=True)
def collect_due(loan: Loan, *, at: datetime, on: date) -> Repayment | None:
    """Collect by mandate what is due up to a day, or as much of it as the account holds; the rest another day.

    A day collects once: asked again it gives the same repayment. Where there is nothing to take, or the account may not
    pay, nothing is taken. Who chose to know is told of what is missing, once for each due date.
    """
    loan.refresh_from_db(from_queryset=Loan.objects.locked().select_related("settlement_account"))
    wanted = sum((row.open_amount for row in loan.installments.filter(due_date__lte=on)), ZERO)
    amount = min(wanted, settlement_queries.available_balance(loan.settlement_account))
    if loan.status != LoanStatus.ACTIVE or not settlement_queries.has_mandate("loan", loan.reference):
        return None
    key, fingerprint = on.isoformat(), idempotency.fingerprint_of([loan.reference, on])

    def take() -> Repayment | None:
        def make() -> str:
            return _repay(loan, amount, by=SYSTEM, at=at, on=on).reference

        made = idempotency.answer_once(f"loans.collect:{loan.reference}", key, fingerprint=fingerprint, make=make)
        return Repayment.objects.get(reference=made)

    taken = _if_it_can_pay(take) if amount > 0 else None
    _tell_if_short(loan, at=at, on=on)
    return taken


def _tell_if_short(loan: Loan, *, at: datetime, on: date) -> None:
    """Tell once for each due date that it could not be collected; what is missing then is all that is due."""
    due = [row for row in loan.installments.filter(due_date__lte=on) if row.open_amount]
    if not due:
        return
    latest = max(row.due_date for row in due).isoformat()

    def tell() -> str:
        missing = sum((row.open_amount for row in due), ZERO)
        settlement.tell_of_failed_collection(loan.settlement_account, missing, at=at)
        return latest

    idempotency.answer_once(f"loans.missed:{loan.reference}", latest, fingerprint=latest, make=tell)


def _if_it_can_pay(take: Callable[[], Repayment | None]) -> Repayment | None:
    """Take a repayment, or leave no trace where the account was frozen or emptied, or its receipt used otherwise."""
    try:
        with transaction.atomic():
            return take()
    except (settlement.AccountNotOpen, settlement.InsufficientFunds, settlement.ReceiptClaimed):
        return None


def _repay(
    loan: Loan,
    amount: Decimal,
    *,
    by: str,
    at: datetime,
    on: date,
    paid_on: date | None = None,
    receipt: Receipt | None = None,
) -> Repayment:
    paid_on = paid_on or on
    owing = owing_of(loan, on=paid_on)
    _check_repayment(loan, amount, owing.payoff_amount)
    prepaid_amount = owing.prepaid_of(amount)
    _keep_saved(owing, prepaid_amount)
    shares = allocate(amount, owing.rows, order=loan.terms.allocation_order, on=paid_on)
    repayment = Repayment(
        loan=loan, amount=amount, prepaid_amount=prepaid_amount, receipt=receipt, paid_on=paid_on, paid_at=at, by=by
    )
    repayment.entry = settlement.debit_to(
        loan.settlement_account,
        _parts(loan, shares),
        key=f"loans.repay:{repayment.reference}",
        event="loan_repaid",
        subject=loan.reference,
        on=on,
        at=at,
        by=by,
    )
    repayment.save(force_insert=True)
    _allocate(repayment, shares)
    if all(row.is_paid for row in owing.rows):
        _close(loan, by=by, at=at)
    _bind(loan, on=on, at=at)
    details = {"amount": amount} | ({"prepaid": prepaid_amount} if prepaid_amount else {})
    audit.record("loans.repay", subject=loan.reference, by=by, at=at, details=details)
    return repayment


def _keep_saved(owing: Owing[Installment], prepaid_amount: Decimal = ZERO) -> None:
    """Write at each installment what is saved of its interest once so much came back early, in all."""
    for row, saved in zip(owing.rows, owing.saved_after(prepaid_amount), strict=True):
        row.interest_saved_amount = saved
    Installment.objects.bulk_update(owing.rows, ["interest_saved_amount"])


def _check_repayment(loan: Loan, amount: Decimal, most: Decimal) -> None:
    if loan.status == LoanStatus.REPAID:
        raise RepaymentRefused("loan_repaid")
    if not is_exact(amount, loan.currency) or amount <= 0:
        raise RepaymentRefused("amount_not_positive")
    if amount > most:
        raise RepaymentRefused("more_than_open", most=most, currency=loan.currency)


def _close(loan: Loan, *, by: str, at: datetime) -> None:
    loan.status = LoanStatus.REPAID
    loan.save(update_fields=["status"])
    settlement.end_mandate(purpose="loan", subject=loan.reference, by=by, at=at)


def _bind(loan: Loan, *, on: date, at: datetime) -> None:
    """Write below what the loan binds now (principal still open, days past due), and what it will ask for when."""
    unpaid = [row for row in loan.installments.order_by("number") if not row.is_paid]
    binding = credit.Binding(
        drawn_amount=sum((row.principal_amount - row.principal_paid_amount for row in unpaid), ZERO),
        monthly_payment_amount=_monthly(loan, unpaid),
        days_past_due=max((row.days_past_due(on=on) for row in unpaid), default=0),
    )
    credit.keep_exposure(loan.enterprise, subject=loan.reference, binding=binding, at=at)
    dues = [(row.due_date, row.open_amount) for row in unpaid]
    planning.fall_due(loan.enterprise, dues, source=loan.reference, by=SYSTEM, at=at)


def _monthly(loan: Loan, unpaid: list[Installment]) -> Decimal:
    if not unpaid:
        return ZERO
    months = loan.terms.months_between * len(unpaid)
    still_open = sum((row.open_amount for row in unpaid), ZERO)
    return rounded(still_open * months.denominator / months.numerator, loan.currency)


def _parts(loan: Loan, shares: list[Share[Installment]]) -> list[tuple[LedgerAccount, Decimal]]:
    principal = sum((share.principal_amount for share in shares), ZERO)
    interest = sum((share.interest_amount for share in shares), ZERO)
    parts = [("loans_principal", principal), ("interest_income", interest)]
    return [(LedgerAccount.objects.named(name, loan.currency), part) for name, part in parts if part]


def _allocate(repayment: Repayment, shares: list[Share[Installment]]) -> None:
    for share in shares:
        share.installment.interest_paid_amount += share.interest_amount
        share.installment.principal_paid_amount += share.principal_amount
    changed = [share.installment for share in shares]
    Installment.objects.bulk_update(changed, ["interest_paid_amount", "principal_paid_amount"])
    Allocation.objects.bulk_create(
        Allocation(
            repayment=repayment,
            installment=share.installment,
            principal_amount=share.principal_amount,
            interest_amount=share.interest_amount,
        )
        for share in shares
    )
