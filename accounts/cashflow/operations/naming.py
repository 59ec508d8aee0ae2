"""Whose a name on a statement or an invoice is, and whose an account."""

from collections.abc import Collection
from typing import Final

from accounts.cashflow.categories import counterparty_key
from accounts.cashflow.models import StatementImport
from accounts.cashflow.states import Status
from accounts.identity.models import Enterprise
from accounts.identity.queries import former_names_of
from accounts.settlement.models import SettlementAccount
from portal.core.fields import lookup_hash

SHORTEST_FORM: Final = 4  # a shorter piece of a name may be anybody's


def names_of(enterprise: Enterprise) -> frozenset[str]:
    """Give the names that stand for an enterprise, as ``counterparty_key`` writes them.

    They are its own and its people's: those of now, and those that other banks may still write.
    """
    people = enterprise.memberships.filter(ended_at=None).values_list("user__full_name", flat=True)
    former = former_names_of(enterprise).values_list("name", flat=True)
    return frozenset(counterparty_key(name) for name in (enterprise.legal_name, *people, *former)) - {""}


def accounts_of(enterprise: Enterprise) -> frozenset[str]:
    """Give the keys of an enterprise's accounts: those with the bank, and those of statements that were read."""
    read = StatementImport.objects.filter(enterprise=enterprise, status=Status.READ, is_foreign_holder=False)
    held = SettlementAccount.objects.filter(enterprise=enterprise).values_list("number", flat=True)
    return frozenset((*read.values_list("account_key", flat=True), *map(lookup_hash, held))) - {""}


def stand_for(name: str, own_keys: Collection[str]) -> bool:
    """Tell whether a name is one of these; a longer or shorter form of a name of ours is ours."""
    key = counterparty_key(name)
    return key in own_keys or any(_is_form_of(key, own) for own in own_keys)


def _is_form_of(one: str, two: str) -> bool:
    shorter, longer = sorted((one, two), key=len)
    return len(shorter) >= SHORTEST_FORM and shorter in longer
