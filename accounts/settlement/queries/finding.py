"""Finding a customer by an account's number, and a customer's accounts."""

from collections.abc import Iterator
from datetime import date

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.identity.models import Enterprise, User
from accounts.identity.queries import Dealing, Kind, offer_telling
from accounts.settlement import numbers
from accounts.settlement.models import SettlementAccount


def found_by_account(asked: str) -> Q:
    """Tell which enterprises have the account of a number, an IBAN or a reference."""
    number = numbers.bare(asked)
    named = Q(reference__iexact=asked)
    if number:  # an account without an IBAN keeps an empty one
        named |= Q(number=number) | Q(iban=number)
    return Q(pk__in=SettlementAccount.objects.filter(named).values("enterprise"))


def _told(enterprise: Enterprise, user: User, _on: date) -> Iterator[Dealing]:
    seen = SettlementAccount.objects.visible_to(user).filter(enterprise=enterprise)
    for account in seen.with_balances().order_by("-pk"):
        yield Dealing(account.reference, account.grouped_number, account.balance, account.currency, account.state)


offer_telling(Kind(_("Settlement accounts"), "settlement:list", "settlement:account", _told))
