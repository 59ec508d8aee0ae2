"""The five risk classes: what a loan's lateness, reschedulings and what a person found make of it. Pure.

The shipped rules are China's: days past due and reschedulings by the 商业银行金融资产风险分类办法, in force since
1 July 2023; rates by the 银行贷款损失准备计提指引 of 2002.
"""

import json
from collections import Counter
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cache
from operator import attrgetter
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.core.badges import Badge
from portal.core.money import contracted

SHIPPED: Final = Path(__file__).with_name("rules.json")


class RiskClass(models.IntegerChoices):
    """How likely it is that money is lost; the higher, the worse."""

    PASS = 1, pgettext_lazy("risk class", "Pass")
    SPECIAL_MENTION = 2, pgettext_lazy("risk class", "Special mention")
    SUBSTANDARD = 3, pgettext_lazy("risk class", "Substandard")
    DOUBTFUL = 4, pgettext_lazy("risk class", "Doubtful")
    LOSS = 5, pgettext_lazy("risk class", "Loss")

    @property
    def code(self) -> str:
        """Name it for machines."""
        return self.name.lower()

    @property
    def badge(self) -> Badge:
        """Show it in a word and a color."""
        tones = {RiskClass.PASS: "success", RiskClass.SPECIAL_MENTION: "warning"}
        return Badge(self.label, tones.get(self, "danger"))


class Basis(StrEnum):
    """What a class follows from."""

    DAYS = "days"
    RESCHEDULED = "rescheduled"
    JUDGED = "judged"


BASES: Final = {
    Basis.DAYS: _("days past due"),
    Basis.RESCHEDULED: _("rescheduled and observed"),
    Basis.JUDGED: _("what a person found"),
}


@dataclass(frozen=True, slots=True)
class Rules:
    """One edition of the rules; each tuple begins with the best class it tells of."""

    version: int
    in_force_from: date
    late_from_days: tuple[int, ...]  # past due: special mention, substandard, doubtful, loss
    observed_months: int  # from the first due date of a new schedule on
    rates: tuple[Decimal, ...]  # of open principal, all five classes

    @property
    def is_whole(self) -> bool:
        """Tell whether days count from one, rates are fractions, and a worse class begins later and asks for more."""
        are_in_order = all(list(row) == sorted(row) for row in (self.late_from_days, self.rates))
        return are_in_order and self.late_from_days[0] >= 1 and self.rates[0] >= 0 and self.rates[-1] <= 1

    @property
    def rows(self) -> list[tuple[Badge, int | None, Decimal]]:
        """List each class with the first day past due of it, and its rate."""
        return list(zip([each.badge for each in RiskClass], (None, *self.late_from_days), self.rates, strict=True))

    def rate(self, risk_class: RiskClass) -> Decimal:
        """Tell which part of the open principal the allowance asks for."""
        return self.rates[risk_class - 1]

    def allowance(self, risk_class: RiskClass, principal_amount: Decimal, currency: str) -> Decimal:
        """Tell what a loan of a class asks of the allowance."""
        return contracted(principal_amount * self.rate(risk_class), currency)


def by_days(days_past_due: int, rules: Rules) -> RiskClass:
    """Tell the best class that a loan so late may have."""
    return RiskClass(1 + sum(days_past_due >= first for first in rules.late_from_days))


def by_reschedulings(observed: int) -> RiskClass:
    """Tell the best class of a loan that is observed after so many reschedulings; again meanwhile is worse."""
    return RiskClass(1 + min(observed, 2))


def classify(days_past_due: int, observed: int, judged: RiskClass | None, rules: Rules) -> tuple[RiskClass, Basis]:
    """Tell the class of a loan and what it follows from: the worst counts, and of equals the first."""
    told = [
        (by_days(days_past_due, rules), Basis.DAYS),
        (by_reschedulings(observed), Basis.RESCHEDULED),
        (judged or RiskClass.PASS, Basis.JUDGED),
    ]
    return max(told, key=lambda each: each[0])


@cache
def editions() -> tuple[Rules, ...]:
    """Read the editions of the rules that stand in a file, oldest first: those from before the bank approved its own.

    :raises ValueError: when one is not whole, or its days or rates do not grow from class to class.
    """
    kept = json.loads(Path(settings.LOSS_RULES_FILE or SHIPPED).read_text(encoding="utf-8"))
    found = tuple(sorted(map(_edition, kept), key=lambda each: each.in_force_from))
    if not found:
        raise ValueError("it names no edition")
    versions = Counter(each.version for each in found)
    if twice := sorted(version for version, times in versions.items() if times > 1):
        raise ValueError(f"several editions have version {', '.join(map(str, twice))}; each has its own")
    return found


def _edition(told: dict[str, object]) -> Rules:
    days, rates = told["late_from_days"], told["rates"]
    assert isinstance(days, dict)
    assert isinstance(rates, dict)
    edition = Rules(
        version=int(str(told["version"])),
        in_force_from=date.fromisoformat(str(told["in_force_from"])),
        late_from_days=tuple(int(days[each.code]) for each in list(RiskClass)[1:]),
        observed_months=int(str(told["observed_months"])),
        rates=tuple(Decimal(rates[each.code]) for each in RiskClass),
    )
    if not edition.is_whole:
        raise ValueError(f"edition {edition.version}: days count from one, rates are fractions, a worse class has more")
    return edition


def rules_from_file(on: date) -> Rules:
    """Find the edition of the file in force on a day; before the first, it is the first."""
    begun = (each for each in editions() if each.in_force_from <= on)
    return max(begun, key=attrgetter("in_force_from"), default=editions()[0])
