"""An account on paper, for machines: statements, certificates of balance, receipts of a booking."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import get_language
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.identity.access import ShowsBooks
from accounts.settlement import booking_receipts, operations, papers, queries, writing
from accounts.settlement.api.acting import only_operations
from accounts.settlement.doors import only_owners, visible_account
from accounts.settlement.forms.history import DAYS_TO_COME
from accounts.settlement.models import BalanceCertificate, SettlementAccount
from accounts.settlement.serializers.papers import (
    CertificateOfBalanceSerializer,
    CertifySerializer,
    LanguageSerializer,
    PeriodSerializer,
)
from portal.core.api import IDEMPOTENCY_KEY, WhateverIsThere, asked_for, idempotency_key, listed, told
from portal.core.files import private_file


class StatementFile(ShowsBooks):
    """The statement of an account."""

    content_negotiation_class = WhateverIsThere

    @extend_schema(
        operation_id="settlement_account_statement",
        parameters=[PeriodSerializer],
        responses={(200, media_type): OpenApiTypes.BINARY for media_type in writing.MEDIA_TYPES.values()},
    )
    def get(self, request: Request, reference: str) -> HttpResponse:
        """Hand out a period of at most a year as PDF, CSV or camt.053 (``xml``)."""
        account, asked = visible_account(request, reference), asked_for(request, PeriodSerializer)
        if asked["last"] > timezone.localdate():
            raise ValidationError({"last": [DAYS_TO_COME]})
        statement = queries.statement(account, asked["first"], asked["last"])
        kind, language = asked["kind"], asked.get("language") or get_language()
        content = writing.as_file(statement, kind, language=language, at=timezone.now())
        return private_file(content, name=writing.file_name(statement, kind), media_type=writing.MEDIA_TYPES[kind])


def _certified(request: Request, reference: str) -> tuple[SettlementAccount, str]:
    """Fetch an account of which the caller may have its balance certified, and name who it is."""
    account = visible_account(request, reference)
    if queries.role_of(account.enterprise, request.user.reference):  # type: ignore[union-attr]  # a user of ours
        return account, only_owners(request, account.enterprise)
    return account, only_operations(request)


class Certificates(APIView):
    """The certificates of an account's balance."""

    @extend_schema(operation_id="certificates_of_balance_list", responses=CertificateOfBalanceSerializer(many=True))
    def get(self, request: Request, reference: str) -> Response:
        """List certificates, newest first."""
        account, _by = _certified(request, reference)
        issued = account.certificates.select_related("settlement_account")
        return listed(self, request, issued, CertificateOfBalanceSerializer)

    @extend_schema(
        operation_id="balance_certify",
        parameters=[IDEMPOTENCY_KEY],
        request=CertifySerializer,
        responses={201: CertificateOfBalanceSerializer},
    )
    def post(self, request: Request, reference: str) -> Response:
        """Certify what the account held at the end of a day that is over."""
        account, by = _certified(request, reference)
        made = operations.certify_balance(
            account,
            **told(request, CertifySerializer),
            key=idempotency_key(request),
            on=timezone.localdate(),
            at=timezone.now(),
            by=by,
        )
        return Response(CertificateOfBalanceSerializer(made).data, status=201)


class CertificatePaper(APIView):
    """A certificate of balance on paper."""

    content_negotiation_class = WhateverIsThere

    @extend_schema(
        operation_id="certificate_of_balance_paper",
        parameters=[LanguageSerializer],
        responses={(200, "application/pdf"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, code: str) -> HttpResponse:
        """Hand out the PDF."""
        seen = BalanceCertificate.objects.visible_to(request.user)
        found = get_object_or_404(seen.select_related("settlement_account__enterprise"), code=code)
        language = asked_for(request, LanguageSerializer).get("language") or get_language()
        content = papers.as_pdf(found, language=language)
        return private_file(content, name=f"{found.code}.{language}.pdf", media_type="application/pdf")


class BookingReceipt(ShowsBooks):
    """The electronic receipt of a booking."""

    content_negotiation_class = WhateverIsThere

    @extend_schema(
        operation_id="booking_receipt",
        parameters=[LanguageSerializer],
        responses={(200, "application/pdf"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, reference: str, entry: str) -> HttpResponse:
        """Hand out the PDF of what an entry moved on an account."""
        account = visible_account(request, reference)
        posting = booking_receipts.posting_of(account, entry)
        if posting is None:
            raise Http404
        language = asked_for(request, LanguageSerializer).get("language") or get_language()
        content = booking_receipts.as_pdf(account, posting, language=language)
        name = f"{booking_receipts.code_of(account, posting)}.{language}.pdf"
        return private_file(content, name=name, media_type="application/pdf")
