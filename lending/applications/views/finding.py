"""Fetching a case and authorizing in one step."""

from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.identity.access import user_of
from accounts.identity.models import Enterprise
from lending.applications.models import Application
from lending.products import queries as products
from lending.products.models import LoanProduct

form_page = require_http_methods(["GET", "HEAD", "POST"])


def visible(request: HttpRequest, reference: str) -> Application:
    """Find a case that the person may see, or 404."""
    seen = Application.objects.visible_to(request.user)
    related = ("enterprise__industry", "enterprise__branch", "product", "applicant")
    return get_object_or_404(seen.select_related(*related), reference=reference)


def own(request: HttpRequest, reference: str) -> Application:
    """Find a case of an enterprise that the person acts for, or 404."""
    mine = Application.objects.of_member(request.user)
    return get_object_or_404(mine.select_related("enterprise", "product"), reference=reference)


def own_enterprise(request: HttpRequest, reference: str) -> Enterprise:
    """Find an enterprise that the person acts for, or 404."""
    return get_object_or_404(Enterprise.objects.of_member(user_of(request)), reference=reference)


def suitable_for(enterprise: Enterprise) -> QuerySet[LoanProduct]:
    """List the products that the enterprise's trade may have today."""
    return products.offered(timezone.localdate(), section=enterprise.industry.section)
