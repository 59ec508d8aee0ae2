"""Finding a customer by an account's number."""

from django.db.models import Q

from accounts.settlement import numbers
from accounts.settlement.models import SettlementAccount


def found_by_account(asked: str) -> Q:
    """Tell which enterprises have the account of a number, an IBAN or a reference."""
    number = numbers.bare(asked)
    named = Q(reference__iexact=asked)
    if number:  # an account without an IBAN keeps an empty one
        named |= Q(number=number) | Q(iban=number)
    return Q(pk__in=SettlementAccount.objects.filter(named).values("enterprise"))
