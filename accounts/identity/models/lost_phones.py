"""People who lost what they sign in with, and the two of the bank who let them in again."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.identity.models.people import Role, StaffPost, User
from portal.core.badges import State, Tones
from portal.core.fields import EncryptedTextField
from portal.core.querysets import LockableQuerySet
from portal.core.references import new_reference

CUSTOMER_HELPERS = (Role.OFFICER, Role.OPERATIONS)


class IdentityPaper(models.TextChoices):
    """By which paper somebody of the bank saw who it is."""

    IDENTITY_CARD = "identity_card", _("Resident identity card")
    TEMPORARY_CARD = "temporary_card", _("Temporary identity card")
    PASSPORT = "passport", _("Passport")


class LostPhoneStatus(models.TextChoices):
    """Where it stands."""

    WAITING = "waiting", _("Waits for a second person")
    CONFIRMED = "confirmed", _("Confirmed")
    DECLINED = "declined", _("Not confirmed")

    tone = Tones(waiting="warning", confirmed="success")


class LostPhoneQuerySet(LockableQuerySet["LostPhone"]):
    """Which of them one may see."""

    def visible_to(self, user: Any) -> LostPhoneQuerySet:
        """Administrators see colleagues', who serves customers those that came to their branch.

        The post of who asked for it may have ended since.
        """
        held = StaffPost.objects.all()
        of_colleague = models.Q(person__in=held.filter(ended_at=None).values("user"))
        seen = models.Q(pk=None)
        if user.has_role(Role.ADMINISTRATOR):
            seen |= of_colleague
        if user.has_role(*CUSTOMER_HELPERS):
            here = held if user.sees_all_branches else held.filter(branch__in=user.branches())
            seen |= ~of_colleague & models.Q(proposed_by__in=here.values("user"))
        return self.filter(seen)

    def waiting(self) -> LostPhoneQuerySet:
        """Keep those that nobody has decided on."""
        return self.filter(status=LostPhoneStatus.WAITING)


def _reference() -> str:
    return new_reference("LP")


class LostPhone(models.Model):
    """One person of the bank saw who it is and asks to let them in again, by another number if need be."""

    reference = models.CharField(max_length=20, unique=True, default=_reference, editable=False)
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="lost_phones")
    number_before = EncryptedTextField(_("mobile number until now"), blank=True)
    number = EncryptedTextField(_("new mobile number"), blank=True, help_text="empty: the number stays")
    paper = models.CharField(_("identity paper"), max_length=20, choices=IdentityPaper.choices)
    reason = models.CharField(_("reason"), max_length=200)
    status = models.CharField(max_length=10, choices=LostPhoneStatus.choices, default=LostPhoneStatus.WAITING)
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    objects = models.Manager.from_queryset(LostPhoneQuerySet)()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status__in=LostPhoneStatus.values), name="lost_phone_status_is_known"
            ),
            models.CheckConstraint(condition=~models.Q(reason=""), name="lost_phone_says_why"),
            models.CheckConstraint(
                condition=~models.Q(status=LostPhoneStatus.CONFIRMED)
                | (models.Q(decided_by__isnull=False) & ~models.Q(decided_by=models.F("proposed_by"))),
                name="lost_phone_is_confirmed_by_four_eyes",
            ),
            models.CheckConstraint(
                condition=~models.Q(person=models.F("proposed_by"))
                & (models.Q(decided_by=None) | ~models.Q(person=models.F("decided_by"))),
                name="lost_phone_is_not_of_who_helps",
            ),
            models.CheckConstraint(
                condition=models.Q(status=LostPhoneStatus.WAITING, decided_by=None, decided_at=None)
                | (
                    ~models.Q(status=LostPhoneStatus.WAITING)
                    & models.Q(decided_by__isnull=False, decided_at__isnull=False)
                ),
                name="lost_phone_is_decided_by_somebody",
            ),
            models.UniqueConstraint(
                fields=["person"],
                condition=models.Q(status=LostPhoneStatus.WAITING),
                name="person_waits_for_one_new_number",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    badge = State(LostPhoneStatus)
