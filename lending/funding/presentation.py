"""What the pages of other funds show: finished rows, in the reader's language."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from accounts.identity.models import SIZE_LABELS, Enterprise, Industry, Setting
from accounts.identity.size import SizeClass
from lending.applications.models import Purpose
from lending.funding import queries, sharing
from lending.funding.eligibility import Answer, Criterion, Finding, Fit
from lending.funding.models import FundingProgram, Introduction
from lending.funding.sharing import Item
from portal.core import formats
from portal.core.badges import Badge
from portal.core.language import localized

FITS: Final = {
    Fit.FITS: Badge(gettext_lazy("Suits you"), "success"),
    Fit.UNSURE: Badge(gettext_lazy("Could suit you"), "info"),
    Fit.NEARLY: Badge(gettext_lazy("Nearly suits you"), "warning"),
    Fit.NOT: Badge(gettext_lazy("Does not suit you"), "neutral"),
}
MET: Final[Mapping[Criterion, str | Promise]] = {
    Criterion.INDUSTRY: gettext_lazy("It is for your trade: %(own)s."),
    Criterion.SETTING: gettext_lazy("It is for enterprises in this setting: %(asked)s."),
    Criterion.SIZE: gettext_lazy("It is for enterprises of your size: %(own)s."),
    Criterion.AGE: gettext_lazy("It is for enterprises %(asked)s. Yours began on %(own)s."),
    Criterion.GROWER: "%(asked)s",
    Criterion.AMOUNT: gettext_lazy("What you need, %(own)s, lies between %(asked)s."),
    Criterion.PURPOSE: gettext_lazy("It is for what you need it for: %(own)s."),
}
UNMET: Final[Mapping[Criterion, str | Promise]] = {
    Criterion.INDUSTRY: gettext_lazy("It is for other trades than yours."),
    Criterion.SETTING: gettext_lazy(
        "It is only for enterprises in this setting: %(asked)s. Yours is registered as: %(own)s."
    ),
    Criterion.SIZE: gettext_lazy("It is for enterprises of this size: %(asked)s. Yours is: %(own)s."),
    Criterion.AGE: gettext_lazy("It is for enterprises %(asked)s. Yours began on %(own)s."),
    Criterion.GROWER: "%(asked)s",
    Criterion.AMOUNT: gettext_lazy("It gives between %(asked)s. You need %(own)s."),
    Criterion.PURPOSE: gettext_lazy("It is for something else: %(asked)s."),
}
UNKNOWN: Final[Mapping[Criterion, str | Promise]] = {
    Criterion.AMOUNT: gettext_lazy("We do not know how much you need. It gives between %(asked)s."),
    Criterion.PURPOSE: gettext_lazy("We do not know what you need it for. It is for: %(asked)s."),
}
WAIT: Final = gettext_lazy("It will be old enough on %(day)s.")


@dataclass(frozen=True)
class ProgramRow:
    """A program beside an enterprise, in words."""

    program: FundingProgram
    badge: Badge
    fits: list[str]
    missing: list[str]
    unknown: list[str]
    commission: str
    may_be_asked: bool  # it suits, or would with another amount or a purpose


def row_of(suited: queries.Suited, enterprise: Enterprise, wanted: queries.Wanted) -> ProgramRow:
    """Say how a program suits an enterprise, and why."""
    found = suited.judgment

    def sentences(answer: Answer, words: Mapping[Criterion, str | Promise]) -> list[str]:
        return [_sentence(words, each, suited.program, enterprise, wanted) for each in found.of(answer)]

    missing = {each.criterion for each in found.of(Answer.UNMET)}
    return ProgramRow(
        program=suited.program,
        badge=FITS[found.fit],
        fits=sentences(Answer.MET, MET),
        missing=sentences(Answer.UNMET, UNMET),
        unknown=sentences(Answer.UNKNOWN, UNKNOWN),
        commission=commission_of(suited.program),
        may_be_asked=missing <= {Criterion.AMOUNT, Criterion.PURPOSE},
    )


def _sentence(
    words: Mapping[Criterion, str | Promise], found: Finding, program: FundingProgram, enterprise: Enterprise,
    wanted: queries.Wanted,
) -> str:  # fmt: skip
    told = words.get(found.criterion, gettext_lazy("We do not know this of your enterprise: %(asked)s."))
    asked, own = dict(asked_of(program)).get(found.criterion, ""), _own(found.criterion, enterprise, wanted)
    said = str(told) % {"asked": asked, "own": own}
    return f"{said} {WAIT % {'day': formats.day(found.met_from)}}" if found.met_from else said


def _own(criterion: Criterion, enterprise: Enterprise, wanted: queries.Wanted) -> str:
    if criterion == Criterion.AMOUNT:
        return formats.money(wanted.amount, whole=True)
    if criterion == Criterion.PURPOSE:
        return str(Purpose(wanted.purpose).label) if wanted.purpose else ""
    return {
        Criterion.INDUSTRY: localized(enterprise.industry, "name"),
        Criterion.SETTING: str(Setting(enterprise.setting).label),
        Criterion.SIZE: enterprise.get_size_class_display(),
        Criterion.AGE: formats.day(enterprise.founded_on),
    }.get(criterion, "")


def asked_of(program: FundingProgram, industries: str = "") -> Iterable[tuple[Criterion, str]]:
    """Say what a program asks for, criterion by criterion; ``industries`` names its trades."""
    if program.industries:
        yield Criterion.INDUSTRY, industries
    if program.setting:
        yield Criterion.SETTING, str(Setting(program.setting).label)
    if program.sizes:
        yield Criterion.SIZE, _(", ").join(str(SIZE_LABELS[SizeClass(size)]) for size in program.sizes)
    if program.min_age_months is not None or program.max_age_months is not None:
        yield Criterion.AGE, _age(program)
    if program.is_grower is not None:
        grows = _("It is for enterprises that grow crops.")
        yield Criterion.GROWER, grows if program.is_grower else _("It is for enterprises that grow no crops.")
    yield Criterion.AMOUNT, span_of(program)
    if program.purposes:
        yield Criterion.PURPOSE, _(", ").join(str(Purpose(purpose).label) for purpose in program.purposes)


def _age(program: FundingProgram) -> str:
    least, most = program.min_age_months, program.max_age_months
    if least is None:
        return _("up to %(most)s months old") % {"most": most}
    if most is None:
        return _("at least %(least)s months old") % {"least": least}
    return _("between %(least)s and %(most)s months old") % {"least": least, "most": most}


def span_of(program: FundingProgram) -> str:
    """Write how much a program gives."""
    return _("%(least)s and %(most)s") % formats.money_bounds(program.min_amount, program.max_amount)


def commission_of(program: FundingProgram) -> str:
    """Say what the bank earns for an introduction."""
    rate, amount = program.commission_rate, program.commission_amount
    told = {"rate": formats.percent(rate), "amount": formats.money(amount, whole=True)}
    if rate and amount:
        return _("If you are funded, the program pays the bank %(amount)s and %(rate)s of what you get.") % told
    if rate:
        return _("If you are funded, the program pays the bank %(rate)s of what you get.") % told
    if amount:
        return _("If you are funded, the program pays the bank %(amount)s.") % told
    return _("The bank earns nothing by this introduction.")


def facts_of(program: FundingProgram) -> list[dict[str, Any]]:
    """List everything an edition says, for its page."""
    rows = (
        (_("What it is"), program.get_kind_display()),
        (_("Who runs it"), localized(program, "run_by")),
        (_("Amount"), _("Between %(span)s") % {"span": span_of(program)}),
        (_("What it costs"), localized(program, "cost")),
        (_("What you bring"), localized(program, "papers")),
        (_("Last day to apply"), formats.day(program.apply_by) if program.apply_by else _("None")),
        (_("What the bank earns"), commission_of(program)),
    )
    return [{"label": label, "value": value} for label, value in rows]


WHO: Final[Mapping[Criterion, str | Promise]] = {
    Criterion.INDUSTRY: gettext_lazy("Trades: %(asked)s"),
    Criterion.SETTING: gettext_lazy("Setting: %(asked)s"),
    Criterion.SIZE: gettext_lazy("Size: %(asked)s"),
    Criterion.AGE: gettext_lazy("Enterprises %(asked)s"),
    Criterion.GROWER: "%(asked)s",
    Criterion.PURPOSE: gettext_lazy("What for: %(asked)s"),
}


def who_can(program: FundingProgram) -> list[str]:
    """List whom a program is for; nothing where it asks for nothing."""
    trades = Industry.objects.filter(code__in=program.industries).order_by("code")
    named = _(", ").join(localized(each, "name") for each in trades) if program.industries else ""
    return [str(WHO[each]) % {"asked": asked} for each, asked in asked_of(program, named) if each in WHO]


LABELS: Final[Mapping[str, str | Promise]] = {
    "legal_name": gettext_lazy("Legal name"),
    "identifier": gettext_lazy("Number"),
    "industry": gettext_lazy("Industry"),
    "setting": gettext_lazy("Town or village"),
    "founded_on": gettext_lazy("Founded"),
    "full_name": gettext_lazy("Contact person"),
    "phone": gettext_lazy("Mobile number"),
    "email": gettext_lazy("E-mail"),
    "first_month": gettext_lazy("From month"),
    "last_month": gettext_lazy("Through month"),
    "average_inflow": gettext_lazy("Money in, a month on average"),
    "average_net": gettext_lazy("Left of it, a month on average"),
    "balance": gettext_lazy("In the accounts at the end"),
}
TITLES: Final[Mapping[Item, str | Promise]] = {
    Item.IDENTITY: gettext_lazy("The enterprise"),
    Item.CONTACT: gettext_lazy("Contact"),
    Item.CASH_FLOW: gettext_lazy("Summary of the cash flow"),
}


@dataclass(frozen=True)
class Section:
    """What is passed on together, in words."""

    title: str
    rows: list[dict[str, str]]


def shared(content: sharing.Content, *, request: Sequence[tuple[str, str]] = ()) -> list[Section]:
    """Write what is passed on, item by item; ``request`` is what the introduction asks for."""
    sections = [
        Section(str(TITLES[Item(item)]), [_said(name, text) for name, text in rows.items()])
        for item, rows in content.items()
    ]
    if request:
        asked = [{"label": label, "value": value} for label, value in request]
        sections.insert(0, Section(_("What is asked for"), asked))
    return sections


def _said(name: str, text: str) -> dict[str, str]:
    return {"label": str(LABELS[name]), "value": _value(name, text)}


def _value(name: str, text: str) -> str:
    if name in {"average_inflow", "average_net", "balance"}:
        return formats.money(Decimal(text))
    if name in {"first_month", "last_month"}:
        return formats.month(date.fromisoformat(text))
    if name == "founded_on":
        return formats.day(date.fromisoformat(text))
    if name == "setting":
        return str(Setting(text).label)
    return localized(Industry.objects.get(code=text), "name") if name == "industry" else text


def request_of(introduction: Introduction) -> list[tuple[str, str]]:
    """Write what an introduction asks for."""
    return [
        (_("Program"), localized(introduction.program, "name")),
        (_("Amount"), formats.money(introduction.amount, whole=True)),
        (_("What for"), introduction.get_purpose_display()),
    ]


def history_of(introduction: Introduction, *, for_staff: bool) -> list[dict[str, Any]]:
    """Tell what happened, newest first; which of the bank's people did it is told to its people alone."""
    rows = [{"title": _("Introduction asked for"), "at": introduction.asked_at, "by": str(introduction.asked_by)}]
    if introduction.passed_on_at:
        by = str(introduction.passed_on_by) if for_staff else ""
        rows.append({"title": _("Passed on"), "at": introduction.passed_on_at, "by": by})
    if introduction.ended_at:
        rows.append({"title": introduction.badge.label, "at": introduction.ended_at, "text": introduction.note})
    return rows[::-1]


def other_language_of(program: FundingProgram) -> list[dict[str, Any]]:
    """List what an edition says to whoever reads the other language, for whoever approves it."""
    labels = {
        "name": _("Program name"),
        "summary": _("What it is for"),
        "run_by": _("Who runs it"),
        "cost": _("What it costs"),
        "papers": _("What you bring"),
    }
    suffix = "en" if (get_language() or "en").startswith("zh") else "zh_hans"
    return [{"label": label, "value": getattr(program, f"{name}_{suffix}")} for name, label in labels.items()]
