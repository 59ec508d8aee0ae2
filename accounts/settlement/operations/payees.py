"""Whom an enterprise pays: saved once, paid after a waiting time."""

import re
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from stdnum import iban

from accounts.identity.models import Enterprise
from accounts.ledger import operations as ledger
from accounts.settlement import banks, numbers
from accounts.settlement.models import Payee, SettlementAccount
from accounts.settlement.operations.transfers import payee_account
from portal.core import audit
from portal.core.idempotency import answer_once, fingerprint_of
from portal.core.refusals import Refusal, register

register(
    {
        "payee_number_wrong": _(
            "This is not a correct account number. Check the letters and digits: there are four or more."
        ),
        "bank_code_wrong": _(
            "We do not know this bank. Choose it by name, or enter its CNAPS code (12 digits) or its BIC."
        ),
        "bank_of_another_country": _("The account number is of another country than the bank. Check both."),
        "payee_saved_already": _("This payee is already saved."),
        "payee_gone": _("This payee was removed."),
        "payee_unpayable": _(
            "This payee’s account number or bank cannot be right. Remove the payee, and save it with the right ones."
        ),
    }
)
LONGEST_NAME: Final = 70
NUMBER: Final = re.compile(r"[A-Z0-9]{4,34}")  # small banks of countries without IBANs have numbers as short
LOOKS_LIKE_IBAN: Final = re.compile(r"[A-Z]{2}[0-9]{2}")


class PayeeNumberWrong(Refusal):
    """The number cannot be an account's: its form or its check digits are wrong."""

    code = "payee_number_wrong"


class BankCodeWrong(Refusal):
    """The bank is known neither by name nor by a code."""

    code = "bank_code_wrong"


class BankOfAnotherCountry(Refusal):
    """The account's IBAN is of another country than the bank."""

    code = "bank_of_another_country"


class PayeeSavedAlready(Refusal):
    """The enterprise already saved this account as a payee."""

    code = "payee_saved_already"


@transaction.atomic(durable=True)
def add_payee(
    enterprise: Enterprise, *, name: str, number: str, bank_code: str, key: str, at: datetime, by: str
) -> Payee:
    """Save a payee: of this bank if ``bank_code`` is empty, then number and name must fit; the same key saves once.

    :param bank_code: the bank's name, CNAPS code or BIC.

    It can be paid when the cooling-off is over.

    :raises KeyMissing, KeyReused: see ``answer_once``.
    :raises PayeeNumberWrong: when the number's form or check digits are wrong.
    :raises BankCodeWrong: when the bank is known neither by name, nor by a CNAPS code or BIC.
    :raises BankOfAnotherCountry: when the number is an IBAN of another country than the bank's.
    :raises PayeeUnknown: when no account of this bank has this number and this name.
    :raises PayeeSavedAlready: when it is already saved.
    """
    bank_code, name = banks.code_of(bank_code), " ".join(name.split())
    number = (numbers.compact if bank_code else numbers.bare)(number)
    reference = answer_once(
        f"settlement.payee {by}",
        key,
        fingerprint=fingerprint_of([enterprise.reference, name, number, bank_code]),
        make=lambda: _added(enterprise, name, number, bank_code, at=at, by=by).reference,
    )
    return Payee.objects.get(reference=reference)


def _added(enterprise: Enterprise, name: str, number: str, bank_code: str, *, at: datetime, by: str) -> Payee:
    if bank_code:
        check_outside(number, bank_code)
    else:
        name = payee_account(number, name).enterprise.legal_name[:LONGEST_NAME]
    Enterprise.objects.locked().get(pk=enterprise.pk)
    if Payee.objects.standing().filter(enterprise=enterprise, number=number, bank_code=bank_code).exists():
        raise PayeeSavedAlready
    payee = Payee.objects.create(
        enterprise=enterprise,
        name=name,
        number=number,
        bank_code=bank_code,
        added_at=at,
        added_by=by,
        usable_at=at + timedelta(hours=settings.COOLING_OFF_HOURS),
    )
    details = {"enterprise": enterprise.reference, "bank_code": bank_code}
    audit.record("settlement.payee_added", subject=payee.reference, by=by, at=at, details=details)
    return payee


@transaction.atomic(durable=True)
def rename_holder(reference: str) -> None:
    """Call an enterprise by its name of now in the books and among others' saved payees; done again, nothing changes.

    :param reference: the enterprise's.
    """
    enterprise = Enterprise.objects.locked().get(reference=reference)
    accounts = list(SettlementAccount.objects.filter(enterprise=enterprise))
    ledger.rename_customer_accounts([each.ledger_account_id for each in accounts], name=enterprise.legal_name)
    saved = Payee.objects.filter(bank_code="", number__in=[each.number for each in accounts])
    saved.update(name=enterprise.legal_name[:LONGEST_NAME])


def fault_outside(number: str, bank_code: str) -> type[Refusal] | None:
    """Tell why there can be no such account at another bank; none where there can."""
    if not NUMBER.fullmatch(number) or (LOOKS_LIKE_IBAN.match(number) and not iban.is_valid(number)):
        return PayeeNumberWrong
    if not banks.is_valid(bank_code):
        return BankCodeWrong
    return None if banks.agrees(bank_code, number) else BankOfAnotherCountry


def check_outside(number: str, bank_code: str) -> None:
    """Refuse what can be no account at another bank; an inner step.

    :raises PayeeNumberWrong, BankCodeWrong, BankOfAnotherCountry: see there.
    """
    if fault := fault_outside(number, bank_code):
        raise fault


class PayeeUnpayable(Refusal):
    """The payee was saved before its account or bank would have been refused."""

    code = "payee_unpayable"


def check_payable(payee: Payee) -> None:
    """Refuse to pay where no account can be, whenever it was saved; an inner step.

    :raises PayeeUnpayable: see there.
    """
    if not payee.is_inside and fault_outside(payee.number, payee.bank_code):
        raise PayeeUnpayable


class PayeeGone(Refusal):
    """The payee was removed."""

    code = "payee_gone"


@transaction.atomic(durable=True)
def remove_payee(payee: Payee, *, at: datetime, by: str) -> None:
    """Remove a payee; payments already made to it stay as they are.

    :raises PayeeGone: when it was removed before.
    """
    payee.refresh_from_db(from_queryset=Payee.objects.locked())
    if payee.removed_at:
        raise PayeeGone
    payee.removed_at, payee.removed_by = at, by
    payee.save(update_fields=["removed_at", "removed_by"])
    audit.record("settlement.payee_removed", subject=payee.reference, by=by, at=at)
