"""Posts in the bank."""

from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.identity.models import Branch, Role, StaffPost, User
from accounts.identity.operations.telling import tell_staff
from portal.core import audit
from portal.core.refusals import Refusal, register

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
    """Give a person a post at a branch.

    :param by: the administrator; none when the bank is set up.
    :param approval_limit_amount: the most an approver may approve, in the bank's currency; none is nothing.
    :raises OwnPost: when it is the administrator's own.
    :raises PostHeld: when the person holds it already.
    :raises PostsMultiply: when the person would have several roles and several branches.
    """
    if by is not None and user.pk == by.pk:
        raise OwnPost("post_for_oneself")
    User.objects.select_for_update().get(pk=user.pk)
    posts = [(role, branch.pk), *StaffPost.objects.filter(user=user, ended_at=None).values_list("role", "branch")]
    if all(len(set(each)) > 1 for each in zip(*posts, strict=True)):
        raise PostsMultiply
    limit = approval_limit_amount if role == Role.APPROVER else None
    held, is_new = StaffPost.objects.get_or_create(
        user=user, role=role, branch=branch, ended_at=None, defaults={"approval_limit_amount": limit}
    )
    if not is_new:
        raise PostHeld
    details = {"role": role, "branch": branch.code} | ({"approval_limit": limit} if limit is not None else {})
    audit.record("staff.post_given", subject=user.reference, by=by.reference if by else None, at=at, details=details)
    if by is not None:
        _tell_watchers(user, by=by, at=at)
    return held


def _tell_watchers(user: User, *, by: User, at: datetime) -> None:
    """Tell the other administrators and the auditors of a new post: nobody confirms it, so somebody has to notice."""
    watchers = StaffPost.objects.filter(role__in=[Role.ADMINISTRATOR, Role.AUDITOR], ended_at=None)
    params = {"name": str(user), "giver": str(by)}
    tell_staff(watchers.exclude(user__in=[user, by]), "post_given", params=params, at=at)


@transaction.atomic(durable=True)
def end_post(post: StaffPost, *, by: User, at: datetime) -> None:
    """End a post from now on.

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
