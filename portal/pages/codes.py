"""The words for codes that the audit trail keeps: which act keeps which code, and where its words stand."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.db.models import Choices, Model
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.cashflow import questions
from accounts.cashflow import states as cashflow
from accounts.harvest.models import CropYield
from accounts.identity.correction_states import Detail
from accounts.identity.models import Branch, CheckKind, CheckResult, Industry, MembershipRole, PaperKind, Role, User
from accounts.settlement import drawer_states, nostro_states, requesting, return_reasons, standing, states
from accounts.settlement.batching import BatchStatus
from accounts.settlement.happenings import Happening
from lending.arrears.models import ContactWay
from lending.funding import presentation as funding
from lending.products.conventions import DocumentKind
from portal.core import formats
from portal.core.language import localized
from portal.core.models import Channel
from portal.core.refusals import outline_of
from portal.pages import failures
from training.models import Course
from training.states import CourseStatus

Words = Mapping[str, str | Promise]
DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
PERSON: Final = re.compile(r"U-[0-9A-Z]{8}")
AMOUNTS: Final = frozenset(
    {"amount", "approval_limit", "begins_with", "counted", "difference", "limit", "overdraft", "principal", "total"}
)
COLUMNS: Final = {**questions.STATEMENT_COLUMNS.roles, **questions.LEDGER_COLUMNS.roles}


def _of(choices: type[Choices]) -> Words:
    return dict(choices.choices)


# By the beginning of an act and the name of a detail; the first that fits counts.
CODES: Final[tuple[tuple[str, str, Words], ...]] = (
    ("settlement.cash_delivery", "way", _of(drawer_states.DeliveryWay)),
    ("settlement.cash_", "way", _of(states.Way)),
    ("settlement.cash_", "known_by", _of(states.KnownBy)),
    ("settlement.cash_", "status", _of(states.CashStatus)),
    ("settlement.drawer_", "kind", _of(drawer_states.DrawerKind)),
    ("settlement.suspense_", "way", _of(nostro_states.Clearing)),
    ("settlement.suspense_", "status", _of(nostro_states.SuspenseStatus)),
    ("settlement.nostro_", "status", _of(nostro_states.LineStatus)),
    ("settlement.nostro_", "kind", _of(nostro_states.LineKind)),
    ("settlement.request_", "status", _of(requesting.RequestStatus)),
    ("settlement.request_", "occasion", _of(requesting.Occasion)),
    ("settlement.batch_", "status", _of(BatchStatus)),
    ("settlement.payment_", "status", _of(states.InstructionStatus)),
    ("settlement.standing_order_run", "status", _of(standing.RunStatus)),
    ("settlement.", "frequency", _of(standing.Frequency)),
    ("settlement.notices_chosen", "chosen", {
        f"{kind} {channel}": format_lazy("{} · {}", kind.label, channel.label)
        for kind in Happening for channel in Channel
    }),
    ("cashflow.planned", "way", _of(cashflow.Way)),
    ("cashflow.planned", "repeats", _of(cashflow.Repeats)),
    ("cashflow.category_", "from", _of(cashflow.Category)),
    ("cashflow.category_", "to", _of(cashflow.Category)),
    ("cashflow.category_", "reach", _of(cashflow.Scope)),
    ("cashflow.", "kind", {
        "dates": gettext_lazy("Dates"), "amounts": gettext_lazy("Amounts"), "columns": gettext_lazy("Columns"),
    }),
    ("cashflow.", "answer", {code: words for each in questions.WORDS.values() for code, words in each.items()}),
    ("identity.checked", "kind", _of(CheckKind)),
    ("identity.checked", "result", _of(CheckResult)),
    ("identity.correction_", "changed", _of(Detail)),
    ("identity.paper_", "kind", _of(PaperKind)),
    ("identity.", "source", {"owner": gettext_lazy("told by the owner")}),
    ("identity.agreed", "purpose", {
        "enterprise_data": gettext_lazy("Data of the enterprise"), "credit_register": gettext_lazy("Credit register"),
        "introduction": gettext_lazy("Introduction"),
    }),
    ("signing.", "by", {"message": gettext_lazy("text message"), "authenticator": gettext_lazy("authenticator")}),
    ("jobs.", "failure", failures.WORDS),
    ("staff.", "role", _of(Role)),
    ("enterprise.", "role", _of(MembershipRole)),
    ("applications.", "kind", _of(DocumentKind)),
    ("introductions.", "items", {item.value: title for item, title in funding.TITLES.items()}),
    ("loans.contact", "way", _of(ContactWay)),
    ("training.", "status", _of(CourseStatus)),
)  # fmt: skip


# Codes that are rows: the name of a detail, and where the code and its words stand.
ROWS: Final[tuple[tuple[str, type[Model], str, str], ...]] = (
    ("branch", Branch, "code", "name"),
    ("industry", Industry, "code", "name"),
    ("crop", CropYield, "crop", "name"),
    ("course", Course, "slug", "title"),
)


def names_in(details: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Name what events tell of by codes that are rows: people, and where there are some, those of ``ROWS``."""
    told = [(key, str(value)) for each in details for key, value in each.items()]
    people = {value for _key, value in told if PERSON.fullmatch(value)}
    names = dict(User.objects.filter(reference__in=people).values_list("reference", "full_name")) if people else {}
    for key, model, field, name in ROWS:
        if codes := {value for told_key, value in told if told_key == key}:
            rows = model._default_manager.filter(**{f"{field}__in": codes})  # noqa: SLF001 - Django's documented name
            names |= {f"{key} {getattr(row, field)}": localized(row, name) for row in rows}
    return names


def word(verb: str, key: str, value: Any, names: Mapping[str, str]) -> str:
    """Say what a detail of an act is, in the reader's language; a code without a word of its own stays as it is."""
    text = str(value)
    for prefix, name, words in CODES:
        if name == key and verb.startswith(prefix) and text in words:
            return str(words[text])
    if named := names.get(text) or names.get(f"{key} {text}"):
        return named
    if key in AMOUNTS and isinstance(value, str | int):
        return _amount(text)
    if key == "apr":
        return formats.percent(Decimal(text))
    if DAY.fullmatch(text):
        return formats.day(date.fromisoformat(text))
    if key == "why" or (verb, key) == ("cashflow.statement_refused", "code"):
        return outline_of(text) or text
    return return_reasons.words(text) if verb == "settlement.payment_returned" and key == "reason" else text


def columns(told: Mapping[str, Any]) -> str:
    """Say which column of a file was said to hold what; columns are counted from one."""
    first_line = _("First line")
    return _(", ").join(
        f"{COLUMNS[role]} = {int(place) + 1}" if role in COLUMNS else f"{first_line} = {place}"
        for role, place in told.items()
    )


def _amount(text: str) -> str:
    try:
        return f"{Decimal(text):,.2f}" if "." in text else f"{int(text):,}"
    except (ArithmeticError, ValueError):
        return text
