"""What a line was for: by what a person said of it, otherwise by the rules."""

from dataclasses import dataclass
from typing import Any

from accounts.cashflow.categories import is_flattering, likeness
from accounts.cashflow.models import BankTransaction, CategoryCorrection
from accounts.cashflow.states import Scope
from accounts.identity.models import Enterprise

Key = tuple[str, str, int]  # reach, key, way


@dataclass(frozen=True)
class Corrections:
    """What people said about an enterprise's payments: the newest word on each key."""

    standing: dict[Key, CategoryCorrection]

    @classmethod
    def of(cls, enterprise: Enterprise) -> "Corrections":
        """Fetch them; the lock on the enterprise keeps them as they are."""
        rows = CategoryCorrection.objects.filter(enterprise=enterprise).order_by("pk")
        return cls({(row.scope, row.key, row.way): row for row in rows})

    def on(self, line: BankTransaction) -> CategoryCorrection | None:
        """Find the word on a line: about this payment, otherwise about payments like it."""
        for scope in (Scope.LINE, Scope.COUNTERPARTY):
            key = key_of(line, scope)
            if key and (found := self.standing.get((scope, key, line.way))):
                return found
        return None

    def apply(self, line: BankTransaction, *, by_rules: str) -> None:
        """Set the category of a line that is about to be recorded."""
        correction = self.on(line)
        line.correction = correction
        line.category = correction.category if correction else by_rules
        line.is_flattered = bool(
            correction and not correction.is_by_staff and is_flattering(line.way, by_rules, correction.category)
        )


def key_of(line: BankTransaction, scope: Any) -> str:
    """Give the key by which a correction finds a line again; empty where nothing tells it apart from others."""
    if scope == Scope.LINE:
        return line.fingerprint
    return likeness(line.counterparty_key, line.description)
