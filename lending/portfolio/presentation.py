"""The book's figures as sections of text, charts and tables, which pages draw and commands print."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Final

from babel.dates import format_skeleton
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lending.credit import readable, reasons
from lending.credit.explanation import feature_of
from lending.portfolio import measures
from lending.portfolio.measures import Interval
from lending.portfolio.queries import Glance, Monitoring
from lending.portfolio.queries.book import AtRisk, Vintage
from lending.portfolio.queries.segments import Segment
from lending.portfolio.sections import Figure, Section, Table, loans
from lending.portfolio.showing_losses import of_losses
from portal.core import formats
from portal.core.charts import Chart

MOST_REASONS: Final = 12


def of_book(found: Glance) -> list[Section]:
    """Show the book at a glance."""
    parts = [_at_risk(found.at_risk, found.undrawn_amount), of_losses(found.losses)]
    return [*parts, _vintages(found.vintages), _funnel(found)]


def _at_risk(trend: list[AtRisk], undrawn_amount: Decimal) -> Section:
    last = trend[-1]
    labels = (_("1 day late or more"), _("30 days late or more"), _("90 days late or more"))
    figures = [
        Figure(
            _("Principal outstanding"),
            formats.money(last.open_amount, whole=True),
            loans(last.loans),
        ),
        *(
            Figure(label, formats.percent(share), formats.money(amount, whole=True))
            for label, share, amount in zip(labels, last.shares, last.amounts, strict=True)
        ),
        Figure(
            _("Rescheduled"),
            formats.money(last.rescheduled_amount, whole=True),
            loans(last.rescheduled_loans),
        ),
        Figure(_("Undrawn credit lines"), formats.money(undrawn_amount, whole=True), _("promised, as of now")),
    ]
    days = [formats.day(each.on) for each in trend]
    chart = Chart(
        _("Part of the book that is late"),
        "percent",
        [str(format_skeleton("MMM", each.on, locale=formats.locale())) for each in trend],
        [(label, [each.shares[place] or Decimal(0) for each in trend]) for place, label in enumerate(labels)],
    )
    rows = [
        (
            day,
            formats.money(each.open_amount, whole=True),
            *(formats.percent(share) for share in each.shares),
            formats.money(each.rescheduled_amount, whole=True),
        )
        for day, each in zip(days, trend, strict=True)
    ]
    text = _(
        "Open principal of loans of which something is late, as a part of all that is lent, at the end of the day."
    )
    table = Table(_("The book at risk"), (_("Day"), _("Principal outstanding"), *labels, _("Rescheduled")), rows)
    return Section(_("At risk"), text, figures, lines=[chart], tables=[table])


def _vintages(found: list[Vintage]) -> Section:
    columns = [_("After %(n)d months") % {"n": months} for months in (3, 6, 9, 12)]
    rows = [
        (
            _quarter(each),
            formats.number(each.loans),
            formats.money(each.amount, whole=True),
            *(formats.percent(share, 1) for share in each.late_shares),
        )
        for each in found
    ]
    text = _("Loans by the quarter of their payout: the part that had ever been 30 days late, once all were that old.")
    table = Table(_("Loans as they age"), (_("Quarter of payout"), _("Loans"), _("Amount"), *columns), rows)
    return Section(_("Vintages"), text, tables=[table] if rows else [])


def _quarter(each: Vintage) -> str:
    return str(format_skeleton("yQQQ", each.quarter, locale=formats.locale()))


def _funnel(found: Glance) -> Section:
    funnel = found.funnel
    steps = (
        (_("Applications begun"), funnel.begun),
        (_("Applications sent"), funnel.submitted),
        (_("Decided"), funnel.decided),
        (_("Offered"), funnel.offered),
        (_("Signed"), funnel.signed),
    )
    seconds = round(funnel.median_seconds or 0, 1)
    wait = ngettext("%(n)s second", "%(n)s seconds", 1 if seconds == 1 else 2) % {"n": formats.number(seconds)}
    figures = [
        Figure(_("Approved at once"), _part(funnel.approved_at_once, funnel.decided)),
        Figure(_("To a person"), _part(funnel.referred, funnel.decided)),
        Figure(_("Declined at once"), _part(funnel.declined_at_once, funnel.decided)),
        Figure(_("Half are answered within"), formats.NOTHING if funnel.median_seconds is None else wait),
    ]
    rows = [(name, formats.number(count), _part(count, funnel.begun)) for name, count in steps]
    table = Table(_("Applications begun in these days"), (_("Step"), _("Applications"), _("Of those begun")), rows)
    return Section(_("From question to loan"), "", figures, tables=[table] if funnel.begun else [])


def _part(part: int, whole: int) -> str:
    return formats.percent(Decimal(part) / whole, 1) if whole else formats.NOTHING


def of_monitoring(found: Monitoring, *, sections: Mapping[str, str], cards: Mapping[str, str]) -> list[Section]:
    """Show how judging does.

    :param sections: the names of the industry sections by letter.
    :param cards: the names of the scorecards by code.
    """
    return [
        _scores(found),
        _characteristics(found, cards),
        _outcomes(found),
        _people(found),
        _reasons(found),
        *_segments(found.segments, sections),
    ]


def _moved(index: float | None) -> tuple[str, str]:
    """Say in a word, and in a tone, how far a distribution moved."""
    if index is None:
        return _("nothing to compare with"), "neutral"
    if index < measures.WATCH:
        return _("stable"), "success"
    return (_("watch it"), "warning") if index < measures.MOVED else (_("moved"), "danger")


def _index(index: float | None) -> str:
    return formats.NOTHING if index is None else formats.number(round(index, 3))


def _scores(found: Monitoring) -> Section:
    scores = found.scores
    word, tone = _moved(scores.index)
    figures = [
        Figure(_("Stability index of the scores"), _index(scores.index), word, tone),
        Figure(_("Decisions"), formats.number(scores.now), _("in these days")),
        Figure(_("Decisions"), formats.number(scores.then), _("in the year before")),
    ]
    names = [_span(band.low, band.high) for band in scores.bands]
    then = [_share(band.then, scores.then) for band in scores.bands]
    now = [_share(band.now, scores.now) for band in scores.bands]
    chart = Chart(_("Cases by points"), "percent", names, [(_("The year before"), then), (_("These days"), now)])
    text = _(
        "The cases of the year before are cut into tenths by their points; an index below 0.10 is stable, from 0.25 on "
        "the applicants are others than those the scorecard knew."
    )
    return Section(_("Scores"), text, figures, bars=[chart] if scores.then and scores.now else [])


def _share(part: int, whole: int) -> Decimal:
    return Decimal(part) / whole if whole else Decimal(0)


def _span(low: int | None, high: int | None) -> str:
    if low is None:
        return _("all") if high is None else f"< {high}"
    return f"≥ {low}" if high is None else f"{low}–{high - 1}"


def _characteristics(found: Monitoring, cards: Mapping[str, str]) -> Section:
    """Show what moved; what stood still is folded away, and what has nothing to compare with is counted."""
    comparable = [(each, each.index) for each in found.characteristics if each.index is not None]
    rows = [
        (_name(each.feature), cards.get(each.scorecard, each.scorecard), _index(index), _moved(index)[0])
        for each, index in sorted(comparable, key=lambda pair: -pair[1])
    ]
    moving = sum(index >= measures.WATCH for _each, index in comparable)
    columns = (_("Figure"), _("Scorecard"), _("Stability index"), _("Reading"))
    tables = [Table(_("Figures by how far they moved"), columns, rows[:moving])] if moving else []
    if rows[moving:]:
        stable = _("Figures that stood still: %(n)s") % {"n": len(rows) - moving}
        tables.append(Table(stable, columns, rows[moving:], is_folded=True))
    text = _("Each figure that a scorecard reads, counted in the scorecard's own steps, the missing as one of them.")
    if rest := len(found.characteristics) - len(rows):
        alone = _("%(n)s have nothing to compare with: their scorecard decided nothing in the year before.")
        text = f"{text} {alone % {'n': formats.number(rest)}}"
    return Section(_("Figures"), text, tables=tables)


def _name(feature: str) -> str:
    name = str(feature_of(feature).name)
    return _("%(name)s, in its trade") % {"name": name} if feature_of(feature).code != feature else name


def _outcomes(found: Monitoring) -> Section:
    separation, early = found.separation, found.early_default
    figures = [Figure(_("Early default"), _rate(early.rate), _of_loans(early.late, early.loans))] if early.loans else []
    if separation:
        figures = [
            Figure(_("Gini"), _two(separation.gini), loans(separation.good + separation.bad)),
            Figure(_("Kolmogorov-Smirnov"), _two(separation.ks)),
            Figure(_("Area under the curve"), _two(separation.auc.value), _between(separation.auc)),
            *figures,
        ]
    columns = (_("Grade"), _("Loans"), _("Bad"), _("Expected"), _("Came"), _("95 percent interval"), _("Reading"))
    rows = [
        (
            each.grade,
            formats.number(each.loans),
            formats.number(each.bad),
            formats.percent(each.expected),
            formats.percent(each.observed.value),
            _between_rates(each.observed),
            _("as expected") if each.is_as_expected else _("not as expected"),
        )
        for each in found.grades
    ]
    chart = Chart(
        _("Bad loans by grade"),
        "percent",
        [each.grade for each in found.grades],
        [
            (_("Expected"), [each.expected for each in found.grades]),
            (_("Came"), [each.observed.value for each in found.grades]),
        ],
    )
    text = _(
        "A loan is bad when it was 90 days late within twelve months of its payout. Counted are the loans whose twelve "
        "months ended in these days. An early default is 30 days late within six months."
    )
    table = Table(_("What each grade promised, and what came"), columns, rows)
    return Section(_("Outcomes"), text, figures, bars=[chart] if rows else [], tables=[table] if rows else [])


def _of_loans(part: int, whole: int) -> str:
    return _("%(part)s of %(whole)s loans") % {"part": formats.number(part), "whole": formats.number(whole)}


def _two(value: float) -> str:
    return formats.number(round(value, 3))


def _rate(share: Interval | None) -> str:
    return formats.NOTHING if share is None else formats.percent(share.value)


def _between(share: Interval) -> str:
    return _("%(low)s to %(high)s") % {"low": _two(share.low), "high": _two(share.high)}


def _between_rates(share: Interval) -> str:
    return _("%(low)s to %(high)s") % {"low": formats.percent(share.low, 1), "high": formats.percent(share.high, 1)}


def _people(found: Monitoring) -> Section:
    told = found.overrides
    figures = [
        Figure(_("Against the machine"), _rate(told.rate)),
        Figure(_("Recommendations"), formats.number(told.recommendations)),
        Figure(_("For more"), formats.number(told.more), _("declined by grade, above the limit, or cheaper")),
        Figure(_("For less"), formats.number(told.less), _("declined where the grade approves")),
    ]
    return Section(_("People and the machine"), "", figures)


def _reasons(found: Monitoring) -> Section:
    told = found.reasons
    word, tone = _moved(told.index)
    rows = [
        (reasons.title(each.code), formats.number(each.now), _part(each.now, told.now), _part(each.then, told.then))
        for each in told.reasons[:MOST_REASONS]
    ]
    columns = (_("Reason"), _("Decisions"), _("These days"), _("The year before"))
    return Section(
        _("Reasons"),
        _("What decisions named; a decision names up to four."),
        [Figure(_("Stability index of the reasons"), _index(told.index), word, tone)],
        tables=[Table(_("The most frequent reasons"), columns, rows)] if rows else [],
    )


def _segments(found: Iterable[Segment], sections: Mapping[str, str]) -> list[Section]:
    titles = {"section": _("By industry"), "setting": _("Town and village"), "age": _("By age of the enterprise")}
    told = list(found)
    shown = []
    for kind, title in titles.items():
        mine = [each for each in told if each.kind == kind]
        if mine:
            errors = [_errors(mine, sections)] if any(each.loans for each in mine) else []
            shown.append(Section(title, _segment_text(), tables=[_approvals(mine, sections), *errors]))
    return shown


def _segment_text() -> str:
    return _(
        "Each segment beside all others of its kind. From 30 decisions on, a ratio of approvals below 0.8 is worth "
        "a look."
    )


def _approvals(segments: list[Segment], sections: Mapping[str, str]) -> Table:
    columns = (_("Segment"), _("Decisions"), _("Approved at once"), _("95 percent interval"), _("Ratio"), _("Reading"))
    rows = [
        (
            readable.segment(each.kind, each.value, sections),
            formats.number(each.decisions),
            _rate(each.approved),
            _between_rates(each.approved) if each.approved else formats.NOTHING,
            _index(each.approval_ratio),
            _("look why") if each.needs_look else formats.NOTHING,
        )
        for each in segments
    ]
    return Table(_("Approvals"), columns, rows)


def _errors(segments: list[Segment], sections: Mapping[str, str]) -> Table:
    columns = (
        _("Segment"),
        _("Loans"),
        _("Bad"),
        _("Expected"),
        _("Came"),
        _("Gap of expectation"),
        _("Gap of missed"),
        _("Gap of false alarms"),
        _("Gini"),
    )
    rows = [
        (
            readable.segment(each.kind, each.value, sections),
            formats.number(each.loans),
            formats.number(each.bad),
            formats.percent(each.expected),
            _rate(each.observed),
            _points(each.calibration_gap),
            _points(each.missed_gap),
            _points(each.false_alarm_gap),
            _two(each.separation.gini) if each.separation else formats.NOTHING,
        )
        for each in segments
    ]
    return Table(_("Errors, where loans have ended"), columns, rows)


def _points(gap: float | None) -> str:
    return formats.NOTHING if gap is None else formats.percent(gap, 1)
