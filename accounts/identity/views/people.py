"""A person's own page, the language, and the posts in the bank."""

from collections.abc import Callable
from http import HTTPStatus

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django.views.i18n import set_language as put_cookie

from accounts.identity import operations, phones, queries
from accounts.identity.access import requires, user_of
from accounts.identity.forms.staff import BranchDetailsForm, BranchForm, PostForm
from accounts.identity.models import Branch, PostRequest, Role, StaffPost
from accounts.identity.unsent import SHOWN_AGAIN
from portal.core import refusals


@login_not_required
def set_language(request: HttpRequest) -> HttpResponse:
    """Change the language of this browser, and of the person when signed in; a form's answers go along to its page."""
    response = put_cookie(request)
    if SHOWN_AGAIN in request.POST:
        response.status_code = HTTPStatus.TEMPORARY_REDIRECT  # the browser sends the same once more, to the page
    user = user_of(request)
    language = request.POST.get("language", "")
    if request.method == "POST" and user.is_authenticated and translation.check_for_language(language):
        operations.keep_language(user, language)
    return response


@require_safe
def profile(request: HttpRequest) -> HttpResponse:
    """Show what we know of the person, and where each thing is changed."""
    user = user_of(request)
    own = user.memberships.filter(ended_at=None)
    kinds = set(Authenticator.objects.filter(user=user).values_list("type", flat=True))
    context = {
        "phone": phones.readable(user.phone) if user.phone else "",
        "email": EmailAddress.objects.get_primary_email(user),
        "has_authenticator": Authenticator.Type.TOTP in kinds,
        "has_passkey": Authenticator.Type.WEBAUTHN in kinds,
        "membership": own.select_related("enterprise").order_by("-role", "pk").first(),
    }
    return render(request, "profile.html", context)


@requires(Role.ADMINISTRATOR, Role.AUDITOR)
@require_http_methods(["GET", "HEAD", "POST"])
def branches(request: HttpRequest) -> HttpResponse:
    """List the branches, and open one."""
    user = user_of(request)
    may_change = user.has_role(Role.ADMINISTRATOR)
    form = BranchForm(request.POST or None)
    if request.method == "POST":
        if not may_change:
            raise PermissionDenied
        if form.is_valid():
            with refusals.shown_on(form, {"branch_code_taken": "code"}):
                opened = operations.open_branch(
                    form.details(), code=form.cleaned_data["code"], by=user, at=timezone.now()
                )
                messages.success(request, _("%(name)s is open. Give its staff their posts.") % {"name": opened})
                return redirect("identity:branches")
    context = {"branches": queries.branches_with_staff(), "form": form, "may_change": may_change}
    return render(request, "branches/list.html", context, status=422 if form.is_bound else 200)


@requires(Role.ADMINISTRATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def branch(request: HttpRequest, code: str) -> HttpResponse:
    """Change what a branch is called and where it is found."""
    kept = get_object_or_404(Branch, code=code)
    form = BranchDetailsForm(request.POST or None, initial=vars(kept))
    if request.method == "POST" and form.is_valid():
        operations.describe_branch(kept, form.details(), by=user_of(request), at=timezone.now())
        messages.success(request, _("The branch was changed."))
        return redirect("identity:branches")
    context = {"branch": kept, "form": form}
    return render(request, "branches/branch.html", context, status=422 if form.is_bound else 200)


@requires(Role.ADMINISTRATOR, Role.AUDITOR)
@require_safe
def staff(request: HttpRequest) -> HttpResponse:
    """List who holds which post."""
    return _staff(request, PostForm())


def _staff(request: HttpRequest, form: PostForm) -> HttpResponse:
    context = {
        "posts": queries.staff_posts(),
        "requests": queries.post_requests(),
        "form": form,
        "may_change": user_of(request).has_role(Role.ADMINISTRATOR),
    }
    return render(request, "staff.html", context)


@requires(Role.ADMINISTRATOR)
@require_http_methods(["POST"])
def give_post(request: HttpRequest) -> HttpResponse:
    """Give someone a post."""
    form = PostForm(request.POST)
    if form.is_valid():
        person = form.cleaned_data["contact"]
        given = {name: form.cleaned_data[name] for name in ("role", "branch", "approval_limit_amount")}
        with refusals.shown_on(form):
            post = operations.ask_post(person, by=user_of(request), at=timezone.now(), **given)
            waits = _("%(name)s gets the post once another administrator agrees.")
            told = _("%(name)s holds the post now.") if post else waits
            messages.success(request, told % {"name": person})
            return redirect("identity:staff")
    return _staff(request, form)


@require_POST
@requires(Role.ADMINISTRATOR)
def confirm_post(request: HttpRequest, asked: int) -> HttpResponse:
    """Agree to a post that another administrator asked for."""
    return _decided(request, asked, operations.confirm_post, _("%(name)s holds the post now."))


@require_POST
@requires(Role.ADMINISTRATOR)
def decline_post(request: HttpRequest, asked: int) -> HttpResponse:
    """Leave a post ungiven."""
    return _decided(request, asked, operations.decline_post, _("%(name)s does not get the post."))


def _decided(request: HttpRequest, asked: int, decide: Callable[..., object], told: str) -> HttpResponse:
    waiting = get_object_or_404(PostRequest.objects.select_related("user", "branch"), pk=asked)
    with refusals.shown_above(request):
        decide(waiting, by=request.user, at=timezone.now())
        messages.success(request, told % {"name": waiting.user})
    return redirect("identity:staff")


@requires(Role.ADMINISTRATOR)
@require_POST
def end_post(request: HttpRequest, post: int) -> HttpResponse:
    """End a post."""
    held = get_object_or_404(StaffPost.objects.select_related("user", "branch"), pk=post)
    with refusals.shown_above(request):
        operations.end_post(held, by=user_of(request), at=timezone.now())
        messages.success(request, _("The post has ended."))
    return redirect("identity:staff")
