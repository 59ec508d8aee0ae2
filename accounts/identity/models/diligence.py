"""What the bank checked and was told: identity checks, beneficial owners, related parties."""

from __future__ import annotations

from typing import Any, Final

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.identity.models.enterprises import Enterprise
from accounts.identity.models.people import User
from portal.core.fields import EncryptedTextField
from portal.core.models import StoredFile
from portal.core.references import new_reference


class CheckKind(models.TextChoices):
    """What was held against the person or the enterprise."""

    IDENTITY_DOCUMENT = "identity_document", _("Identity document")
    BUSINESS_LICENSE = "business_license", _("Business license")
    HOUSEHOLD_CERTIFICATE = "household_certificate", _("Farm household certificate")
    VISIT = "visit", _("Visit")


# Of whom each kind is: a person's document is checked once, whatever the person owns.
SUBJECT_OF_KIND: Final = {
    CheckKind.IDENTITY_DOCUMENT: "person",
    CheckKind.BUSINESS_LICENSE: "enterprise",
    CheckKind.HOUSEHOLD_CERTIFICATE: "enterprise",
    CheckKind.VISIT: "enterprise",
}


class CheckResult(models.TextChoices):
    """How a check ended."""

    PASSED = "passed", _("Passed")
    FAILED = "failed", _("Failed")


def _check_reference() -> str:
    return new_reference("K")


class IdentityCheck(models.Model):
    """Somebody of the bank held a person or an enterprise against evidence; a newer one of its kind supersedes it."""

    reference = models.CharField(max_length=20, unique=True, default=_check_reference, editable=False)
    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, null=True, related_name="identity_checks")
    person = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="identity_checks")
    kind = models.CharField(_("what was checked"), max_length=30, choices=CheckKind.choices)
    result = models.CharField(_("result"), max_length=10, choices=CheckResult.choices)
    evidence = models.CharField(_("what was seen"), max_length=200, blank=True)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True)
    number_ending = models.CharField(
        _("end of the document's number"), max_length=4, blank=True, help_text="by which its bearer is known again"
    )
    expires_on = models.DateField(_("good until"), null=True)
    checked_at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(enterprise__isnull=True, person__isnull=False, kind=CheckKind.IDENTITY_DOCUMENT)
                | (
                    models.Q(enterprise__isnull=False, person__isnull=True)
                    & models.Q(kind__in=[kind.value for kind in CheckKind if SUBJECT_OF_KIND[kind] == "enterprise"])
                ),
                name="identity_check_fits_whom_it_is_of",
            ),
            models.CheckConstraint(
                condition=~models.Q(evidence="") | models.Q(file__isnull=False),
                name="identity_check_names_its_evidence",
            ),
            models.CheckConstraint(
                condition=models.Q(result=CheckResult.FAILED)
                | models.Q(result=CheckResult.PASSED, expires_on__isnull=False),
                name="passed_identity_check_expires",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def label(self) -> str:
        """Name it: what was looked at, and whose it is."""
        if self.person is None:
            return str(CheckKind(self.kind).label)
        return gettext("Identity document: %(name)s") % {"name": self.person}

    @property
    def is_of_former(self) -> bool:
        """Tell whether it was made under a name or a number that was corrected since."""
        corrected_at = self.person.name_corrected_at if self.person else self.enterprise.identity_corrected_at  # type: ignore[union-attr]
        return corrected_at is not None and self.checked_at < corrected_at


class PartyKind(models.TextChoices):
    """What a party is."""

    PERSON = "person", _("Person")
    ENTERPRISE = "enterprise", _("Enterprise")


class PartyQuerySet(models.QuerySet[Any]):
    """Parties, by whether they still are."""

    def current(self) -> PartyQuerySet:
        """Those that have not ended."""
        return self.filter(until=None)


class Party(models.Model):
    """Somebody behind or beside an enterprise, as somebody told or found; ended, never rewritten."""

    name = models.CharField(_("name"), max_length=120)
    identifier = EncryptedTextField(_("identity number or credit code"), blank=True)
    identifier_hash = models.CharField(max_length=64, blank=True, db_index=True, editable=False)
    birth_year = models.PositiveSmallIntegerField(_("year of birth"), null=True)
    share = models.DecimalField(_("share"), max_digits=5, decimal_places=4, null=True)  # a fraction
    source = models.CharField(_("where this is known from"), max_length=200)
    since = models.DateField(_("since"))
    until = models.DateField(_("until"), null=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    objects = models.Manager.from_queryset(PartyQuerySet)()

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=models.Q(share__isnull=True) | models.Q(share__gt=0, share__lte=1),
                name="%(class)s_share_is_a_fraction",
            ),
            models.CheckConstraint(
                condition=models.Q(until__isnull=True, ended_by__isnull=True)
                | models.Q(until__isnull=False, ended_by__isnull=False, until__gte=models.F("since")),
                name="%(class)s_ends_after_it_began",
            ),
            models.CheckConstraint(condition=~models.Q(source=""), name="%(class)s_names_its_source"),
        ]

    def __str__(self) -> str:
        return self.name


class Control(models.TextChoices):
    """How a person stands behind an enterprise."""

    SHARES = "shares", _("Owns shares of it")
    FAMILY = "family", _("Runs the household")
    OTHERWISE = "otherwise", _("Decides in another way")


class BeneficialOwner(Party):
    """A person who owns or controls an enterprise in the end."""

    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="beneficial_owners")
    control = models.CharField(_("how"), max_length=20, choices=Control.choices)

    class Meta(Party.Meta):
        abstract = False


class Relation(models.TextChoices):
    """How a party is related to an enterprise."""

    PARENT = "parent", _("Owns or controls it")
    SUBSIDIARY = "subsidiary", _("Is owned or controlled by it")
    SISTER = "sister", _("Has the same owner")
    FAMILY = "family", _("Close family of an owner")
    GUARANTOR = "guarantor", _("Guarantees its loans")
    PARTNER = "partner", _("Important customer or supplier")


class RelatedParty(Party):
    """A person or an enterprise related to an enterprise."""

    # Relations by which what one owes counts for the other as well.
    JOINING: Final = frozenset({Relation.PARENT, Relation.SUBSIDIARY, Relation.SISTER, Relation.FAMILY})

    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="related_parties")
    party_kind = models.CharField(_("person or enterprise"), max_length=10, choices=PartyKind.choices)
    relation = models.CharField(_("relation"), max_length=20, choices=Relation.choices)

    class Meta(Party.Meta):
        abstract = False
        verbose_name_plural = "related parties"
