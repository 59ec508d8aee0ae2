"""Questions to batches: what paying one would leave of the account and of the day's limit."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from accounts.ledger import queries as books
from accounts.settlement.models import PaymentBatch, PaymentBatchLine
from accounts.settlement.queries import paid_on, rules_of
from portal.core.money import rounded


@dataclass(frozen=True)
class Effect:
    """What is there before a batch is paid, and what would be left."""

    available_amount: Decimal
    limit_amount: Decimal
    payable_amount: Decimal
    unpayable_amount: Decimal

    @property
    def available_after(self) -> Decimal:
        """What the account could still pay."""
        return self.available_amount - self.payable_amount

    @property
    def limit_after(self) -> Decimal:
        """What the day's limit would still let out."""
        return self.limit_amount - self.payable_amount


def effect_of(batch: PaymentBatch, lines: Iterable[PaymentBatchLine], *, on: date, at: datetime) -> Effect:
    """Tell what paying a batch now would do, and what of it cannot be paid, by its lines as they were judged."""
    payable = sum((line.due for line in lines if not line.problem_code), Decimal(0))
    account = batch.settlement_account
    limit = rules_of(account.enterprise, at=at).daily_limit_amount - paid_on(account.enterprise, account.currency, on)
    figures = (books.available_balance(account.ledger_account), limit, payable, batch.total_amount - payable)
    return Effect(*(rounded(figure, account.currency) for figure in figures))
