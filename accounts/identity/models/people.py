"""People, enterprises, branches, roles, consents and clearances."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Any, ClassVar, Final

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.identity.size import SizeClass, size_class
from portal.core.fields import EncryptedTextField, lookup_hash
from portal.core.language import localized
from portal.core.querysets import LockableQuerySet
from portal.core.references import new_reference


class Role(models.TextChoices):
    """What a member of staff is there for."""

    OFFICER = "officer", _("Loan officer")
    UNDERWRITER = "underwriter", _("Underwriter")
    APPROVER = "approver", _("Approver")
    OPERATIONS = "operations", _("Operations")
    RISK_ANALYST = "risk_analyst", _("Risk analyst")
    COURSE_EDITOR = "course_editor", _("Course editor")
    AUDITOR = "auditor", _("Auditor")
    ADMINISTRATOR = "administrator", _("Administrator")


READERS: Final = tuple(role for role in Role if role != Role.COURSE_EDITOR)  # who may see customers and what they have


SIZE_LABELS = {SizeClass.MICRO: _("Micro"), SizeClass.SMALL: _("Small"), SizeClass.MEDIUM: _("Medium")}


class Branch(models.Model):
    """A branch of the bank; staff of head office see all branches."""

    code = models.CharField(_("code"), max_length=10, unique=True)
    name_en = models.CharField(max_length=80)
    name_zh_hans = models.CharField(max_length=80)
    address_en = models.CharField(max_length=160, blank=True)
    address_zh_hans = models.CharField(max_length=160, blank=True)
    phone = models.CharField(_("telephone"), max_length=30, blank=True)
    hours_en = models.CharField(max_length=160, blank=True)
    hours_zh_hans = models.CharField(max_length=160, blank=True)
    is_head_office = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["is_head_office"], condition=models.Q(is_head_office=True), name="there_is_one_head_office"
            )
        ]

    def __str__(self) -> str:
        return localized(self, "name")


class UserManager(BaseUserManager["User"]):
    """Makes people and finds them by what they sign in with."""

    def create_user(self, *, phone: str = "", email: str = "", password: str | None = None, **fields: Any) -> User:
        """Create a person; the phone is an E.164 number."""
        user = self.model(email=self.normalize_email(email), **fields)
        user.put_phone(phone)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def with_phone(self, phone: str) -> User | None:
        """Find the person who signs in with this number."""
        return self.filter(phone_hash=lookup_hash(phone)).first()

    def get_by_natural_key(self, username: str | None) -> User:
        """Find a person by reference."""
        return self.get(reference=username)


def _user_reference() -> str:
    return new_reference("U")


class User(AbstractBaseUser):
    """A person: an owner, a manager, or a member of staff."""

    reference = models.CharField(max_length=20, unique=True, default=_user_reference, editable=False)
    full_name = models.CharField(_("full name"), max_length=80)
    phone = EncryptedTextField(_("mobile number"), blank=True)
    phone_hash = models.CharField(max_length=64, unique=True, null=True)  # noqa: DJ001 - unique where given
    phone_verified = models.BooleanField(default=False)
    phone_changed_at = models.DateTimeField(
        null=True, help_text="when another number took the place of a confirmed one"
    )
    name_corrected_at = models.DateTimeField(
        null=True, help_text="a document that was checked earlier had another name"
    )
    email = models.EmailField(_("e-mail"), blank=True)  # allauth's addresses judge which one is verified and whose
    language = models.CharField(_("language"), max_length=10, default="en")
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(auto_now_add=True)
    devices_trusted_from = models.DateTimeField(null=True, help_text="trust that a device got earlier counts no more")

    USERNAME_FIELD = "reference"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = UserManager()

    def __str__(self) -> str:
        return self.full_name or self.reference

    def get_full_name(self) -> str:
        """Name the person."""
        return str(self)

    def put_phone(self, phone: str) -> None:
        """Set the number and the hash it is found by, together."""
        self.phone = phone
        self.phone_hash = lookup_hash(phone) if phone else None

    @cached_property
    def posts(self) -> list[StaffPost]:
        """The posts the person holds in the bank now."""
        return list(self.staffpost_set.filter(ended_at=None).select_related("branch")) if self.pk else []

    @property
    def roles(self) -> frozenset[str]:
        """The roles of those posts."""
        return frozenset(post.role for post in self.posts)

    @property
    def is_staff_member(self) -> bool:
        """Tell whether the person works for the bank."""
        return bool(self.posts)

    @property
    def serves_customers(self) -> bool:
        """Tell whether a post has to do with customers; course editors' have not."""
        return bool(self.roles - {Role.COURSE_EDITOR.value})

    @property
    def sees_all_branches(self) -> bool:
        """Tell whether a post is at head office."""
        return any(post.branch.is_head_office for post in self.posts)

    def branches(self) -> Iterable[int]:
        """The keys of the branches whose cases the person may see, head office aside."""
        return {post.branch_id for post in self.posts}

    def has_role(self, *roles: str) -> bool:
        """Tell whether the person holds any of these roles."""
        return bool(self.roles & set(roles))


class StaffPost(models.Model):
    """A role at a branch, until it ends."""

    user = models.ForeignKey(User, on_delete=models.PROTECT)
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, verbose_name=_("branch"))
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    approval_limit_amount = models.DecimalField(_("approval limit"), max_digits=14, decimal_places=2, null=True)
    ended_at = models.DateTimeField(null=True)

    objects = models.Manager.from_queryset(LockableQuerySet)()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "branch", "role"], condition=models.Q(ended_at=None), name="post_is_held_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display()}"


class PostRequest(models.Model):
    """One administrator asks that a person get a post, another one says whether it is given; never rewritten."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="post_requests")
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT)
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    approval_limit_amount = models.DecimalField(_("approval limit"), max_digits=14, decimal_places=2, null=True)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    post = models.OneToOneField(StaffPost, on_delete=models.PROTECT, null=True, related_name="request")

    objects = models.Manager.from_queryset(LockableQuerySet)()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "branch", "role"],
                condition=models.Q(decided_at=None),
                name="post_is_asked_for_once_at_a_time",
            ),
            models.CheckConstraint(
                condition=models.Q(decided_by=None, decided_at=None, post=None)
                | models.Q(decided_by__isnull=False, decided_at__isnull=False),
                name="post_request_is_decided_whole",
            ),
            models.CheckConstraint(
                condition=models.Q(post=None)
                | (~models.Q(decided_by=models.F("asked_by")) & ~models.Q(decided_by=models.F("user"))),
                name="post_is_confirmed_by_another",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display()}"


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


class Setting(models.TextChoices):
    """Where an enterprise works."""

    TOWN = "town", _("Town")
    VILLAGE = "village", _("Village")


class IdentifierKind(models.TextChoices):
    """By what an enterprise is identified."""

    USCC = "uscc", _("Unified Social Credit Code")
    FARM_HOUSEHOLD = "farm_household", _("Farm household number")


class EnterpriseQuerySet(LockableQuerySet["Enterprise"]):
    """Which enterprises one may see."""

    def visible_to(self, user: Any) -> EnterpriseQuerySet:
        """Members see theirs; staff their branches'; head office all; course editors none."""
        if not user.is_staff_member:
            return self.of_member(user)
        if not user.serves_customers:
            return self.none()
        return self if user.sees_all_branches else self.filter(branch__in=user.branches())

    def of_member(self, user: Any) -> EnterpriseQuerySet:
        """Keep those that the person acts for, as owner or manager."""
        return self.filter(memberships__user=user, memberships__ended_at=None).distinct()

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
            annual_revenue=self.annual_revenue_amount,
        )

    def get_size_class_display(self) -> str:
        """Say the size class in the reader's language."""
        return str(SIZE_LABELS[self.size_class])


class MembershipRole(models.TextChoices):
    """What a person may do for an enterprise."""

    OWNER = "owner", _("Owner")
    MANAGER = "manager", _("Manager")


class Membership(models.Model):
    """A person acts for an enterprise."""

    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="memberships")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(_("role"), max_length=10, choices=MembershipRole.choices)
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = models.Manager.from_queryset(LockableQuerySet)()

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
    """An owner asks whoever has a number to manage the enterprise."""

    reference = models.CharField(max_length=20, unique=True, default=_invitation_reference, editable=False)
    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="invitations")
    phone = EncryptedTextField(_("mobile number"))
    phone_hash = models.CharField(max_length=64, db_index=True)
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
            )
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


class Clearance(models.Model):
    """Something a person has shown to know or be; others may require it."""

    user = models.ForeignKey(User, on_delete=models.PROTECT)
    code = models.CharField(max_length=60)
    source = models.CharField(max_length=60)
    granted_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "code"], name="clearance_is_granted_once")]

    def __str__(self) -> str:
        return f"{self.user}: {self.code}"


class SigningCode(models.Model):
    """A one-time code by which a person confirms one signing; kept as a keyed hash."""

    user = models.ForeignKey(User, on_delete=models.PROTECT)
    subject = models.CharField(max_length=60)
    code_hash = models.CharField(max_length=64)
    asked_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    objects = models.Manager.from_queryset(LockableQuerySet)()

    def __str__(self) -> str:
        return self.subject
