"""Whose a name on a statement or an invoice is, and whose an account."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Final

from accounts.cashflow.categories import counterparty_key
from accounts.cashflow.models import StatementImport
from accounts.cashflow.states import Status
from accounts.identity.models import Enterprise, FormerName, Membership
from accounts.settlement.models import SettlementAccount
from portal.core.fields import lookup_hash

SHORTEST_FORM: Final = 4  # a shorter piece of a name may be anybody's


def names_of(enterprise: Enterprise) -> frozenset[str]:
    """Give the names that stand for an enterprise, as ``counterparty_key`` writes them.

    They are its own and its people's: those of now, and those that other banks may still write.
    """
    return names_of_each([enterprise])[enterprise.pk]


def names_of_each(enterprises: Sequence[Enterprise]) -> dict[int, frozenset[str]]:
    """Give for each of some enterprises the names that stand for it."""
    names = {each.pk: {counterparty_key(each.legal_name)} for each in enterprises}
    former = FormerName.objects.filter(enterprise__in=names).values_list("enterprise_id", "name")
    people = Membership.objects.acting().filter(enterprise__in=names)
    now = people.values_list("enterprise_id", "user__full_name")
    once = people.filter(user__former_names__isnull=False).values_list("enterprise_id", "user__former_names__name")
    for pk, name in (*former, *now, *once):
        names[pk].add(counterparty_key(name))
    return {pk: frozenset(told - {""}) for pk, told in names.items()}


def accounts_of_each(enterprises: Collection[int]) -> dict[int, frozenset[str]]:
    """Give the keys of each enterprise's accounts: those with the bank, and those of statements that were read."""
    keys: defaultdict[int, set[str]] = defaultdict(set)
    read = StatementImport.objects.filter(enterprise__in=enterprises, status=Status.READ, is_foreign_holder=False)
    for pk, key in read.values_list("enterprise_id", "account_key"):
        keys[pk].add(key)
    held = SettlementAccount.objects.filter(enterprise__in=enterprises)
    for pk, number in held.values_list("enterprise_id", "number"):
        keys[pk].add(lookup_hash(number))
    return {pk: frozenset(keys[pk] - {""}) for pk in enterprises}


def stand_for(name: str, own_keys: Collection[str]) -> bool:
    """Tell whether a name is one of these; a longer or shorter form of a name of ours is ours."""
    key = counterparty_key(name)
    return key in own_keys or any(_is_form_of(key, own) for own in own_keys)


def _is_form_of(one: str, two: str) -> bool:
    shorter, longer = sorted((one, two), key=len)
    return len(shorter) >= SHORTEST_FORM and shorter in longer
