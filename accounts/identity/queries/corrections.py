"""Questions about corrections: what was registered until when, what waits, what a check or a judgment rests on."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.db.models import QuerySet
from django.utils import timezone

from accounts.identity.correction_states import JUDGED_BY, Detail
from accounts.identity.models import (
    CUSTOMER_HELPERS,
    Branch,
    CorrectedDetail,
    DetailsCorrection,
    Enterprise,
    FormerName,
    Industry,
    Setting,
    User,
)
from accounts.identity.queries.people import ever_acted_for
from portal.core import formats
from portal.core.language import localized


def details_of(enterprise: Enterprise, person: User | None = None) -> dict[str, str]:
    """Write what can be corrected of an enterprise, or of a person who acts for it, as corrections keep it."""
    if person:
        return {Detail.FULL_NAME.value: person.full_name}
    return {
        Detail.LEGAL_NAME.value: enterprise.legal_name,
        Detail.IDENTIFIER.value: enterprise.identifier,
        Detail.FOUNDED_ON.value: enterprise.founded_on.isoformat(),
        Detail.INDUSTRY.value: enterprise.industry_id,
        Detail.BRANCH.value: enterprise.branch.code,
        Detail.SETTING.value: enterprise.setting,
        Detail.EMPLOYEES.value: str(enterprise.employees),
        Detail.ANNUAL_REVENUE.value: str(enterprise.annual_revenue_amount.quantize(Decimal("0.01"))),
    }


@dataclass(frozen=True, slots=True)
class Change:
    """One detail in the reader's words: what was there beside what is to stand, or stands, instead."""

    label: str
    before: str
    after: str


def changes_in(details: Iterable[CorrectedDetail]) -> list[Change]:
    """Say in words what corrections change; trades and branches by name, in a query each."""
    rows = sorted(details, key=lambda each: Detail.values.index(each.detail))
    names = {
        Detail.INDUSTRY.value: _names(Industry, rows, Detail.INDUSTRY),
        Detail.BRANCH.value: _names(Branch, rows, Detail.BRANCH),
    }
    return [
        Change(str(Detail(row.detail).label), *(_written(row.detail, text, names) for text in (row.before, row.after)))
        for row in rows
    ]


def _names(model: type[Industry | Branch], rows: Iterable[CorrectedDetail], detail: Detail) -> dict[str, str]:
    codes = {code for row in rows if row.detail == detail for code in (row.before, row.after)}
    found = model._default_manager.filter(code__in=codes) if codes else ()  # noqa: SLF001 - Django's documented name
    return {row.code: localized(row, "name") for row in found}


def _written(detail: str, text: str, names: Mapping[str, Mapping[str, str]]) -> str:
    if detail in names:
        return names[detail].get(text, text)
    if detail == Detail.FOUNDED_ON:
        return formats.day(date.fromisoformat(text))
    if detail == Detail.SETTING:
        return str(Setting(text).label)
    if detail == Detail.EMPLOYEES:
        return formats.number(int(text))
    return formats.money(Decimal(text)) if detail == Detail.ANNUAL_REVENUE else text


def name_at(enterprise: Enterprise, moment: datetime | None) -> str:
    """Tell what an enterprise was called at a moment; without one, what it is called."""
    return _name_at(enterprise.former_names.all(), moment) or str(enterprise)


def name_on(enterprise: Enterprise, day: date) -> str:
    """Tell what an enterprise was called when a day ended."""
    a_day = timedelta(days=1)
    return name_at(enterprise, timezone.make_aware(datetime.combine(min(day, date.max - a_day) + a_day, time.min)))


def person_name_at(person: User, moment: datetime | None) -> str:
    """Tell what a person was called at a moment."""
    return _name_at(person.former_names.all(), moment) or str(person)


def _name_at(former: QuerySet[FormerName], moment: datetime | None) -> str:
    since = former.filter(until__gt=moment) if moment else former.none()
    first: str | None = since.order_by("until").values_list("name", flat=True).first()
    return first or ""


def identifier_at(enterprise: Enterprise, moment: datetime | None) -> str:
    """Tell by which number an enterprise was registered at a moment; without one, by which it is."""
    if moment is None:
        return str(enterprise.identifier)
    later = _in_effect_since(enterprise, moment).filter(detail=Detail.IDENTIFIER)
    first = later.order_by("correction__decided_at").first()
    return str(first.before if first else enterprise.identifier)


def former_names_of(enterprise: Enterprise) -> QuerySet[FormerName]:
    """List what an enterprise and those who act for it were called before, the newest first."""
    people = enterprise.memberships.acting().values("user")
    found = FormerName.objects.filter(enterprise=enterprise) | FormerName.objects.filter(person__in=people)
    return found.select_related("person").order_by("-until", "-pk")


def corrected_since(enterprise: Enterprise, moment: datetime) -> QuerySet[CorrectedDetail]:
    """List what was corrected since a moment of all that the bank's rules, its screening and its contracts rest on."""
    return _in_effect_since(enterprise, moment).filter(detail__in=sorted(JUDGED_BY))


def _in_effect_since(enterprise: Enterprise, moment: datetime) -> QuerySet[CorrectedDetail]:
    since = DetailsCorrection.objects.in_effect().filter(enterprise=enterprise, person=None, decided_at__gt=moment)
    return CorrectedDetail.objects.filter(correction__in=since)


def corrections_waiting(user: User) -> QuerySet[DetailsCorrection]:
    """List the corrections that a member of staff sees and that nobody has decided on, the longest waiting first."""
    waiting = DetailsCorrection.objects.visible_to(user).waiting()
    return waiting.select_related("enterprise__branch", "person", "asked_by").order_by("asked_at", "pk")


def corrections_to_settle(user: User) -> QuerySet[DetailsCorrection]:
    """Keep of those that wait the ones whose next step may be this person's."""
    if not user.has_role(*CUSTOMER_HELPERS):
        return DetailsCorrection.objects.none()
    others = corrections_waiting(user).exclude(asked_by=user).exclude(proposed_by=user)
    return others.exclude(enterprise__memberships__user=user)


def may_correct(user: User, enterprise: Enterprise) -> bool:
    """Tell whether somebody of the bank asks, proposes and agrees for this enterprise."""
    return user.has_role(*CUSTOMER_HELPERS) and not ever_acted_for(enterprise, person=user.reference)
