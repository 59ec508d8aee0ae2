"""Registering an enterprise."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.identity import consents, identifiers
from accounts.identity.models import Branch, Enterprise, Industry, Membership, MembershipRole, User
from accounts.identity.operations.agreeing import ConsentMissing, agree_for_each
from accounts.identity.operations.screening import ask_to_screen_new
from portal.core import audit
from portal.core.fields import lookup_hash
from portal.core.idempotency import answer_each_once, fingerprint_of
from portal.core.refusals import Refusal, register

CLASS_DIGITS: Final = 4
EARLIEST: Final = date(1900, 1, 1)  # a year that phones let one mistype, as 0209, makes no old enterprise

register(
    {
        "identifier_invalid": _(
            "A character of this number is mistyped, or two changed places. Compare it with the document."
        ),
        "identifier_length": _(
            "This number has %(needed)s characters; you typed %(typed)s. Compare it with the document."
        ),
        "identifier_character": _(
            "“%(sign)s”, the character in place %(place)s, cannot stand there. Compare it with the document."
        ),
        "identifier_taken": _("This number is already registered here. If it is yours, ask your branch to help."),
        "consent_missing": _("Confirm that you may act for the enterprise and agree to how the bank uses its data."),
        "founded_in_future": _("The day it was founded cannot be in the future."),
        "founded_too_early": _("Check the year."),
        "industry_too_broad": _("Choose a trade from the list; this one is a whole family of trades."),
    }
)


class IdentifierInvalid(Refusal):
    """The identifier is not one of its kind."""

    code = "identifier_invalid"

    def __init__(self, kind: str, told: str) -> None:
        self.fault, params = identifiers.fault_in(kind, told)
        super().__init__(**params)

    @property
    def sentence_code(self) -> str:
        """Name what is surely wrong."""
        return self.fault


class IdentifierTaken(Refusal):
    """An enterprise with this identifier is registered; whose it is stays untold."""

    code = "identifier_taken"


class FoundedInFuture(Refusal):
    """The enterprise would be founded after today."""

    code = "founded_in_future"


class FoundedTooEarly(Refusal):
    """The enterprise would be older than any is."""

    code = "founded_too_early"


class IndustryTooBroad(Refusal):
    """The industry is a section, division or group, not a class."""

    code = "industry_too_broad"


@dataclass(frozen=True)
class EnterpriseDetails:
    """What an owner tells about the enterprise; revenue is in the bank's currency, a year's."""

    legal_name: str
    identifier_kind: str
    identifier: str
    industry: Industry
    setting: str
    employees: int
    annual_revenue_amount: Decimal
    founded_on: date
    branch: Branch


@transaction.atomic(durable=True)
def register_enterprise(
    details: EnterpriseDetails, *, consented_to: str, key: str, by: User, at: datetime
) -> Enterprise:
    """Register an enterprise with the person as its owner; the same key again gives the same enterprise.

    :param consented_to: the version of the ``enterprise_data`` wording the person agreed to, empty if none.
    :param key: the request's idempotency key.
    :raises ConsentMissing: when the wording agreed to is not the current one.
    :raises IdentifierInvalid: when the identifier is not one of its kind.
    :raises IdentifierTaken: when it is registered already.
    :raises FoundedInFuture, FoundedTooEarly: when the founding day lies after ``at``, or before ``EARLIEST``.
    :raises IndustryTooBroad: when the industry is not a class.
    :raises KeyReused: when the key registered something else.
    """
    return _registered({key: details}, consented_to=consented_to, by=by, at=at)[0]


@transaction.atomic(durable=True)
def register_enterprises(
    asked: Mapping[str, EnterpriseDetails], *, consented_to: str, by: User, at: datetime
) -> list[Enterprise]:
    """Register many enterprises together, each as ``register_enterprise`` would; none where one is refused.

    :param asked: by idempotency key.
    """
    return _registered(asked, consented_to=consented_to, by=by, at=at)


def _registered(
    asked: Mapping[str, EnterpriseDetails], *, consented_to: str, by: User, at: datetime
) -> list[Enterprise]:
    today = timezone.localtime(at).date()
    identifiers_of = {key: _checked(each, consented_to=consented_to, on=today) for key, each in asked.items()}

    def make(keys: Sequence[str]) -> list[str]:
        told = [(asked[key], identifiers_of[key]) for key in keys]
        return [each.reference for each in _create(told, consented_to=consented_to, by=by, at=at)]

    fingerprints = {key: _fingerprint(each, identifiers_of[key]) for key, each in asked.items()}
    references = answer_each_once(f"enterprise.register:{by.reference}", fingerprints, make=make)
    found = {each.reference: each for each in Enterprise.objects.filter(reference__in=references)}
    return [found[reference] for reference in references]


def _fingerprint(details: EnterpriseDetails, identifier: str) -> str:
    told = [details.legal_name, lookup_hash(identifier), details.industry.pk, details.setting, details.employees]
    return fingerprint_of([*told, details.annual_revenue_amount, details.founded_on, details.branch.pk])


def _checked(details: EnterpriseDetails, *, consented_to: str, on: date) -> str:
    if consented_to != consents.CURRENT_VERSION:
        raise ConsentMissing
    check_founded(details.founded_on, on=on)
    if len(details.industry.code) != CLASS_DIGITS:
        raise IndustryTooBroad
    identifier = identifiers.normalized(details.identifier_kind, details.identifier)
    if identifier is None:
        raise IdentifierInvalid(details.identifier_kind, details.identifier)
    return identifier


def check_founded(day: date, *, on: date) -> None:
    """Refuse a founding day that is none.

    :raises FoundedInFuture, FoundedTooEarly: see ``register_enterprise``.
    """
    if day > on:
        raise FoundedInFuture
    if day < EARLIEST:
        raise FoundedTooEarly


def _create(
    told: Sequence[tuple[EnterpriseDetails, str]], *, consented_to: str, by: User, at: datetime
) -> list[Enterprise]:
    try:
        with transaction.atomic():
            created = Enterprise.objects.bulk_create(_enterprise(*each, at=at) for each in told)
    except IntegrityError as error:
        raise IdentifierTaken from error
    Membership.objects.bulk_create(
        Membership(enterprise=each, user=by, role=MembershipRole.OWNER, began_at=at) for each in created
    )
    agree_for_each(created, purpose=consents.ENTERPRISE_DATA, wording_version=consented_to, by=by, at=at)
    ask_to_screen_new(created, at=at)
    audit.record_many("enterprise.registered", _noted(created, consented_to), by=by.reference, at=at)
    return created


def _enterprise(details: EnterpriseDetails, identifier: str, *, at: datetime) -> Enterprise:
    return Enterprise(
        legal_name=details.legal_name,
        identifier_kind=details.identifier_kind,
        identifier=identifier,
        identifier_hash=lookup_hash(identifier),
        industry=details.industry,
        setting=details.setting,
        employees=details.employees,
        annual_revenue_amount=details.annual_revenue_amount,
        founded_on=details.founded_on,
        branch=details.branch,
        registered_at=at,
    )


def _noted(created: Sequence[Enterprise], consented_to: str) -> list[tuple[str, dict[str, str]]]:
    return [
        (each.reference, {"industry": each.industry.code, "branch": each.branch.code, "consent": consented_to})
        for each in created
    ]
