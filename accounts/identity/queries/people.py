"""Questions about people, enterprises and trades."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any, Final

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import get_language

from accounts.identity import phones
from accounts.identity.models import (
    SIZE_LABELS,
    Branch,
    Enterprise,
    Industry,
    Invitation,
    Membership,
    MembershipRole,
    PostRequest,
    Role,
    SigningCode,
    StaffPost,
    User,
)
from accounts.identity.size import MILLION, SizeClass, floors_of

SIGNING_CODE_LIFETIME: Final = timedelta(minutes=10)

# How well a class fits what was typed, best first: its code; one of its everyday words or its title, whole, then begun;
# any part of them; all the words typed; an everyday word within what was typed ("I run a noodle shop", "我开面馆");
# the family it belongs to, the smaller before the larger.
_FIND_INDUSTRIES: Final = """
WITH asked AS (SELECT lower(%(text)s) AS text, %(pattern)s AS pattern, %(words)s::text[] AS words),
judged AS (
    SELECT industry.*,
           CASE
             WHEN industry.code LIKE asked.pattern || '%%' THEN 0
             WHEN ', ' || lower(industry.keywords) || ',' LIKE '%%, ' || asked.pattern || ',%%'
                  OR asked.text IN (lower(industry.name_en), industry.name_zh_hans) THEN 1
             WHEN ', ' || lower(industry.keywords) LIKE '%%, ' || asked.pattern || '%%'
                  OR lower(industry.name_en) LIKE asked.pattern || '%%'
                  OR industry.name_zh_hans LIKE asked.pattern || '%%' THEN 2
             WHEN told.everything LIKE '%%' || asked.pattern || '%%' THEN 3
             WHEN told.everything LIKE ALL (asked.words) THEN 4
             WHEN EXISTS (
                  SELECT FROM unnest(string_to_array(lower(industry.keywords), ', ')) AS word
                  WHERE CASE WHEN word ~ '^[a-z]' THEN ' ' || asked.text || ' ' ~ ('\\m' || word || 's?\\M')
                             ELSE length(word) > 1 AND strpos(asked.text, word) > 0 END) THEN 5
             WHEN lower(family.name_en) LIKE '%%' || asked.pattern || '%%'
                  OR family.name_zh_hans LIKE '%%' || asked.pattern || '%%' THEN 6
             WHEN lower(larger.name_en) LIKE '%%' || asked.pattern || '%%'
                  OR larger.name_zh_hans LIKE '%%' || asked.pattern || '%%' THEN 7
           END AS fit
      FROM accounts_industry AS industry
      JOIN accounts_industry AS family ON family.code = industry.parent_id
      JOIN accounts_industry AS larger ON larger.code = family.parent_id
     CROSS JOIN asked
     CROSS JOIN LATERAL (
           SELECT lower(concat_ws(' ', industry.name_en, industry.name_zh_hans, industry.keywords)) AS everything
           ) AS told
     WHERE length(industry.code) = 4)
SELECT * FROM judged WHERE fit IS NOT NULL ORDER BY fit, code LIMIT %(limit)s
"""


def find_industries(text: str, limit: int = 20) -> list[Industry]:
    """Find trades (classes only) by code, title or everyday word in either language, the best fit first."""
    asked = " ".join(text.split())[:80]
    if not asked:
        return []
    words = [f"%{_literal(word.lower())}%" for word in asked.split()]
    params = {"text": asked, "pattern": _literal(asked.lower()), "words": words, "limit": limit}
    return list(Industry.objects.raw(_FIND_INDUSTRIES, params))


def near_industries(text: str, limit: int = 8) -> list[Industry]:
    """Find trades by parts of what was asked where all of it finds none; what stands last says most, as in 牛肉面."""
    words = [word for word in text.split() if len(word) > 2 or not word.isascii()]
    if len(words) < 2:
        han = [sign for sign in "".join(words)[:8] if not sign.isascii()]
        words = [*han, *map("".join, pairwise(han))]
    found: dict[str, Industry] = {}
    for _place, part in sorted(enumerate(words), key=lambda each: (len(each[1]), each[0]), reverse=True):
        for each in find_industries(part, limit) if len(found) < limit else ():
            found.setdefault(each.code, each)
    return list(found.values())[:limit]


def _literal(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def branches_for_customers() -> QuerySet[Branch]:
    """List the branches that keep customers, by name: all but head office, or head office where it is alone."""
    by_name = "name_zh_hans" if (get_language() or "").startswith("zh") else "name_en"
    branches = Branch.objects.order_by(by_name)
    others = branches.filter(is_head_office=False)
    return others if others.exists() else branches


def telephone_for(user: User) -> str:
    """Tell by which number a person reaches us: of a branch that keeps an enterprise of theirs, else the bank's."""
    theirs = Branch.objects.filter(enterprise__in=Enterprise.objects.of_member(user)).exclude(phone="")
    return theirs.order_by("code").values_list("phone", flat=True).first() or str(settings.BANK_PHONE)


def branches_with_staff() -> QuerySet[Branch]:
    """List all branches by code with how many people hold a post there now and how many enterprises they keep."""
    here = {"branch": OuterRef("pk")}
    people = StaffPost.objects.filter(**here, ended_at=None).values("branch")
    enterprises = Enterprise.objects.filter(**here).values("branch")
    return Branch.objects.annotate(
        people=Coalesce(Subquery(people.annotate(n=Count("user", distinct=True)).values("n")), 0),
        enterprises=Coalesce(Subquery(enterprises.annotate(n=Count("pk")).values("n")), 0),
    ).order_by("code")


@dataclass(frozen=True)
class SizeStep:
    """From how many people and how much revenue on an enterprise of the trade is of a class."""

    label: str
    employees: int
    revenue: Decimal


def size_steps(industry: Industry) -> list[SizeStep]:
    """List the floors of "small" and "medium" in a trade, revenue a year in the bank's currency."""
    floors = floors_of(industry.section, industry.code[:2])
    million = MILLION / settings.YUAN_RATE
    return [
        SizeStep(str(SIZE_LABELS[SizeClass.SMALL]), floors.small_employees, floors.small_revenue * million),
        SizeStep(str(SIZE_LABELS[SizeClass.MEDIUM]), floors.medium_employees, floors.medium_revenue * million),
    ]


def members_of(enterprise: Enterprise) -> QuerySet[Membership]:
    """List who acts for an enterprise now, owners first."""
    return enterprise.memberships.acting().select_related("user").order_by("-role", "pk")


def bookkeepers_of(enterprise: Enterprise) -> QuerySet[Membership]:
    """List who keeps an enterprise's books now."""
    kept = enterprise.memberships.filter(role=MembershipRole.BOOKKEEPER, ended_at=None)
    return kept.select_related("user").order_by("pk")


def people_of(enterprise: Enterprise) -> QuerySet[Membership]:
    """List who acts for an enterprise, or keeps its books, now."""
    return enterprise.memberships.filter(ended_at=None).select_related("user")


def acts_for(user: Any, enterprise: Enterprise) -> bool:
    """Tell whether the person is an owner or a manager of the enterprise now."""
    return bool(enterprise.memberships.acting().filter(user=user).exists())


def keeps_books(user: Any, enterprise: Enterprise) -> bool:
    """Tell whether the person is a bookkeeper of the enterprise now."""
    return bool(bookkeepers_of(enterprise).filter(user=user).exists())


def owns(user: Any, enterprise: Enterprise) -> bool:
    """Tell whether the person is an owner of the enterprise now."""
    return bool(enterprise.memberships.owning().filter(user=user).exists())


def ever_acted_for(enterprise: Enterprise, *, person: str) -> bool:
    """Tell whether the person of this reference is, or ever was, a member: then the bank lets others judge of it."""
    return bool(enterprise.memberships.filter(user__reference=person).exists())


def ever_acted_together(one: User, other: User) -> bool:
    """Tell whether two people are, or ever were, members of the same enterprise."""
    return bool(one.memberships.filter(enterprise__memberships__user=other).exists())


def open_invitations(enterprise: Enterprise) -> QuerySet[Invitation]:
    """List the invitations of an enterprise that still stand."""
    return enterprise.invitations.open().order_by("pk")


def invitations_to(user: User) -> QuerySet[Invitation]:
    """List the invitations that wait for a person's answer."""
    return Invitation.objects.addressed_to(user).select_related("enterprise", "invited_by").order_by("pk")


def staff_posts() -> QuerySet[StaffPost]:
    """List the posts held now, by person."""
    return StaffPost.objects.filter(ended_at=None).select_related("user", "branch").order_by("user__full_name", "pk")


def post_requests() -> QuerySet[PostRequest]:
    """List the posts that wait for another administrator's word, the longest waiting first."""
    waiting = PostRequest.objects.filter(decided_at=None)
    return waiting.select_related("user", "branch", "asked_by").order_by("asked_at", "pk")


def post_requests_to_decide(user: User) -> QuerySet[PostRequest]:
    """Keep those on which this administrator's word counts."""
    if not user.has_role(Role.ADMINISTRATOR):
        return PostRequest.objects.none()
    return post_requests().exclude(asked_by=user).exclude(user=user)


def person_by_contact(contact: str) -> User | None:
    """Find a person by a verified mobile number or by e-mail."""
    phone = phones.normalized(contact)
    if phone:
        user = User.objects.with_phone(phone)
        return user if user and user.phone_verified else None
    return User.objects.filter(emailaddress__email__iexact=contact.strip(), emailaddress__verified=True).first()


def signs_with_authenticator(user: User) -> bool:
    """Tell whether the person may sign by an authenticator instead of a message."""
    return bool(Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists())


def awaits_signing_code(user: User, *, subject: str, at: datetime) -> bool:
    """Tell whether a code was sent for a subject that still counts."""
    sent = SigningCode.objects.filter(user=user, subject=subject, used_at=None)
    return sent.filter(asked_at__gte=at - SIGNING_CODE_LIFETIME).exists()
