"""Issuing papers about accounts."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.ledger import queries as ledger
from accounts.settlement.models import BalanceCertificate, SettlementAccount
from portal.core import audit
from portal.core.idempotency import answer_once, fingerprint_of
from portal.core.refusals import Refusal, register

register({"day_not_over": _("A certificate tells the end of a day: choose a day that is over.")})


class DayNotOver(Refusal):
    """The day is not over, so its balance can still change."""

    code = "day_not_over"


register({"day_before_account": _("The account was not open yet on this day: choose a later one.")})


class DayBeforeAccount(Refusal):
    """There was no account yet that could have held something."""

    code = "day_before_account"


@transaction.atomic(durable=True)
def certify_balance(
    account: SettlementAccount, *, of: date, key: str, on: date, at: datetime, by: str
) -> BalanceCertificate:
    """Certify what an account held at the end of a day; the same key again gives the same certificate.

    :raises DayNotOver: when the day is today or later.
    :raises DayBeforeAccount: when the account was opened later.
    :raises KeyReused: when the key certified something else.
    """
    if of >= on:
        raise DayNotOver
    if of < timezone.localtime(account.opened_at).date():
        raise DayBeforeAccount

    def make() -> str:
        certificate = BalanceCertificate.objects.create(
            settlement_account=account,
            holder_name=account.enterprise.legal_name,
            on=of,
            balance_amount=ledger.balance(account.ledger_account, on=of),
            issued_at=at,
            issued_by=by,
        )
        details = {"certificate": certificate.code, "of": of}
        audit.record("settlement.balance_certified", subject=account.reference, by=by, at=at, details=details)
        return certificate.code

    code = answer_once(f"settlement.certify {by}", key, fingerprint=fingerprint_of([account.reference, of]), make=make)
    return BalanceCertificate.objects.get(code=code)
