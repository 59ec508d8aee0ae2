"""Late loans for machines: the desk's list, and contacts read and recorded."""

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.identity.access import staff_with, user_of
from accounts.identity.models import READERS
from lending.arrears import operations as arrears
from lending.arrears import queries
from lending.arrears.operations import Said
from lending.arrears.operations.contacts import RECORDERS
from lending.arrears.serializers import ContactSerializer, LateLoanSerializer, NewContactSerializer
from lending.arrears.states import BANDS, WRITTEN_OFF
from lending.loans.models import Loan
from lending.loans.proposals.api import only
from portal.core.api import IDEMPOTENCY_KEY, Pages, idempotency_key, listed, told

SERVE_CUSTOMERS = (IsAuthenticated, staff_with(*READERS))


class LateLoans(APIView):
    """The loans that are late."""

    permission_classes = SERVE_CUSTOMERS

    @extend_schema(
        operation_id="late_loans_list",
        parameters=[
            OpenApiParameter(
                "band",
                str,
                enum=[*(band.code for band in BANDS), WRITTEN_OFF],
                description="Days past due, or what was written off.",
            ),
            OpenApiParameter("step", str, enum=["due"], description="Those whose next step is due, or not set."),
        ],
        responses=LateLoanSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        """List those of the branches one serves, newest first."""
        today, asked = timezone.localdate(), request.query_params
        user = user_of(request)
        band, step_due = asked.get("band", ""), asked.get("step") == "due"
        pages = Pages()
        found = queries.late_loans(user, on=today, band=band, step_due=step_due)
        rows = queries.rows_of(pages.paginate_queryset(found, request, view=self) or [], on=today)
        return pages.get_paginated_response(LateLoanSerializer(rows, many=True).data)


class Contacts(APIView):
    """The contacts about a loan."""

    permission_classes = SERVE_CUSTOMERS

    @extend_schema(operation_id="loan_contacts_list", responses=ContactSerializer(many=True))
    def get(self, request: Request, reference: str) -> Response:
        """List them, newest first."""
        contacts = queries.contacts_of(self._loan(request, reference))
        return listed(self, request, contacts, ContactSerializer, on=timezone.localdate())

    @extend_schema(
        operation_id="loan_contact_record",
        request=NewContactSerializer,
        responses={201: ContactSerializer},
        parameters=[IDEMPOTENCY_KEY],
    )
    def post(self, request: Request, reference: str) -> Response:
        """Record one, while something of the loan is late."""
        loan, user = self._loan(request, reference), only(request, *RECORDERS)
        said, now = Said(**told(request, NewContactSerializer)), timezone.now()
        on = timezone.localdate(now)
        made = arrears.record(loan, said, key=idempotency_key(request), by=user, at=now, on=on)
        contact = queries.contacts_of(loan).get(pk=made.pk)
        return Response(ContactSerializer(contact, context={"on": on}).data, status=status.HTTP_201_CREATED)

    @staticmethod
    def _loan(request: Request, reference: str) -> Loan:
        readable = queries.readable(user_of(request)).select_related("enterprise")
        return get_object_or_404(readable, reference=reference)
