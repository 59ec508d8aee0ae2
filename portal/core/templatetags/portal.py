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
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
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
def bank_month(day: date) -> str:
    """Write the month of a day: ``{{ day|bank_month }}``."""
    return formats.month(day)


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
        lines += [line for line in _field_errors(one, general=one is not form) if line not in lines]
        vars(one)["summarized"] = True
    return {"errors": [{"target": target, "text": text} for target, text in lines]}


@register.simple_block_tag(takes_context=True)
def post_button(context: template.Context, content: str, look: str, page: str, *args: Any) -> str:
    """Draw a button that does one thing: ``{% post_button "btn-danger" "products:discard" code %}``."""
    told = {"content": content, "look": look, "action": reverse(page, args=args), "csrf_token": context["csrf_token"]}
    return render_to_string("components/_post_button.html", told)


@register.simple_block_tag
def aside(content: str) -> str:
    """Put something in the parentheses of the language: ``{{ name }}{% aside %}until May{% endaside %}``."""
    return format_html(formats.aside("{}"), content)


@register.simple_block_tag
def table(content: str, look: str = "", *, title: str = "", caption: str = "") -> str:
    """Draw a table that scrolls by itself where it is too wide: ``{% table "stack" caption=_("Loans") %}``.

    The caption stands above it. The title is read aloud, in the caption's place where there is none.
    """
    told = {"content": content, "look": look, "title": title or caption, "caption": caption}
    return render_to_string("components/_table.html", told)


@register.inclusion_tag("components/_timeline.html")
def timeline(events: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Tell what happened, in the order given: dicts with at, title, text, by."""
    return {"events": [{**event, "when": _when(event.get("at"))} for event in events]}


@register.inclusion_tag("components/_figure_card.html")
def figure_card(label: str, value: Any, note: str = "", tone: str = "", url: str = "") -> dict[str, Any]:
    """Show one figure that matters: ``{% figure_card label value note %}``; stands inside ``<div class="figures">``."""
    return {"label": label, "value": value, "note": note, "tone": tone if tone in TONES else "", "url": url}


@register.inclusion_tag("components/_steps.html")
def steps(current: int, total: int, title: str = "") -> dict[str, Any]:
    """Show how far along a person is: ``{% steps 2 5 %}``."""
    return {"current": current, "total": total, "title": title}


@register.inclusion_tag("components/_progress.html")
def progress(value: Any, largest: Any, label: str) -> dict[str, Any]:
    """Show a share as a bar with its words: ``{% progress paid total label %}``."""
    return {"value": str(value or 0), "largest": str(largest or 1), "label": label}


@register.inclusion_tag("components/_chart.html")
def bar_chart(chart: charts.Chart) -> dict[str, Any]:
    """Draw grouped bars, with the same figures in a table."""
    axis, full = _writers(chart)
    return _shown(chart, charts.bar_drawing(chart, axis=axis, full=full), kind="bar")


@register.inclusion_tag("components/_chart.html")
def line_chart(chart: charts.Chart) -> dict[str, Any]:
    """Draw lines, with the same figures in a table."""
    axis, full = _writers(chart)
    return _shown(chart, charts.line_drawing(chart, axis=axis, full=full), kind="line")


def _worn(state: Any) -> dict[str, Any]:
    """Read a label and a tone from an enum member, a dict or a plain word."""
    if isinstance(state, Mapping):
        label, tone = state.get("label", ""), state.get("tone")
    else:
        label, tone = getattr(state, "label", state), getattr(state, "tone", None)
    return {"label": "" if label is None else label, "tone": tone if tone in TONES else "neutral"}


def _when(at: date | datetime | None) -> str:
    if at is None:
        return ""
    return formats.moment(at) if isinstance(at, datetime) else formats.day(at)


def _general(form: BaseForm | BaseFormSet) -> ErrorList:
    return form.non_field_errors() if isinstance(form, BaseForm) else form.non_form_errors()


def _field_errors(form: BaseForm, *, general: bool) -> list[tuple[str, str]]:
    lines = [("", str(text)) for text in form.non_field_errors()] if general else []
    for name in form.fields:
        bound = form[name]
        label = getattr(bound.field, "full_label", "") or bound.label
        lines += [(_target(bound), _named(str(label), str(text))) for text in bound.errors]
    return lines


def _named(label: str, error: str) -> str:
    """Say which question an error answers; one that ends in a question mark needs no colon."""
    if label.endswith("？"):  # a full-width mark brings its own space
        return f"{label}{error}"
    if label.endswith("?"):
        return f"{label} {error}"
    return _("%(field)s: %(error)s") % {"field": label.rstrip(":："), "error": error}


def _target(bound: Any) -> str:
    """Find what a link may lead to: the field, or the first of its choices."""
    if bound.is_hidden:
        return ""
    return str(bound.id_for_label or (bound.subwidgets[0].id_for_label if bound.subwidgets else ""))


def _writers(chart: charts.Chart) -> tuple[Callable[[Any], str], Callable[[Any], str]]:
    """Choose how an axis and a table write values of its unit; an expected amount claims no cents."""
    unit, whole = chart.unit, chart.band is not None
    if unit == "percent":
        return (lambda value: formats.percent(value, 0)), formats.percent
    if len(unit) == 3 and unit.isupper():
        return formats.compact, lambda value: formats.money(value, unit, whole=whole)
    return formats.compact, lambda value: f"{formats.number(value)} {unit}".rstrip()


def _shown(chart: charts.Chart, drawing: charts.Drawing, *, kind: str) -> dict[str, Any]:
    full = _writers(chart)[1]
    return {
        "chart": chart,
        "drawing": drawing,
        "kind": kind,
        "key": f"{crc32(repr((kind, chart)).encode()):08x}",
        "width": charts.WIDTH,
        "height": charts.HEIGHT,
        "names": [name for name, _values in chart.series],
        "rows": [
            {
                "label": label,
                "values": [full(values[index]) for _name, values in chart.series] + _between(chart, index, full),
            }
            for index, label in enumerate(chart.labels)
        ],
    }


def _between(chart: charts.Chart, index: int, full: Callable[[Any], str]) -> list[str]:
    """Write the band's two edges, as one cell."""
    if chart.band is None:
        return []
    low, high = chart.band.lows[index], chart.band.highs[index]
    return [formats.NOTHING if low is None or high is None else f"{full(low)} – {full(high)}"]
