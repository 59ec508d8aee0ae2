"""What a month holds before it is closed: whether it balances, and what is unfinished in it."""

from dataclasses import dataclass
from datetime import date

from accounts.ledger import loose_ends
from accounts.ledger.models import BookCheck, JournalEntry, MonthClosing
from accounts.ledger.queries.balances import closed_up_to, currencies
from accounts.ledger.queries.checks import last_check
from accounts.ledger.queries.statements import TrialBalance, trial_balance
from accounts.ledger.states import ClosingStatus


@dataclass(frozen=True)
class ClosingPreview:
    """What closing would close for good: from the day after the last closed month, if there is one."""

    last_date: date
    closed_before: date | None
    entry_count: int
    trials: list[TrialBalance]
    unsealed_count: int
    check: BookCheck | None
    loose_ends: list[tuple[str, int]]

    @property
    def balances(self) -> bool:
        """Tell whether debits and credits are equal in every currency."""
        return all(trial.balances for trial in self.trials)


def trial_balances(on: date) -> list[TrialBalance]:
    """Sum the accounts of every currency at the end of a day."""
    return [trial_balance(on, currency=currency) for currency in currencies()]


def closing_preview(last_date: date) -> ClosingPreview:
    """Look at what closing the books up to a day would close."""
    before = closed_up_to()
    entries = JournalEntry.objects.filter(effective_date__lte=last_date)
    if before:
        entries = entries.filter(effective_date__gt=before)
    return ClosingPreview(
        last_date=last_date,
        closed_before=before,
        entry_count=entries.count(),
        trials=trial_balances(last_date),
        unsealed_count=entries.filter(seal=None).count(),
        check=last_check(),
        loose_ends=loose_ends.up_to(last_date),
    )


def closing_that_waits() -> MonthClosing | None:
    """Find the closing that waits for a second person."""
    return MonthClosing.objects.filter(status=ClosingStatus.WAITING).first()
