"""What a line was for: by what a person said of it, otherwise by the rules."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from accounts.cashflow import queries
from accounts.cashflow.categories import is_flattering, likeness
from accounts.cashflow.models import BankTransaction, CategoryCorrection
from accounts.cashflow.operations.naming import accounts_of_each
from accounts.cashflow.parties import Parties
from accounts.cashflow.states import Category, Scope
from accounts.identity.models import Enterprise

Key = tuple[str, str, int]  # reach, key, way


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
        other = line.counterparty_account_key
        return other in self.accounts and (line.statement is None or other != line.statement.account_key)

    def apply(self, line: BankTransaction, *, by_rules: str) -> None:
        """Set the category of a line that is about to be recorded; what no rule knows may be between own accounts."""
        if by_rules == Category.UNKNOWN and self._is_between_own(line):
            by_rules = Category.OWN_TRANSFER
        correction = self.on(line)
        line.correction = correction
        line.category = correction.category if correction else by_rules
        line.is_flattered = bool(
            correction and not correction.is_by_staff and is_flattering(line.way, by_rules, correction.category)
        )
