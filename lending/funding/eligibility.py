"""Whether a program suits an enterprise, and if not, what is missing: from data alone.

What is not known is said to be unknown. It never counts as met, so nothing fits that might not.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final

from portal.core.dates import add_months


class Criterion(StrEnum):
    """What a program may ask of an enterprise."""

    INDUSTRY = "industry"
    SETTING = "setting"
    SIZE = "size"
    AGE = "age"
    GROWER = "grower"
    AMOUNT = "amount"
    PURPOSE = "purpose"


class Answer(StrEnum):
    """Whether an enterprise is what a program asks for."""

    MET = "met"
    UNMET = "unmet"
    UNKNOWN = "unknown"


ANSWERS: Final = {True: Answer.MET, False: Answer.UNMET, None: Answer.UNKNOWN}


class Fit(StrEnum):
    """How well a program suits an enterprise."""

    FITS = "fits"
    UNSURE = "unsure"  # as far as it is known
    NEARLY = "nearly"
    NOT = "not"


# What an enterprise can wait for or choose otherwise; any other miss means that the program is not for it.
BRIDGEABLE: Final = frozenset({Criterion.SETTING, Criterion.AGE, Criterion.AMOUNT})


@dataclass(frozen=True)
class Rules:
    """Whom a program is for; what is empty asks for nothing. Ages in whole months, amounts in the bank's currency."""

    min_amount: Decimal
    max_amount: Decimal
    industries: tuple[str, ...] = ()  # ISIC codes of any level; each stands for all below it
    setting: str = ""
    sizes: tuple[str, ...] = ()
    min_age_months: int | None = None
    max_age_months: int | None = None
    is_grower: bool | None = None
    purposes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Facts:
    """What is known of an enterprise and of what it wants; None is not known."""

    section: str | None = None
    industry: str | None = None
    setting: str | None = None
    size: str | None = None
    founded_on: date | None = None
    is_grower: bool | None = None
    amount: Decimal | None = None
    purpose: str | None = None


@dataclass(frozen=True)
class Finding:
    """What was found of one criterion; from which day on it is met, where waiting is all that is missing."""

    criterion: Criterion
    answer: Answer
    met_from: date | None = None


@dataclass(frozen=True)
class Judgment:
    """Everything that was found of a program and an enterprise."""

    findings: tuple[Finding, ...]

    def of(self, answer: Answer) -> list[Finding]:
        """Pick the findings with an answer."""
        return [each for each in self.findings if each.answer == answer]

    @property
    def fit(self) -> Fit:
        """Tell how well it suits."""
        missing = self.of(Answer.UNMET)
        if any(each.criterion not in BRIDGEABLE for each in missing) or any(map(_is_over, missing)):
            return Fit.NOT
        if missing:
            return Fit.NEARLY
        return Fit.UNSURE if self.of(Answer.UNKNOWN) else Fit.FITS


def judge(rules: Rules, facts: Facts, *, on: date) -> Judgment:
    """Hold an enterprise against what a program asks for on a day."""
    return Judgment(tuple(_findings(rules, facts, on)))


def _findings(rules: Rules, facts: Facts, on: date) -> Iterator[Finding]:
    if rules.industries:
        yield _finding(Criterion.INDUSTRY, _is_below(facts, rules.industries))
    if rules.setting:
        yield _finding(Criterion.SETTING, _among(facts.setting, (rules.setting,)))
    if rules.sizes:
        yield _finding(Criterion.SIZE, _among(facts.size, rules.sizes))
    if rules.min_age_months is not None or rules.max_age_months is not None:
        yield _age(rules, facts.founded_on, on)
    if rules.is_grower is not None:
        yield _finding(Criterion.GROWER, None if facts.is_grower is None else facts.is_grower == rules.is_grower)
    within = None if facts.amount is None else rules.min_amount <= facts.amount <= rules.max_amount
    yield _finding(Criterion.AMOUNT, within)
    if rules.purposes:
        yield _finding(Criterion.PURPOSE, _among(facts.purpose, rules.purposes))


def _finding(criterion: Criterion, met: bool | None) -> Finding:  # noqa: FBT001 - what was found, not a switch
    return Finding(criterion, ANSWERS[met])


def _among(fact: str | None, wanted: tuple[str, ...]) -> bool | None:
    return None if fact is None else fact in wanted


def _is_below(facts: Facts, industries: tuple[str, ...]) -> bool | None:
    """Tell whether a trade is one of these or below one: a section by its letter, the others by their first digits."""
    if facts.industry is None or facts.section is None:
        return None
    return any(code == facts.section or facts.industry.startswith(code) for code in industries)


def _age(rules: Rules, founded_on: date | None, on: date) -> Finding:
    if founded_on is None:
        return Finding(Criterion.AGE, Answer.UNKNOWN)
    first = founded_on if rules.min_age_months is None else add_months(founded_on, rules.min_age_months)
    if on < first:
        return Finding(Criterion.AGE, Answer.UNMET, met_from=first)
    is_over = rules.max_age_months is not None and on > add_months(founded_on, rules.max_age_months)
    return Finding(Criterion.AGE, Answer.UNMET if is_over else Answer.MET)


def _is_over(finding: Finding) -> bool:
    """Tell whether an enterprise is too old: no waiting helps."""
    return finding.criterion == Criterion.AGE and finding.met_from is None
