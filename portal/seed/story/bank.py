"""The bank while its year is told."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Final
from zoneinfo import ZoneInfo

from accounts.identity.models import Branch, User
from accounts.statements.parsing import ParsedStatement
from lending.products.models import LoanProduct

ZONE: Final = ZoneInfo("Asia/Shanghai")


@dataclass
class Story:
    """The bank while its year is told; ``today`` is the day it ends on."""

    today: date
    rng: Random
    say: Callable[[str], None]
    branches: dict[str, Branch] = field(default_factory=dict)
    staff: dict[str, User] = field(default_factory=dict)
    products: dict[str, LoanProduct] = field(default_factory=dict)
    statements: dict[int, ParsedStatement] = field(default_factory=dict)

    def moment(self, day: date, hour: int = 10) -> datetime:
        """Give a working hour of a day."""
        return datetime.combine(day, time(hour, self.rng.randrange(60)), tzinfo=ZONE)

    def noon(self, day: date) -> datetime:
        """Give noon of a day: for what should leave everything else as chance would have it."""
        return datetime.combine(day, time(12), tzinfo=ZONE)

    def days_ago(self, days: int) -> date:
        """Count back from the day the story ends on."""
        return self.today - timedelta(days=days)
