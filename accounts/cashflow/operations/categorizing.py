"""What a line was for: by what a person said of it, otherwise by the rules."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from accounts.cashflow import queries
from accounts.cashflow.categories import BANK, NOBODY, is_flattering, likeness, party
from accounts.cashflow.models import BankTransaction, CategoryCorrection
from accounts.cashflow.operations.naming import accounts_of_each
from accounts.cashflow.parties import Parties, numbers_in
from accounts.cashflow.states import Category, Scope
from accounts.identity.models import Enterprise
from portal.core.fields import lookup_hash

Key = tuple[str, str, int]  # reach, key, way
# What a bank books against an account of its holder.
_WITHIN_BANK: Final = frozenset({Category.LOAN_PROCEEDS, Category.LOAN_REPAYMENT, Category.FEE, Category.INTEREST})


@dataclass(frozen=True)
class Corrections:
    """What people said about an enterprise's payments, the newest word on each key; whose they are; its accounts."""

    enterprise: Enterprise
    standing: dict[Key, CategoryCorrection]
    accounts: frozenset[str]
    fresh: tuple[BankTransaction, ...] = ()

    @classmethod
    def of(cls, enterprise: Enterprise, fresh: Iterable[BankTransaction] = ()) -> "Corrections":
        """Fetch them; the lock on the enterprise keeps them as they are. ``fresh`` lines are about to be recorded."""
        return cls.of_each({enterprise: fresh})[enterprise.pk]

    @classmethod
    def of_each(cls, fresh: Mapping[Enterprise, Iterable[BankTransaction]]) -> dict[int, "Corrections"]:
        """Fetch those of each of some enterprises, as ``of`` does."""
        standing: defaultdict[int, dict[Key, CategoryCorrection]] = defaultdict(dict)
        for row in CategoryCorrection.objects.filter(enterprise__in=fresh).order_by("pk"):
            standing[row.enterprise_id][row.scope, row.key, row.way] = row
        accounts = accounts_of_each([each.pk for each in fresh])
        return {each.pk: cls(each, standing[each.pk], accounts[each.pk], tuple(rows)) for each, rows in fresh.items()}

    @cached_property
    def parties(self) -> Parties:
        """Whose the payments are; asked only where somebody said something, for it reads all of them."""
        return queries.parties_of(self.enterprise, self.fresh)

    def on(self, line: BankTransaction) -> CategoryCorrection | None:
        """Find the word on a line: about this payment, otherwise about payments like it."""
        for scope in (Scope.LINE, Scope.COUNTERPARTY) if self.standing else ():
            for key in self._keys_of(line, scope):
                if found := self.standing.get((scope, key, line.way)):
                    return found
        return None

    def key_of(self, line: BankTransaction, scope: Any) -> str:
        """Give the key by which a correction finds a line again; empty where nothing tells it apart from others."""
        return next(self._keys_of(line, scope), "")

    def _keys_of(self, line: BankTransaction, scope: Any) -> Iterator[str]:
        """Give that key, then the name: what was said before the number was known, is said of the name."""
        if scope == Scope.LINE:
            yield line.fingerprint
            return
        party = self.parties.of(line.counterparty_account_key, line.counterparty_key)
        yield from filter(None, (likeness(party, line.description), line.counterparty_key))

    def _is_between_own(self, line: BankTransaction) -> bool:
        own = line.statement.account_key if line.statement else ""
        others = self.accounts - {own}
        if line.counterparty_account_key:
            return line.counterparty_account_key in others
        if not own or not others or party(line.counterparty_name)[0] not in {NOBODY, BANK}:
            return False
        return not others.isdisjoint(map(lookup_hash, numbers_in(line.description)))

    def apply(self, line: BankTransaction, *, by_rules: str) -> None:
        """Set the category of a line that is about to be recorded; a number of its own tells better than words."""
        if by_rules not in _WITHIN_BANK and self._is_between_own(line):
            by_rules = Category.OWN_TRANSFER
        correction = self.on(line)
        line.correction = correction
        line.category = correction.category if correction else by_rules
        line.is_flattered = bool(
            correction and not correction.is_by_staff and is_flattering(line.way, by_rules, correction.category)
        )
