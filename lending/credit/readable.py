"""Scorecards, policies and standards as tables that a person reads."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any, Final

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.identity.models import Industry, Setting
from lending.credit import model_card as cards
from lending.credit import policy, reasons, scorecards
from lending.credit.explanation import feature_of
from lending.credit.features import Family
from lending.credit.models import IndustryStandard, RuleSet, RuleStatus, Scorecard
from lending.credit.verdicts import Outcome, Reason
from portal.core import formats

_STEP: Final = 40


@dataclass(frozen=True, slots=True)
class BinRow:
    """From where to where, and what it gives."""

    span: str
    points: int


@dataclass(frozen=True, slots=True)
class CharacteristicRow:
    """One characteristic of a scorecard."""

    name: str
    meaning: str
    family: str
    bins: list[BinRow]
    reference: int

    @property
    def reach(self) -> str:
        """The fewest points that it gives and the most."""
        points = [each.points for each in self.bins]
        words = {"fewest": formats.number(min(points)), "most": formats.number(max(points))}
        return _("%(fewest)s to %(most)s") % words


@dataclass(frozen=True, slots=True)
class RuleRow:
    """One rule of a policy: what it reads, what it asks for, and what an applicant is told when it is broken."""

    name: str
    test: str
    told: str


@dataclass(frozen=True, slots=True)
class GradeRow:
    """One grade of a policy."""

    grade: str
    probability: str
    outcome: str
    inflow_months: str
    coverage: str
    price: str


@dataclass(frozen=True, slots=True)
class StandardRow:
    """How a feature is spread over a trade."""

    industry: str
    name: str
    values: list[str]
    n: int


def names(codes: Iterable[str]) -> list[str]:
    """Name features."""
    return [str(feature_of(code).name) for code in codes]


def characteristics(table: Mapping[str, Any]) -> list[CharacteristicRow]:
    """Write each characteristic with the span of each of its bins, family by family."""
    rows = []
    for each in table["characteristics"]:
        feature = feature_of(each["feature"])
        bins = [*_bins(each), BinRow(_("Not known"), each["missing"])]
        family = str(Family(feature.family).label)
        rows.append(CharacteristicRow(str(feature.name), str(feature.meaning), family, bins, each["reference"]))
    order = [str(family.label) for family in Family]
    return sorted(rows, key=lambda row: order.index(row.family))


def _bins(characteristic: Mapping[str, Any]) -> Iterable[BinRow]:
    code, bins = characteristic["feature"], characteristic["bins"]
    bounds = [None, *(each.get("below") for each in bins)]
    for (low, high), each in zip(pairwise(bounds), bins, strict=True):
        yield BinRow(_span(code, low, high), each["points"])


def _span(code: str, low: Any, high: Any) -> str:
    words = {"low": reasons.figure(code, low), "high": reasons.figure(code, high)}
    if low is None and high is None:
        return _("Any figure")
    if low is None:
        return _("Less than %(high)s") % words
    if high is None:
        return _("%(low)s or more") % words
    return _("%(low)s to less than %(high)s") % words


def probabilities(table: Mapping[str, Any]) -> list[tuple[int, str]]:
    """Tell what points mean, from three steps below the link's points to three above."""
    middle = table["link"]["points"]
    marks = [middle + _STEP * step for step in range(-3, 4)]
    return [(points, formats.percent(scorecards.probability_of_default(table, points))) for points in marks]


def rules(given: Iterable[Mapping[str, Any]], *, late_months: int | None = None) -> list[RuleRow]:
    """Write each rule with what it asks for; `late_months` are the policy's."""
    rows = []
    for rule in given:
        name = rule.get("fact") or rule["feature"]
        rows.append(
            RuleRow(
                reasons.input_name(name), _test(rule, name), reasons.rule_sentence(rule, name, late_months=late_months)
            )
        )
    return rows


def _test(rule: Mapping[str, Any], name: str) -> str:
    if "is" in rule:
        return _("Yes") if rule["is"] else _("No")
    if "includes" in rule:
        return str(rule["includes"])
    if "at_least" in rule:
        return _("%(bound)s or more") % {"bound": reasons.input_figure(name, rule["at_least"])}
    return _("%(bound)s or less") % {"bound": reasons.input_figure(name, rule["at_most"])}


def can_be_said(rule: Mapping[str, Any]) -> bool:
    """Tell whether every sentence of a policy's rule finds the figures that it tells."""
    name = rule.get("fact") or rule["feature"]
    bound = next(rule[test] for test in policy.TESTS if test in rule)
    told = {} if rule.get("silent") else {"input": name, "value": bound, "bound": bound}
    try:
        reasons.sentence(Reason(rule["code"], told))
        reasons.sentence(Reason(rule.get("unseen", rule["code"]), {} if "unseen" in rule else told))
        reasons.rule_sentence(rule, name)
    except (LookupError, ArithmeticError, TypeError, ValueError):
        return False
    return True


def outcome(said: Outcome) -> str:
    """Name what judging says."""
    named = {
        Outcome.APPROVED: _("Approved"),
        Outcome.REFERRED: _("A person decides"),
        Outcome.DECLINED: _("Declined"),
    }
    return named[said]


def grades(table: Mapping[str, Any]) -> list[GradeRow]:
    """Write each grade with the probability that bounds it."""
    rows = []
    for each in table["grades"]:
        bound, price = each.get("pd_below"), each.get("price")
        rows.append(
            GradeRow(
                grade=each["grade"],
                probability=_("less than %(high)s") % {"high": formats.percent(Decimal(bound))}
                if bound
                else _("above"),
                outcome=outcome(Outcome(each["outcome"])),
                inflow_months=str(each.get("inflow_months", formats.NOTHING)),
                coverage=str(each.get("coverage", formats.NOTHING)),
                price=formats.percent(Decimal(price), 0) if price is not None else formats.NOTHING,
            )
        )
    return rows


def spreads(standards: Iterable[IndustryStandard], *, names: Mapping[str, str]) -> list[StandardRow]:
    """Write the percentiles of each standard; `names` are the trades' names by code."""
    rows = []
    for each in standards:
        values = [reasons.figure(each.feature, each.percentiles[step]) for step in ("10", "25", "50", "75", "90")]
        industry = _("All trades") if each.industry == IndustryStandard.ALL else names.get(each.industry, each.industry)
        rows.append(StandardRow(industry, str(feature_of(each.feature).name), values, each.n))
    return rows


@dataclass(frozen=True, slots=True)
class ContributionRow:
    """What one figure gave a score, beside what it gives a sound enterprise."""

    name: str
    value: str
    span: str
    points: int
    reference: int
    difference: int


@dataclass(frozen=True, slots=True)
class Explanation:
    """A score taken apart: base points and the points of all rows are the score."""

    base_points: int
    rows: list[ContributionRow]
    points: int
    reference_points: int

    @property
    def difference(self) -> int:
        """How far the score lies from a sound enterprise's."""
        return self.points - self.reference_points


def explanation_of(table: Mapping[str, Any], features: Mapping[str, Any]) -> Explanation:
    """Take the score of these figures apart, in the order of the scorecard."""
    score = scorecards.score(table, features)
    rows = [
        ContributionRow(
            name=str(feature_of(each.feature).name),
            value=reasons.figure(each.feature, each.value) if each.value is not None else _("Not known"),
            span=_span_of(characteristic, each.value),
            points=each.points,
            reference=each.reference,
            difference=each.points - each.reference,
        )
        for characteristic, each in zip(table["characteristics"], score.contributions, strict=True)
    ]
    reference_points = score.base_points + sum(row.reference for row in rows)
    assert score.base_points + sum(row.points for row in rows) == score.points, "an explanation adds up exactly"
    return Explanation(score.base_points, rows, score.points, reference_points)


def _span_of(characteristic: Mapping[str, Any], value: Any) -> str:
    place = scorecards.place_of(characteristic, value)
    return _("Not known") if place is None else [*_bins(characteristic)][place].span


@dataclass(frozen=True, slots=True)
class CardLine:
    """How well a scorecard did on a segment, in words."""

    name: str
    rows: int
    bad: int
    measures: list[str]


@dataclass(frozen=True, slots=True)
class ShownCard:
    """A model card, ready to be read."""

    texts: list[tuple[str, str]]
    has_expired: bool
    measures: list[str]
    lines: list[CardLine]


def model_card(card: Mapping[str, Any], *, in_force_from: date | None, on: date) -> ShownCard:
    """Write a model card in the reader's language."""
    language = "zh_hans" if (get_language() or "en").startswith("zh") else "en"
    read = cards.read(card, language=language, in_force_from=in_force_from)
    titles = {
        "purpose": _("What it is for"),
        "data": _("Learned from"),
        "target": _("What it tells"),
        "exclusions": _("What it leaves out"),
        "limits": _("Its limits"),
        "owner": _("Who answers for it"),
    }
    not_stated = _("Not stated")
    texts = [(title, read.texts[name] or not_stated) for name, title in titles.items()]
    texts.insert(2, (_("Period"), _period(read) or not_stated))
    texts.append((_("To be looked at again by"), formats.day(read.expires_on) if read.expires_on else not_stated))
    names = {
        "auc": _("Area under the curve"),
        "gini": _("Gini"),
        "ks": _("Kolmogorov-Smirnov"),
        "brier": _("Brier score"),
    }
    sections = section_names() if any(each.kind == "section" for each in read.lines) else {}
    lines = [
        CardLine(_line_name(each, sections), each.rows, each.bad, [_measure(each.measures.get(name)) for name in names])
        for each in read.lines
    ]
    return ShownCard(texts, read.has_expired(on), list(names.values()), lines)


def _period(card: cards.ModelCard) -> str:
    if not card.first or not card.last:
        return ""
    days = [card.first] if card.first == card.last else [card.first, card.last]
    return " – ".join(formats.day(day) for day in days)


@dataclass(frozen=True, slots=True)
class Review:
    """By when a scorecard that decides should be looked at again, and whether that day has passed."""

    on: date
    is_late: bool


def review_of(card: Scorecard, *, on: date) -> Review | None:
    """Tell by when a scorecard should be looked at again; none where it does not decide or no day is stated."""
    if card.status != RuleStatus.ACTIVE:
        return None
    read = cards.read(card.card, language="en", in_force_from=card.activated_on)
    return Review(read.expires_on, read.has_expired(on)) if read.expires_on else None


def section_names() -> dict[str, str]:
    """Name the sections of the industry classification in the reader's language."""
    return {each.code: str(each) for each in Industry.objects.filter(parent=None)}


def _line_name(line: cards.Line, sections: Mapping[str, str]) -> str:
    return f"{segment_kind(line.kind)}: {segment(line.kind, line.value, sections)}" if line.kind else _("All")


def segment_kind(kind: str) -> str:
    """Name what enterprises are told apart by; what a study brought in beside the usual keeps its own name."""
    kinds = {"section": _("Industry"), "setting": _("Town or village"), "age": _("Age of the enterprise")}
    return kinds.get(kind, kind)


def segment(kind: str, value: str, sections: Mapping[str, str]) -> str:
    """Name a segment in the reader's language; `sections` are the names of the industry sections by letter."""
    ages = {
        "under_1": _("under 1 year"),
        "1_to_3": _("1 to 3 years"),
        "3_to_10": _("3 to 10 years"),
        "over_10": _("over 10 years"),
    }
    settings = {each.value: str(each.label) for each in Setting}
    names = {"age": ages, "setting": settings, "section": sections}
    return names.get(kind, {}).get(value, value)


def _measure(measure: cards.Measure | None) -> str:
    if measure is None:
        return formats.NOTHING
    value = formats.number(round(measure.value, 3))
    if measure.low is None or measure.high is None:
        return value
    ends = {"low": formats.number(round(measure.low, 3)), "high": formats.number(round(measure.high, 3))}
    between = _("%(low)s to %(high)s") % ends
    return value + formats.aside(between)


def approvals(rules: RuleSet, *, names: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """Tell who did what with a set of rules, and when; `names` are people's by reference."""
    told = [(_("Proposed by"), names.get(rules.proposed_by, rules.proposed_by), formats.moment(rules.proposed_at))]
    if rules.approved_by:
        approver = names.get(rules.approved_by, rules.approved_by)
        told.append((_("Approved by"), approver, formats.moment(rules.approved_at)))
    if rules.activated_on:
        told.append((_("In force from"), "", formats.day(rules.activated_on)))
    if rules.retired_on:
        told.append((_("Until"), "", formats.day(rules.retired_on)))
    return told
