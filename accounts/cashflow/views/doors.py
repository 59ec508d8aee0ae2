"""What every cash-flow page begins with: who asks, whose evidence it is, who may act."""

from typing import Any, Final

from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from accounts.identity import operations as identity
from accounts.identity.access import user_of
from accounts.identity.models import Enterprise, Role
from accounts.identity.queries import acts_for, keeps_books
from portal.core import files
from portal.core.models import StoredFile

PERIODS: Final = (6, 12, 24, 36)
USUAL_PERIOD: Final = 12


def me(request: HttpRequest) -> Any:
    """Let on whoever may read evidence at all."""
    user = user_of(request)
    if user.works_without_customers:
        raise PermissionDenied
    return user


def visible(request: HttpRequest, reference: str) -> Enterprise:
    """Find an enterprise that the person may see; to others it does not exist."""
    return get_object_or_404(Enterprise.objects.visible_to(me(request)), reference=reference)


def served(request: HttpRequest, reference: str) -> Enterprise:
    """Find the enterprise for which one may bring or withdraw evidence: one's own, or as an officer."""
    enterprise = visible(request, reference)
    if not may_bring(request, enterprise):
        raise PermissionDenied
    return enterprise


def may_bring(request: HttpRequest, enterprise: Enterprise) -> bool:
    """Tell whether the person may bring and withdraw evidence: who acts for the enterprise, or an officer."""
    user = me(request)
    if user.is_staff_member:
        return bool(user.has_role(Role.OFFICER)) and is_of_bank(request, enterprise)
    return acts_for(user, enterprise)


def is_of_bank(request: HttpRequest, enterprise: Enterprise) -> bool:
    """Tell whether the person looks on for the bank: who keeps the enterprise's books reads them as its bookkeeper."""
    user = me(request)
    return bool(user.is_staff_member) and not keeps_books(user, enterprise)


def own(request: HttpRequest, reference: str) -> Enterprise:
    """Find the enterprise for which one may plan: one's own; staff only look on."""
    enterprise = visible(request, reference)
    if me(request).is_staff_member:
        raise PermissionDenied
    return enterprise


def handed_out(request: HttpRequest, stored: StoredFile, enterprise: Enterprise, **named: str) -> FileResponse:
    """Hand out a file of an enterprise that the person sees; who of the bank gets it stands in the trail."""
    given = identity.hand_out_file(stored, enterprise, named=named, to=me(request), at=timezone.now())
    return files.as_attachment(given)


def back(request: HttpRequest) -> str:
    """Give the page of ours from which something was done, where the form names it; otherwise nothing."""
    page = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(page, allowed_hosts=None)
    return page if is_ours else ""


def period(request: HttpRequest) -> int:
    """Read how many months are asked for; anything unknown is a year."""
    asked = request.GET.get("months", "")
    return int(asked) if asked in {str(each) for each in PERIODS} else USUAL_PERIOD
