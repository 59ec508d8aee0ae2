"""Enterprises, who acts for them, and what was agreed to for them."""

from __future__ import annotations

from typing import Any, Final

from django.conf import settings
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.identity.models.people import Branch, User
from accounts.identity.size import SizeClass, size_class
from portal.core.fields import EncryptedTextField
from portal.core.language import localized
from portal.core.querysets import LockableQuerySet
from portal.core.references import new_reference

EVERYDAY: Final = 4  # words that stand beside a trade's title
SIZE_LABELS = {SizeClass.MICRO: _("Micro"), SizeClass.SMALL: _("Small"), SizeClass.MEDIUM: _("Medium")}


class Industry(models.Model):
    """A node of the industry classification (ISIC Rev. 4): section letter, then two, three, four digits."""

    code = models.CharField(_("code"), max_length=4, primary_key=True)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="children")
    section = models.CharField(max_length=1)
    name_en = models.CharField(max_length=200)
    name_zh_hans = models.CharField(max_length=200)
    keywords = models.CharField(max_length=400, blank=True, help_text="everyday words, both languages, for the search")

    class Meta:
        verbose_name_plural = "industries"

    def __str__(self) -> str:
        return localized(self, "name")

    def everyday(self, asked: str) -> str:
        """Say it in a few everyday words of the active language, those first that fit what was asked."""
        chinese = (get_language() or "en").startswith("zh")
        words = [word for word in self.keywords.split(", ") if word and word.isascii() != chinese]
        words.sort(key=lambda word: asked.lower() not in word and word not in asked.lower())
        return ("、" if chinese else ", ").join(words[:EVERYDAY])


class Setting(models.TextChoices):
    """Where an enterprise works."""

    TOWN = "town", _("Town")
    VILLAGE = "village", _("Village")


class IdentifierKind(models.TextChoices):
    """By what an enterprise is identified."""

    USCC = "uscc", _("Unified Social Credit Code")
    FARM_HOUSEHOLD = "farm_household", _("Farm household number")


class EnterpriseQuerySet(LockableQuerySet["Enterprise"]):
    """Which enterprises one may see, and for which one may act: whoever asks for neither in so many words, acts."""

    def visible_to(self, user: Any) -> EnterpriseQuerySet:
        """Members see theirs; staff their branches'; head office all; course editors none.

        At a door that only shows books, staff as well see those whose books they keep.
        """
        if not user.is_staff_member:
            return self.open_to(user)
        if not user.serves_customers:
            return self.none()
        if user.sees_all_branches:
            return self
        seen = models.Q(branch__in=user.branches())
        if user.only_reads:
            seen |= models.Q(pk__in=Enterprise.objects.of_bookkeeper(user).values("pk"))
        return self.filter(seen)

    def open_to(self, user: Any) -> EnterpriseQuerySet:
        """Keep those that the person acts for; at a door that only shows books, those whose books they keep as well."""
        if not user.only_reads:
            return self.of_member(user)
        return self.filter(memberships__user=user, memberships__ended_at=None).distinct()

    def of_member(self, user: Any) -> EnterpriseQuerySet:
        """Keep those that the person acts for, as owner or manager."""
        mine = {"memberships__user": user, "memberships__role__in": ACTING, "memberships__ended_at": None}
        return self.filter(**mine).distinct()

    def of_bookkeeper(self, user: Any) -> EnterpriseQuerySet:
        """Keep those whose books the person keeps, and does nothing else for."""
        mine = {"memberships__user": user, "memberships__role": MembershipRole.BOOKKEEPER}
        return self.filter(**mine, memberships__ended_at=None).distinct()

    def of_owner(self, user: Any) -> EnterpriseQuerySet:
        """Keep those that the person owns."""
        mine = {"memberships__user": user, "memberships__role": MembershipRole.OWNER, "memberships__ended_at": None}
        return self.filter(**mine).distinct()


def _enterprise_reference() -> str:
    return new_reference("E")


class Enterprise(models.Model):
    """A customer: a firm, a sole proprietor, a farm household."""

    reference = models.CharField(max_length=20, unique=True, default=_enterprise_reference, editable=False)
    legal_name = models.CharField(_("legal name"), max_length=120)
    identifier_kind = models.CharField(_("identifier"), max_length=20, choices=IdentifierKind.choices)
    identifier = EncryptedTextField(_("identifier"))
    identifier_hash = models.CharField(max_length=64, unique=True, editable=False)
    industry = models.ForeignKey(Industry, on_delete=models.PROTECT, verbose_name=_("industry"))
    setting = models.CharField(_("town or village"), max_length=10, choices=Setting.choices)
    employees = models.PositiveIntegerField(_("people who work there"))
    annual_revenue_amount = models.DecimalField(_("revenue in a year"), max_digits=16, decimal_places=2)
    founded_on = models.DateField(_("founded"))
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, verbose_name=_("branch"))
    registered_at = models.DateTimeField()
    identity_corrected_at = models.DateTimeField(
        null=True, help_text="a paper that was checked earlier had another name or number"
    )
    judged_at = models.DateTimeField(null=True, help_text="what changes after it bears a later moment")

    objects = models.Manager.from_queryset(EnterpriseQuerySet)()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(annual_revenue_amount__gte=0), name="enterprise_revenue_is_not_negative"
            ),
            models.CheckConstraint(condition=models.Q(employees__gte=1), name="enterprise_has_someone_working"),
        ]

    def __str__(self) -> str:
        return self.legal_name

    @property
    def size_class(self) -> SizeClass:
        """Micro, small or medium, by the documented rule."""
        return size_class(
            section=self.industry.section,
            division=self.industry.code[:2],
            employees=self.employees,
            annual_revenue=self.annual_revenue_amount * settings.YUAN_RATE,
        )

    def get_size_class_display(self) -> str:
        """Say the size class in the reader's language."""
        return str(SIZE_LABELS[self.size_class])


class MembershipRole(models.TextChoices):
    """What a person may do for an enterprise; a bookkeeper reads its books, and nothing else."""

    OWNER = "owner", _("Owner")
    MANAGER = "manager", _("Manager")
    BOOKKEEPER = "bookkeeper", _("Bookkeeper")


ACTING: Final = (MembershipRole.OWNER, MembershipRole.MANAGER)
INVITED: Final = (MembershipRole.MANAGER, MembershipRole.BOOKKEEPER)


class MembershipQuerySet(LockableQuerySet["Membership"]):
    """Which memberships stand."""

    def acting(self) -> MembershipQuerySet:
        """Keep those of who acts for an enterprise now: owners and managers."""
        return self.filter(role__in=ACTING, ended_at=None)

    def owning(self) -> MembershipQuerySet:
        """Keep those of the owners of now."""
        return self.filter(role=MembershipRole.OWNER, ended_at=None)


class Membership(models.Model):
    """A person acts for an enterprise, or keeps its books."""

    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="memberships")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(_("role"), max_length=10, choices=MembershipRole.choices)
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = models.Manager.from_queryset(MembershipQuerySet)()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise", "user"], condition=models.Q(ended_at=None), name="membership_is_held_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.enterprise}"


def _invitation_reference() -> str:
    return new_reference("I")


class InvitationQuerySet(LockableQuerySet["Invitation"]):
    """Which invitations stand, and for whom."""

    def open(self) -> InvitationQuerySet:
        """Those neither accepted nor withdrawn."""
        return self.filter(accepted_at=None, withdrawn_at=None)

    def addressed_to(self, user: Any) -> InvitationQuerySet:
        """Those to the person's verified number."""
        return self.open().filter(phone_hash=user.phone_hash) if user.phone_verified else self.none()


class Invitation(models.Model):
    """An owner asks whoever has a number to manage the enterprise, or to keep its books."""

    reference = models.CharField(max_length=20, unique=True, default=_invitation_reference, editable=False)
    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="invitations")
    phone = EncryptedTextField(_("mobile number"))
    phone_hash = models.CharField(max_length=64, db_index=True)
    role = models.CharField(
        _("role"),
        max_length=10,
        choices=[(each.value, each.label) for each in INVITED],
        default=MembershipRole.MANAGER,
    )
    invited_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    invited_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    objects = models.Manager.from_queryset(InvitationQuerySet)()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise", "phone_hash"],
                condition=models.Q(accepted_at=None, withdrawn_at=None),
                name="invitation_is_open_once",
            ),
            models.CheckConstraint(condition=models.Q(role__in=INVITED), name="invitation_is_not_to_own"),
        ]

    def __str__(self) -> str:
        return self.reference


class Consent(models.Model):
    """What a person agreed to, for an enterprise, in which wording."""

    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT)
    user = models.ForeignKey(User, on_delete=models.PROTECT)
    purpose = models.CharField(max_length=40)
    wording_version = models.CharField(max_length=20)
    given_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.purpose} {self.wording_version}"
