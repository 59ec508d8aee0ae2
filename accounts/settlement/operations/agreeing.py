"""Who must agree to what an enterprise pays, and whom it may pay."""

from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from accounts.identity.models import Enterprise, MembershipRole
from accounts.settlement import queries
from accounts.settlement.models import Payee, PaymentRules, SettlementAccount
from accounts.settlement.operations.cash import SamePerson
from accounts.settlement.operations.payees import PayeeGone, check_payable
from portal.core.formats import moment
from portal.core.refusals import Refusal, register

register(
    {
        "payee_cools_off": _("This payee is new. You can pay from %(from)s on."),
        "payee_of_another": _("Choose one of your own payees."),
        "owner_confirms": _("Only an owner can confirm what a manager prepared."),
    }
)


class PayeeCoolsOff(Refusal):
    """The payee is too new to be paid."""

    code = "payee_cools_off"


class PayeeOfAnother(Refusal):
    """The payee belongs to another enterprise than the account."""

    code = "payee_of_another"


def needs_second(enterprise: Enterprise, amount: Decimal | None, *, rules: PaymentRules, by: str) -> bool:
    """Tell whether a second person must agree to what a person makes; no amount is one that nobody knows yet."""
    return queries.role_of(enterprise, by) == MembershipRole.MANAGER or rules.is_large(amount)


def check_payee(account: SettlementAccount, payee: Payee, *, at: datetime) -> None:
    """Refuse a payee that cannot be paid from an account; an inner step.

    :raises PayeeOfAnother, PayeeGone, PayeeUnpayable, PayeeCoolsOff: see there.
    """
    if payee.enterprise_id != account.enterprise_id:
        raise PayeeOfAnother
    if payee.removed_at:
        raise PayeeGone
    check_payable(payee)
    if payee.usable_at > at:
        raise PayeeCoolsOff(**{"from": moment(payee.usable_at)})


class OwnerConfirms(Refusal):
    """What a manager prepared, only an owner confirms."""

    code = "owner_confirms"


def check_second(enterprise: Enterprise, *, made_by: str, by: str) -> None:
    """Refuse a second person who may not agree to what the first made; an inner step.

    :raises SamePerson, OwnerConfirms: see there.
    """
    if by == made_by:
        raise SamePerson
    maker, checker = (queries.role_of(enterprise, person) for person in (made_by, by))
    if not checker or MembershipRole.OWNER not in {maker, checker}:
        raise OwnerConfirms
