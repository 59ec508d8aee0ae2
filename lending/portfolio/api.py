"""The book for machines."""

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.identity.access import staff_with, user_of
from lending.portfolio import queries
from lending.portfolio.forms import ScopeForm
from lending.portfolio.queries import Scope
from lending.portfolio.serializers import LossesSerializer, MonitoringSerializer

PARAMETERS = [
    OpenApiParameter("first", str, description="A day; a year ago unless told."),
    OpenApiParameter("last", str, description="A day; today unless told."),
    OpenApiParameter("branch", str, description="A branch's code."),
    OpenApiParameter("product", str, description="A product's code."),
]


BOOK_READERS = (IsAuthenticated, staff_with(*queries.READERS))


class Monitoring(APIView):
    """How judging does."""

    permission_classes = BOOK_READERS

    @extend_schema(operation_id="portfolio_monitoring", parameters=PARAMETERS, responses=MonitoringSerializer)
    def get(self, request: Request) -> Response:
        """Read the figures of some days; outcomes are those of loans whose months watched ended in them."""
        today = timezone.localdate()
        return Response(MonitoringSerializer(queries.monitoring(_scope(request), on=today)).data)


class Classes(APIView):
    """The book by risk class."""

    permission_classes = BOOK_READERS

    @extend_schema(operation_id="portfolio_classes", parameters=PARAMETERS, responses=LossesSerializer)
    def get(self, request: Request) -> Response:
        """Read loans, principal and allowance by class at the end of the last day, and what was written off."""
        scope = _scope(request)
        found = queries.losses(scope, on=min(scope.last, timezone.localdate()))
        return Response(LossesSerializer(found).data)


def _scope(request: Request) -> Scope:
    user = user_of(request)
    branches = queries.branches_of(user)
    form = ScopeForm(
        request.query_params, today=timezone.localdate(), branches=branches, sees_all=user.sees_all_branches
    )
    if not form.is_valid():
        raise ValidationError({name: [str(each) for each in errors] for name, errors in form.errors.items()})
    return form.scope()
