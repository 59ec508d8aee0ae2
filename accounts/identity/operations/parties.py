"""Who stands behind an enterprise and beside it."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.identity import identifiers
from accounts.identity.models import BeneficialOwner, Enterprise, PartyKind, RelatedParty, User
from accounts.identity.operations.screening import ask_to_screen
from portal.core import audit
from portal.core.fields import lookup_hash
from portal.core.idempotency import answer_once, fingerprint_of
from portal.core.refusals import Refusal, register

Kind = TypeVar("Kind", BeneficialOwner, RelatedParty)

register(
    {
        "party_number_invalid": _("This number is not complete or has a mistyped character."),
        "party_since_future": _("The day since when cannot be in the future."),
        "party_shares_above_all": _("All owners together have more than the whole. Correct the shares."),
        "party_is_itself": _("This is the enterprise itself."),
        "party_ended": _("This was ended before."),
    }
)


class PartyRefused(Refusal):
    """What was told of a party cannot be so."""

    code = "party_number_invalid"


@dataclass(frozen=True)
class PartyDetails:
    """What is told of a party; the share is a fraction, ``how`` a control or a relation."""

    name: str
    how: str
    since: date
    source: str
    identifier: str = ""
    birth_year: int | None = None
    share: Decimal | None = None
    party_kind: str = PartyKind.PERSON


@transaction.atomic(durable=True)
def add_beneficial_owner(
    enterprise: Enterprise, details: PartyDetails, *, key: str, by: User, at: datetime
) -> BeneficialOwner:
    """Write down who owns or controls an enterprise in the end; the same key writes it once.

    :raises PartyRefused: when the number is none, the day lies ahead, or the shares exceed the whole.
    :raises KeyReused: when the key wrote down something else.
    """

    def make() -> BeneficialOwner:
        held = BeneficialOwner.objects.current().filter(enterprise=enterprise).aggregate(sum=Sum("share"))[
            "sum"
        ] or Decimal(0)
        if held + (details.share or 0) > 1:
            raise PartyRefused("party_shares_above_all")
        return BeneficialOwner(control=details.how)

    return _add(BeneficialOwner, enterprise, details, make, key=key, by=by, at=at)


@transaction.atomic(durable=True)
def add_related_party(
    enterprise: Enterprise, details: PartyDetails, *, key: str, by: User, at: datetime
) -> RelatedParty:
    """Write down who is related to an enterprise; the same key writes it once.

    :raises PartyRefused: when the number is none or its own, or the day lies ahead.
    :raises KeyReused: when the key wrote down something else.
    """

    def make() -> RelatedParty:
        return RelatedParty(party_kind=details.party_kind, relation=details.how)

    return _add(RelatedParty, enterprise, details, make, key=key, by=by, at=at)


def _add(
    model: type[Kind], enterprise: Enterprise, details: PartyDetails, make: Any, *, key: str, by: User, at: datetime
) -> Kind:
    enterprise.refresh_from_db(from_queryset=Enterprise.objects.locked())
    identifier = _checked(enterprise, details, on=timezone.localtime(at).date())

    def write() -> str:
        party: Kind = make()
        party.enterprise, party.name = enterprise, details.name.strip()
        party.identifier, party.identifier_hash = identifier, lookup_hash(identifier) if identifier else ""
        party.birth_year = details.birth_year or identifiers.birth_year_of(identifier)
        party.share, party.source, party.since = details.share, details.source, details.since
        party.recorded_at, party.recorded_by = at, by
        party.save(force_insert=True)
        _trace(party, "added", by=by, at=at)
        ask_to_screen(enterprise, at=at)
        return str(party.pk)

    told = [enterprise.pk, details.name, details.how, details.since, details.source, details.share]
    told += [lookup_hash(identifier) if identifier else "", details.birth_year, details.party_kind]
    scope = f"identity.{model._meta.model_name}:{by.reference}"  # noqa: SLF001 - Django's documented name
    kept = answer_once(scope, key, fingerprint=fingerprint_of(told), make=write)
    found: Kind = model.objects.get(pk=int(kept))
    return found


def _checked(enterprise: Enterprise, details: PartyDetails, *, on: date) -> str:
    if details.since > on:
        raise PartyRefused("party_since_future")
    if not details.identifier.strip():
        return ""
    if details.party_kind == PartyKind.PERSON:
        identifier = identifiers.normalized_person(details.identifier)
    else:
        kinds = (identifiers.USCC, identifiers.FARM_HOUSEHOLD)
        found = (identifiers.normalized(kind, details.identifier) for kind in kinds)
        identifier = next((each for each in found if each), None)
    if identifier is None:
        raise PartyRefused("party_number_invalid")
    if lookup_hash(identifier) == enterprise.identifier_hash:
        raise PartyRefused("party_is_itself")
    return identifier


@transaction.atomic(durable=True)
def end_party(party: BeneficialOwner | RelatedParty, *, by: User, at: datetime) -> None:
    """Write down that somebody no longer stands behind or beside an enterprise.

    :raises PartyRefused: when that was written down before.
    """
    Enterprise.objects.locked().get(pk=party.enterprise_id)
    on = timezone.localtime(at).date()
    ended = type(party).objects.filter(pk=party.pk, until=None).update(until=on, ended_by=by)
    if not ended:
        raise PartyRefused("party_ended")
    _trace(party, "ended", by=by, at=at)
    ask_to_screen(party.enterprise, at=at)


def _trace(party: BeneficialOwner | RelatedParty, what: str, *, by: User, at: datetime) -> None:
    word = "beneficial_owner" if isinstance(party, BeneficialOwner) else "related_party"
    details = {"party": party.pk, "source": party.source}
    audit.record(f"identity.{word}_{what}", subject=party.enterprise.reference, by=by.reference, at=at, details=details)
