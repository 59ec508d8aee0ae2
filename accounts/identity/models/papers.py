"""Papers that an enterprise has on file with the bank: what a check may cite as its evidence."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.identity.models.enterprises import Enterprise, Membership
from accounts.identity.models.people import User
from portal.core.badges import Badge
from portal.core.models import StoredFile
from portal.core.references import new_reference


class PaperKind(models.TextChoices):
    """What a paper shows, as whoever brought it says."""

    BUSINESS_LICENSE = "business_license", _("Business license")
    HOUSEHOLD_CERTIFICATE = "household_certificate", _("Farm household certificate")
    IDENTITY_DOCUMENT = "identity_document", _("Identity document")
    PREMISES = "premises", _("Photo of the premises or fields")
    CONTRACT = "contract", _("Order, lease or contract")
    OTHER = "other", _("Something else")


class PaperQuerySet(models.QuerySet["Paper"]):
    """Which papers one may see, and which nobody has looked at."""

    def visible_to(self, user: Any) -> PaperQuerySet:
        """Show staff those of the enterprises they see and of the people behind them.

        One that was taken back is handed to nobody.
        """
        if not user.is_staff_member:
            return self.of_member(user).on_file()
        seen = Enterprise.objects.visible_to(user)
        people = Membership.objects.acting().filter(enterprise__in=seen).values("user")
        return self.on_file().filter(models.Q(enterprise__in=seen) | models.Q(person__in=people))

    def of_member(self, user: Any) -> PaperQuerySet:
        """Keep a member's own to read and to take back, of their enterprises' papers.

        These are what they brought and what is theirs, and to owners the enterprise's own: another person's identity
        document is nobody's.
        """
        theirs = models.Q(added_by=user) | models.Q(person=user)
        of_enterprise = models.Q(enterprise__in=Enterprise.objects.of_owner(user))
        theirs |= of_enterprise & ~models.Q(kind=PaperKind.IDENTITY_DOCUMENT)
        return self.filter(theirs, enterprise__in=Enterprise.objects.of_member(user))

    def on_file(self) -> PaperQuerySet:
        """Leave out those that were taken back."""
        return self.filter(taken_back_at=None)

    def waiting(self) -> PaperQuerySet:
        """Keep those on file that nobody of the bank has looked at."""
        return self.on_file().filter(seen_at=None)


def _paper_reference() -> str:
    return new_reference("D")


class Paper(models.Model):
    """A paper of an enterprise, or of a person who acts for it, on file with the bank; it stays as it was brought.

    Until somebody of the bank has looked at it, it can be taken back; row and file stay, and nobody is shown them.
    """

    reference = models.CharField(max_length=20, unique=True, default=_paper_reference, editable=False)
    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="papers")
    person = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="papers")
    kind = models.CharField(_("what it shows"), max_length=30, choices=PaperKind.choices)
    file = models.OneToOneField(StoredFile, on_delete=models.PROTECT, related_name="paper")
    came_with = models.CharField(max_length=40, blank=True)  # the reference of the case that brought it, if one did
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    seen_at = models.DateTimeField(null=True)
    seen_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    taken_back_at = models.DateTimeField(null=True)
    taken_back_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    objects = models.Manager.from_queryset(PaperQuerySet)()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=PaperKind.values), name="paper_kind_is_known"),
            models.CheckConstraint(
                condition=models.Q(person__isnull=True) | models.Q(kind=PaperKind.IDENTITY_DOCUMENT),
                name="only_an_identity_document_is_a_persons",
            ),
            models.CheckConstraint(
                condition=models.Q(seen_by__isnull=True) | models.Q(seen_at__isnull=False),
                name="paper_that_was_seen_was_seen_at",
            ),
            models.CheckConstraint(
                condition=models.Q(taken_back_at=None, taken_back_by=None)
                | models.Q(taken_back_at__isnull=False, taken_back_by__isnull=False, seen_at=None),
                name="only_an_unseen_paper_is_taken_back",
            ),
        ]
        indexes = [models.Index(fields=["added_at"], condition=models.Q(seen_at=None), name="papers_waiting")]

    def __str__(self) -> str:
        return self.reference

    @property
    def label(self) -> str:
        """Name it: what it shows, and whose it is."""
        if self.person is None:
            return str(PaperKind(self.kind).label)
        return gettext("Identity document: %(name)s") % {"name": self.person}

    @property
    def badge(self) -> Badge:
        """Say whether somebody of the bank has looked at it."""
        return Badge(_("Looked at"), "success") if self.seen_at else Badge(_("Nobody has looked yet"), "warning")
