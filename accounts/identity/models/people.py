"""People, branches, roles and clearances."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Any, ClassVar, Final

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.translation import gettext_lazy as _

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

    def locked(self) -> models.QuerySet[User]:
        """Lock people until the transaction ends, leaving keys free for foreign keys."""
        return self.select_for_update(of=("self",), no_key=True).order_by("pk")

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

    only_reads = False  # by ``access.reading``: who asks wants to see, not to act, and so may see books they only keep

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
    def works_without_customers(self) -> bool:
        """Tell whether the person works for the bank, and what customers have is not for them to see."""
        return self.is_staff_member and not self.serves_customers

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
