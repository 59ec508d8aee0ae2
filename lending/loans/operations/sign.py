"""Signing an offer, and paying the loan out."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.identity import operations as identity
from accounts.identity.models import User
from accounts.ledger import events
from accounts.ledger.models import LedgerAccount
from accounts.settlement import operations as settlement
from accounts.settlement.models import SettlementAccount
from lending.applications import operations as applications
from lending.applications.models import Application, Offer
from lending.loans.models import Installment, Loan
from lending.loans.operations.binding import bind, register_mandate
from lending.loans.queries import accounts_for
from lending.products.queries import Cost, cost_of
from portal.core import audit
from portal.core.refusals import Refusal, register

events.register(
    {
        "loan_disbursed": _("Loan paid out"),
        "loan_disbursed_reversed": _("Loan paid out, reversed"),
        "loan_fee": _("Loan fee"),
        "loan_fee_reversed": _("Loan fee, reversed"),
    }
)

register(
    {
        "offer_expired": _("This offer ended on %(day)s. Apply again; it takes about three minutes."),
        "wrong_account": _("Choose an open settlement account of this enterprise."),
    }
)


class SigningRefused(Refusal):
    """The offer cannot be signed this way."""


@transaction.atomic(durable=True)
def sign(offer: Offer, *, account: SettlementAccount, code: str, by: User, at: datetime, on: date) -> Loan:
    """Sign an offer and pay the loan out, in one act; signed twice, it is paid out once.

    ``code`` is the one-time code sent for this offer; the caller has just asked for the password again.

    :raises SigningRefused: when the offer has ended or the account is not the enterprise's.
    :raises SigningCodeWrong: and its kin, when the code does not confirm this signing.
    :raises TransitionRefused: when the offer was withdrawn.
    """
    application = Application.objects.get(pk=offer.application_id)
    applications.lock(application)
    assert not application.product.is_line, "a credit line is opened, not paid out"
    signed = Loan.objects.filter(offer=offer).first()
    if signed:
        return signed
    confirm(offer, application, account=account, code=code, by=by, at=at, on=on)
    loan = Loan(offer=offer, enterprise=application.enterprise, settlement_account=account)
    disburse(loan, cost_of(offer.approved_amount, offer.terms, start=on), by=by, at=at, on=on)
    details = {"offer": offer.reference, "principal": loan.principal_amount, "apr": loan.apr}
    audit.record("loans.sign", subject=loan.reference, by=by.reference, at=at, details=details)
    return loan


def confirm(
    offer: Offer, application: Application, *, account: SettlementAccount, code: str, by: User, at: datetime, on: date
) -> None:
    """Accept an offer that still stands, by its code; an inner step of signing.

    :raises: as ``sign``.
    """
    if offer.expires_on < on:
        raise SigningRefused("offer_expired", day=offer.expires_on)
    if not accounts_for(offer).filter(pk=account.pk).exists():
        raise SigningRefused("wrong_account")
    identity.confirm_signing_code(by, subject=offer.reference, code=code, at=at)
    applications.accept(application, by=by, at=at)


def disburse(loan: Loan, cost: Cost, *, by: User, at: datetime, on: date) -> None:
    """Pay a loan out as it was worked out, with its entry, its schedule and its mandate; an inner step."""
    account = loan.settlement_account
    _fill(loan, cost, by=by, at=at, on=on)
    loan.disbursement_entry = settlement.credit(
        account,
        loan.principal_amount,
        from_account=LedgerAccount.objects.named("loans_principal", loan.currency),
        key=f"loans.disburse:{loan.reference}",
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
    register_mandate(loan, by=by.reference, at=at)
    bind(loan, on=on, at=at)


def _fill(loan: Loan, cost: Cost, *, by: User, at: datetime, on: date) -> None:
    terms = cost.schedule.terms
    loan.principal_amount, loan.upfront_fee_amount = cost.schedule.principal_amount, cost.schedule.upfront_fee_amount
    loan.annual_rate, loan.apr = loan.offer.annual_rate, cost.apr
    loan.kept_terms, loan.currency = terms.as_data(), terms.currency
    loan.disbursed_on, loan.signed_at, loan.signed_by = on, at, by


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
