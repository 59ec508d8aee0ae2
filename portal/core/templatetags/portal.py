"""What every template may use: ``{% load portal %}``. Filters write values, tags draw components."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final
from zlib import crc32

from django import template
from django.forms import BaseForm
from django.forms.formsets import BaseFormSet
from django.forms.utils import ErrorList
from django.utils.translation import gettext as _

from portal.core import charts, formats, language

register = template.Library()

TONES: Final = ("success", "warning", "danger", "info", "neutral")


@register.filter
def money(amount: Decimal | None, currency: str | None = None) -> str:
    """Write an amount: ``{{ amount|money }}``, or ``{{ amount|money:"EUR" }}``."""
    return formats.money(amount, currency)


@register.filter
def whole_money(amount: Decimal | None, currency: str | None = None) -> str:
    """Write an amount without its minor units where they are zero: ``{{ amount|whole_money }}``."""
    return formats.money(amount, currency, whole=True)


@register.filter
def percent(rate: Decimal | float | None, digits: int = 2) -> str:
    """Write a fraction as a percentage: ``{{ rate|percent }}``, or ``{{ rate|percent:0 }}``."""
    return formats.percent(rate, digits)


@register.filter
def number(value: Decimal | float | None) -> str:
    """Write a number with the locale's grouping: ``{{ count|number }}``."""
    return formats.number(value)


@register.filter
def bank_date(day: date | None) -> str:
    """Write a business date: ``{{ day|bank_date }}``. A moment gives its day on the bank's clock."""
    return formats.day(day)


@register.filter
def bank_moment(moment: datetime | None) -> str:
    """Write a moment on the bank's clock: ``{{ moment|bank_moment }}``."""
    return formats.moment(moment)


@register.filter
def localized(thing: Any, name: str) -> str:
    """Read what the bank wrote in both languages: ``{{ product|localized:"name" }}``."""
    return language.localized(thing, name)


@register.inclusion_tag("components/_status_badge.html")
def status_badge(state: Any) -> dict[str, Any]:
    """Draw a state's word in its tone: ``{% status_badge application.state %}``."""
    return _worn(state)


@register.inclusion_tag("components/_task_list.html")
def task_list(tasks: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """List what is to be done: dicts with title, url (none: not yet possible), status, hint."""
    return {"tasks": [{**task, "status": _worn(task.get("status"))} for task in tasks]}


@register.inclusion_tag("components/_check_answers.html")
def check_answers(rows: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """List answers, each with a way to change it: dicts with label, value, change_url (none: fixed)."""
    return {"rows": list(rows)}


@register.inclusion_tag("components/_error_summary.html")
def error_summary(form: BaseForm | BaseFormSet | None) -> dict[str, Any]:
    """Gather a form's refusals above it, each leading to its field: ``{% error_summary form %}``.

    The form itself then shows those that belong to no field only here.
    """
    if form is None or not form.is_bound:
        return {"errors": []}
    forms = [form] if isinstance(form, BaseForm) else list(form.forms)
    lines = [("", str(text)) for text in _general(form)]
    for one in forms:
        lines += [(_target(bound), _named(str(bound.label), str(text))) for text in bound.errors]
    return lines


def _named(label: str, error: str) -> str:
    """Say which question an error answers; one that ends in a question mark needs no colon."""
    if label.endswith(("?", "？")):
        return f"{label} {error}"
    return _("%(field)s: %(error)s") % {"field": label.rstrip(":："), "error": error}


def _target(bound: Any) -> str:
    """Find what a link may lead to: the field, or the first of its choices."""
    if bound.is_hidden:
        return ""
    return str(bound.id_for_label or (bound.subwidgets[0].id_for_label if bound.subwidgets else ""))


def _writers(unit: str) -> tuple[Callable[[Any], str], Callable[[Any], str]]:
    """Choose how an axis and a table write values of this unit."""
    if unit == "percent":
        return (lambda value: formats.percent(value, 0)), formats.percent
    if len(unit) == 3 and unit.isupper():
        return formats.compact, lambda value: formats.money(value, unit)
    return formats.compact, lambda value: f"{formats.number(value)} {unit}".rstrip()


def _shown(chart: charts.Chart, drawing: charts.Drawing, *, kind: str) -> dict[str, Any]:
    full = _writers(chart.unit)[1]
    return {
        "chart": chart,
        "drawing": drawing,
        "kind": kind,
        "key": f"{crc32(repr((kind, chart)).encode()):08x}",
        "width": charts.WIDTH,
        "height": charts.HEIGHT,
        "names": [name for name, _values in chart.series],
        "rows": [
            {"label": label, "values": [full(values[index]) for _name, values in chart.series]}
            for index, label in enumerate(chart.labels)
        ],
    }
