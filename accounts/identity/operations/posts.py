"""Posts in the bank: given by one administrator, and by two where there are two."""

from datetime import datetime
from decimal import Decimal
from typing import Final

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.identity.models import Branch, PostRequest, Role, StaffPost, User
from accounts.identity.operations.telling import tell_staff
from portal.core import audit
from portal.core.refusals import Refusal, register

WATCHERS: Final = (Role.ADMINISTRATOR, Role.AUDITOR)  # who is told of what one administrator does with posts

register(
    {
        "post_held": _("This person already holds this post."),
        "post_ended": _("This post has already ended."),
        "own_post": _("You cannot end your own post. Ask another administrator."),
        "posts_multiply": _(
            "A person's roles count at all their branches: whoever has several branches has one role at all of them. "
            "End the other posts first."
        ),
        "post_for_oneself": _("You cannot give yourself a post. Ask another administrator."),
        "post_asked": _("This post waits already for another administrator's word."),
        "post_request_decided": _("Somebody has decided on this already."),
        "post_request_own": _("You asked for this post, or it is your own. Another administrator confirms it."),
    }
)


class PostHeld(Refusal):
    """The person holds this role at this branch."""

    code = "post_held"


class PostsMultiply(Refusal):
    """Several roles and several branches would let the person do at one what was meant for another."""

    code = "posts_multiply"


class PostEnded(Refusal):
    """The post ended before."""

    code = "post_ended"


class OwnPost(Refusal):
    """Administrators neither end their own posts nor give themselves one."""

    code = "own_post"


class PostRequestRefused(Refusal):
    """It is asked for or decided already, or not this person's to confirm."""

    code = "post_request_decided"


@transaction.atomic(durable=True)
def ask_post(
    user: User,
    *,
    role: str,
    branch: Branch,
    by: User,
    at: datetime,
    approval_limit_amount: Decimal | None = None,
) -> StaffPost | None:
    """Give a person a post at once as the only administrator; where there is another, ask for that one's word.

    An approver's post that is held already is given with another limit.

    :raises PostRequestRefused: when it is asked for already.
    :raises OwnPost, PostHeld, PostsMultiply: see ``give_post``.
    """
    others = StaffPost.objects.filter(role=Role.ADMINISTRATOR, ended_at=None).exclude(user__in=[user, by])
    limit = approval_limit_amount if role == Role.APPROVER else None
    _check(user, role=role, branch=branch, limit=limit, by=by)
    if not others.exists():
        asked = PostRequest.objects.filter(user=user, role=role, branch=branch, decided_at=None)
        asked.update(decided_by=by, decided_at=at)  # of who has left since
        return _give(user, role=role, branch=branch, limit=limit, by=by, at=at)
    _request, is_new = PostRequest.objects.get_or_create(
        user=user,
        role=role,
        branch=branch,
        decided_at=None,
        defaults={"approval_limit_amount": limit, "asked_by": by, "asked_at": at},
    )
    if not is_new:
        raise PostRequestRefused("post_asked")
    _trace("asked", user, role=role, branch=branch, limit=limit, by=by, at=at)
    tell_staff(others, "post_asked", params={"name": str(user), "giver": str(by)}, at=at)
    return None


@transaction.atomic(durable=True)
def confirm_post(request: PostRequest, *, by: User, at: datetime) -> StaffPost:
    """Give the post that another administrator asked for.

    :raises PostRequestRefused: when it is decided, or by whoever asked or is to get it.
    :raises PostHeld, PostsMultiply: when the person's other posts stand against it by now.
    """
    _take(request)
    if by.pk in {request.asked_by_id, request.user_id}:
        raise PostRequestRefused("post_request_own")
    role, branch, limit = request.role, request.branch, request.approval_limit_amount
    _check(request.user, role=role, branch=branch, limit=limit, by=by)
    request.post = post = _give(request.user, role=role, branch=branch, limit=limit, by=by, at=at)
    _decide(request, by=by, at=at)
    return post


@transaction.atomic(durable=True)
def decline_post(request: PostRequest, *, by: User, at: datetime) -> None:
    """Leave a post ungiven and tell whoever asked for it, who may do so, too.

    :raises PostRequestRefused: when it is decided.
    """
    _take(request)
    _decline(request, by=by, at=at)
    asker = StaffPost.objects.filter(user=request.asked_by_id, ended_at=None).exclude(user=by)
    tell_staff(asker, "post_declined", params={"name": str(request.user), "giver": str(by)}, at=at)


def _take(request: PostRequest) -> None:
    request.refresh_from_db(from_queryset=PostRequest.objects.locked())
    if request.decided_at:
        raise PostRequestRefused


def _decline(request: PostRequest, *, by: User, at: datetime) -> None:
    _decide(request, by=by, at=at)
    _trace("declined", request.user, role=request.role, branch=request.branch, limit=None, by=by, at=at)


def _decide(request: PostRequest, *, by: User, at: datetime) -> None:
    request.decided_by, request.decided_at = by, at
    request.save(update_fields=["decided_by", "decided_at", "post"])


@transaction.atomic(durable=True)
def give_post(
    user: User,
    *,
    role: str,
    branch: Branch,
    by: User | None,
    at: datetime,
    approval_limit_amount: Decimal | None = None,
) -> StaffPost:
    """Give a person a post at a branch, on one person's word alone.

    :param by: the administrator; none when the bank is set up.
    :param approval_limit_amount: the most an approver may approve, in the bank's currency; none is nothing.
    :raises OwnPost: when it is the administrator's own.
    :raises PostHeld: when the person holds it already, and no other limit is named.
    :raises PostsMultiply: when the person would have several roles and several branches.
    """
    limit = approval_limit_amount if role == Role.APPROVER else None
    _check(user, role=role, branch=branch, limit=limit, by=by)
    return _give(user, role=role, branch=branch, limit=limit, by=by, at=at)


def _check(user: User, *, role: str, branch: Branch, limit: Decimal | None, by: User | None) -> None:
    """Lock the person and refuse what no word of another would mend."""
    if by is not None and user.pk == by.pk:
        raise OwnPost("post_for_oneself")
    User.objects.locked().get(pk=user.pk)
    held = {(each.role, each.branch_id): each for each in StaffPost.objects.filter(user=user, ended_at=None)}
    post = held.get((role, branch.pk))
    if post and limit in {None, post.approval_limit_amount}:
        raise PostHeld
    if all(len(set(each)) > 1 for each in zip((role, branch.pk), *held, strict=True)):
        raise PostsMultiply


def _give(user: User, *, role: str, branch: Branch, limit: Decimal | None, by: User | None, at: datetime) -> StaffPost:
    was_held = StaffPost.objects.filter(user=user, role=role, branch=branch, ended_at=None).update(ended_at=at)
    given: StaffPost = StaffPost.objects.create(user=user, role=role, branch=branch, approval_limit_amount=limit)
    _trace("limited" if was_held else "given", user, role=role, branch=branch, limit=limit, by=by, at=at)
    if by is not None:
        watchers = StaffPost.objects.filter(role__in=WATCHERS, ended_at=None)
        params = {"name": str(user), "giver": str(by)}
        tell_staff(watchers.exclude(user__in=[user, by]), "post_given", params=params, at=at)
    return given


def _trace(
    act: str, user: User, *, role: str, branch: Branch, limit: Decimal | None, by: User | None, at: datetime
) -> None:
    details = {"role": role, "branch": branch.code} | ({"approval_limit": limit} if limit is not None else {})
    audit.record(f"staff.post_{act}", subject=user.reference, by=by.reference if by else None, at=at, details=details)


@transaction.atomic(durable=True)
def end_post(post: StaffPost, *, by: User, at: datetime) -> None:
    """End a post from now on, and with an administrator's what they asked for.

    An administrator who ended the others' could give posts alone, so of those the others and whoever held it are told.

    :raises PostEnded: when it ended before.
    :raises OwnPost: when it is the administrator's own.
    """
    post.refresh_from_db(from_queryset=StaffPost.objects.locked())
    if post.ended_at:
        raise PostEnded
    if post.user_id == by.pk:
        raise OwnPost
    post.ended_at = at
    post.save(update_fields=["ended_at"])
    details = {"role": post.role, "branch": post.branch.code}
    audit.record("staff.post_ended", subject=post.user.reference, by=by.reference, at=at, details=details)
    if post.role in WATCHERS:
        told = StaffPost.objects.filter(Q(role__in=WATCHERS, ended_at=None) | Q(pk=post.pk)).exclude(user=by)
        tell_staff(told, "post_ended", params={"name": str(post.user), "giver": str(by)}, at=at)
    if not StaffPost.objects.filter(user=post.user_id, role=Role.ADMINISTRATOR, ended_at=None).exists():
        asked = PostRequest.objects.locked().filter(asked_by=post.user_id, decided_at=None)
        for request in asked.select_related("user", "branch"):
            _decline(request, by=by, at=at)
