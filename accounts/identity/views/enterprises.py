"""Enterprises and who acts for them."""

from typing import Any, Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.identity import operations, phones, queries
from accounts.identity.access import requires, shows_books, user_of
from accounts.identity.forms.enterprises import EnterpriseSearchForm, InviteForm
from accounts.identity.models import Enterprise, Invitation, Membership, MembershipRole, Role
from portal.core import refusals

PER_PAGE: Final = 25
CALLERS: Final = (Role.OFFICER, Role.UNDERWRITER, Role.APPROVER, Role.OPERATIONS)  # who talks to customers


def _sees_enterprises(request: HttpRequest) -> Any:
    user = user_of(request)
    if user.works_without_customers:
        raise PermissionDenied
    return user


INVITE: Final = {
    MembershipRole.MANAGER: operations.invite_manager,
    MembershipRole.BOOKKEEPER: operations.invite_bookkeeper,
}


def visible_enterprise(request: HttpRequest, reference: str) -> Enterprise:
    """Find an enterprise that the person may see, or 404."""
    seen = Enterprise.objects.visible_to(_sees_enterprises(request)).select_related("industry", "branch")
    return get_object_or_404(seen, reference=reference)


def _owned(request: HttpRequest, reference: str) -> Enterprise:
    enterprise = visible_enterprise(request, reference)
    if not queries.owns(request.user, enterprise):
        raise PermissionDenied
    return enterprise


@require_safe
@shows_books
def enterprises(request: HttpRequest) -> HttpResponse:
    """List what a person may see: staff search theirs, members find their own."""
    user = _sees_enterprises(request)
    if not user.is_staff_member:
        own = Enterprise.objects.visible_to(user).select_related("industry", "branch").order_by("legal_name")
        context = {
            "enterprises": own,
            "invitations": queries.invitations_to(user),
            "kept": Enterprise.objects.of_bookkeeper(user),
        }
        return render(request, "enterprises/own.html", context)
    form = EnterpriseSearchForm(request.GET)
    asked = form.cleaned_data["q"] if form.is_valid() else ""
    found = queries.enterprises_matching(asked, user=user, by_person=True)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    if asked:
        operations.note_found(asked, list(page), by=user, at=timezone.now())
    return render(request, "enterprises/list.html", {"search": form, "asked": asked, "page": page})


@require_safe
@shows_books
def enterprise(request: HttpRequest, reference: str) -> HttpResponse:
    """Show an enterprise to its members and to staff."""
    return _shown(request, visible_enterprise(request, reference), InviteForm())


def _shown(
    request: HttpRequest, found: Enterprise, form: InviteForm, *, number: tuple[int, str] = (0, "")
) -> HttpResponse:
    user = user_of(request)
    owns, reads = queries.owns(request.user, found), queries.keeps_books(user, found)
    as_bank = user.is_staff_member and not reads
    members = [*queries.members_of(found), *queries.bookkeepers_of(found)]
    today = timezone.localdate()
    needed = queries.requirements_of([found], on=today)[found.pk]
    shows_dealings = as_bank and not queries.ever_acted_for(found, person=user.reference)
    context = {
        "enterprise": found,
        "steps": queries.size_steps(found.industry),
        "members": [
            (member, number[1] if member.pk == number[0] else phones.masked(member.user.phone)) for member in members
        ],
        "reads": reads,
        "as_bank": as_bank,
        "may_leave": not owns and any(member.user == user for member in members),
        "calls": as_bank and user.has_role(*CALLERS),
        "audits": user.has_role(Role.AUDITOR),
        "number_shown": number[0],
        "owns": owns,
        "corrects": owns or queries.may_correct(user, found),
        "corrects_names": queries.may_correct(user, found),
        "former": queries.former_names_of(found).filter(person=None),
        "needed": needed,
        "dealings": queries.dealings_of(found, user, on=today) if shows_dealings else (),
        "all_hold": all(row.holds for row in needed),
        "form": form,
        "invitations": [
            {
                "reference": invitation.reference,
                "phone": phones.readable(invitation.phone),
                "role": invitation.get_role_display(),
                "at": invitation.invited_at,
            }
            for invitation in (queries.open_invitations(found) if owns else ())
        ],
    }
    return render(request, "enterprises/detail.html", context)


@require_POST
@requires(*CALLERS)
def show_number(request: HttpRequest, reference: str, membership: int) -> HttpResponse:
    """Show a member of staff by which number a person is called, once, and record that."""
    found = visible_enterprise(request, reference)
    held = get_object_or_404(found.memberships.select_related("user"), pk=membership, ended_at=None)
    number = operations.show_number(held, by=_sees_enterprises(request), at=timezone.now())
    response = _shown(request, found, InviteForm(), number=(held.pk, number))
    response["Cache-Control"] = "no-store"
    return response


@require_http_methods(["POST"])
def invite(request: HttpRequest, reference: str) -> HttpResponse:
    """Invite a manager or a bookkeeper by mobile number."""
    found = _owned(request, reference)
    form = InviteForm(request.POST)
    if form.is_valid():
        try:
            invite_one = INVITE[MembershipRole(form.cleaned_data["role"])]
            invite_one(found, phone=form.cleaned_data["phone"], by=user_of(request), at=timezone.now())
        except refusals.Refusal as refusal:
            form.add_error("phone", refusals.sentence(refusal))
    if not form.is_valid():
        return _shown(request, found, form)
    messages.success(request, _("The invitation is on its way."))
    return redirect("identity:enterprise", found.reference)


@require_POST
def withdraw(request: HttpRequest, reference: str, invitation: str) -> HttpResponse:
    """Take an invitation back."""
    found = _owned(request, reference)
    standing = get_object_or_404(found.invitations.all(), reference=invitation)
    return _done(request, found, lambda by, at: operations.withdraw_invitation(standing, by=by, at=at))


@require_POST
def end_membership(request: HttpRequest, reference: str, membership: int) -> HttpResponse:
    """End a membership of the enterprise."""
    found = _owned(request, reference)
    held = get_object_or_404(Membership.objects.select_related("user"), pk=membership, enterprise=found)
    return _done(request, found, lambda by, at: operations.end_membership(held, by=by, at=at))


@require_POST
def leave(request: HttpRequest, reference: str) -> HttpResponse:
    """End one's own membership of an enterprise that one does not own."""
    user = user_of(request)
    mine = Membership.objects.filter(user=user, ended_at=None).exclude(role=MembershipRole.OWNER)
    held = get_object_or_404(mine.select_related("user"), enterprise__reference=reference)
    with refusals.shown_above(request):
        operations.end_membership(held, by=user, at=timezone.now())
        messages.success(request, _("Done."))
    return redirect("identity:enterprises")


def _done(request: HttpRequest, found: Enterprise, act: Any) -> HttpResponse:
    with refusals.shown_above(request):
        act(request.user, timezone.now())
        messages.success(request, _("Done."))
    return redirect("identity:enterprise", found.reference)


@require_POST
def answer_invitation(request: HttpRequest, invitation: str, answer: str) -> HttpResponse:
    """Accept or decline an invitation to one's own number."""
    user = user_of(request)
    mine = Invitation.objects.filter(phone_hash=user.phone_hash) if user.phone_verified else Invitation.objects.none()
    found = get_object_or_404(mine.select_related("enterprise"), reference=invitation)
    page = redirect("identity:enterprises")
    with refusals.shown_above(request):
        if answer == "decline":
            operations.decline_invitation(found, by=user, at=timezone.now())
        else:
            operations.accept_invitation(found, by=user, at=timezone.now())
            acts = _("You now act for %(name)s.")
            told = acts if found.role == MembershipRole.MANAGER else _("You now keep the books of %(name)s.")
            messages.success(request, told % {"name": found.enterprise.legal_name})
            page = redirect("identity:enterprise", found.enterprise.reference)
    return page
