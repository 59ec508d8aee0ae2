"""People and enterprises for machines."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Final

from allauth.account.adapter import get_adapter
from allauth.mfa.base.internal.flows import check_rate_limit
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions, generics
from rest_framework.permissions import AllowAny, BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import ScopedRateThrottle
from rest_framework.views import APIView

from accounts.identity import operations, phones, queries
from accounts.identity.access import ShowsBooks, reading, user_of
from accounts.identity.correction_states import CorrectionEvent
from accounts.identity.models import Branch, DetailsCorrection, Enterprise, Industry, Paper, User
from accounts.identity.serializers import (
    BranchSerializer,
    ChecksSerializer,
    CorrectionSerializer,
    EnterpriseSerializer,
    IndustrySerializer,
    NewCorrectionSerializer,
    NewPaperSerializer,
    PaperSerializer,
    RegisterSerializer,
    StepSerializer,
    TokenRequestSerializer,
    TokenSerializer,
)
from portal.core import files
from portal.core.api import IDEMPOTENCY_KEY, WhateverIsThere, heard, idempotency_key, listed, told


class SignInRefused(exceptions.APIException):
    """Login and password do not fit together, or the sign-in is closed or not confirmed."""

    status_code = HTTPStatus.UNAUTHORIZED
    default_code = "sign_in_refused"
    default_detail = _("The login and the password do not fit together.")
    auth_header = "Token"


class SecondFactorRefused(SignInRefused):
    """The authenticator's code is missing or wrong, or staff have no authenticator."""

    default_code = "second_factor_refused"
    default_detail = _("Send the code that your authenticator shows now.")


class CodeSent(SignInRefused):
    """The password fits, and the code that must come with it was sent just now."""

    default_code = "code_sent"
    default_detail = _("We sent a code to your phone. Send the same again within ten minutes, together with the code.")


class SeesEnterprises(BasePermission):
    """Customers see theirs; of the staff, all but course editors."""

    def has_permission(self, request: Request, view: APIView) -> bool:  # noqa: ARG002 - the framework's signature
        """Tell whether this person may look."""
        return not user_of(request).works_without_customers


class Tokens(APIView):
    """Signing in for machines."""

    permission_classes = (AllowAny,)
    throttle_classes = (ScopedRateThrottle,)
    throttle_scope = "sign-in"

    @extend_schema(request=TokenRequestSerializer, responses={201: TokenSerializer}, auth=[])
    def post(self, request: Request) -> Response:
        """Get a token for ten hours: by login, password and code, as on a new device.

        Who has no authenticator is sent the code by message when a request comes without one; it is answered by 401
        `code_sent`, and the same request with the code gets the token. Staff need an authenticator. Who has a passkey
        instead makes the token in the portal, on the page Programs.
        """
        asked = told(request, TokenRequestSerializer)
        code, now = asked.pop("code"), timezone.now()
        user = _person(request, **asked)
        if is_mfa_enabled(user):
            _check_second_factor(user, code)
            token, expires_at = operations.give_token(user, at=now)
        elif user.is_staff_member:
            raise SecondFactorRefused
        elif not code:
            operations.send_token_code(user, at=now)
            raise CodeSent
        else:
            token, expires_at = operations.give_token(user, at=now, code=code)
        return Response(TokenSerializer({"token": token, "expires_at": expires_at}).data, status=HTTPStatus.CREATED)


class CurrentToken(APIView):
    """The token a request carries."""

    @extend_schema(request=None, responses={204: None})
    def delete(self, request: Request) -> Response:
        """End the token this request carries."""
        kept: Any = request.auth
        operations.end_token(kept, by=user_of(request), at=timezone.now())
        return Response(status=HTTPStatus.NO_CONTENT)


def _person(request: Request, *, login: str, password: str) -> User:
    """Find who signs in, wrong tries counted as on the page.

    :raises SignInRefused: when login and password do not fit, or the person may not enter.
    """
    plain, number = request._request, phones.normalized(login)  # noqa: SLF001 - allauth wants Django's request
    credentials = {"phone": number} if number else {"email": login.strip()}
    try:
        user: Any = get_adapter(plain).authenticate(plain, password=password, **credentials)
    except ValidationError as error:
        raise exceptions.Throttled(detail="; ".join(error.messages)) from error
    if user is None or not user.is_active or (user.phone and not user.phone_verified):
        raise SignInRefused
    found: User = user
    return found


def _check_second_factor(user: User, code: str) -> None:
    try:
        forget_tries = check_rate_limit(user)
    except ValidationError as error:
        raise exceptions.Throttled(detail="; ".join(error.messages)) from error
    factors = Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP)
    if not code or not any(factor.wrap().validate_code(code) for factor in factors):
        raise SecondFactorRefused
    forget_tries()


@extend_schema(parameters=[OpenApiParameter("q", str, required=True, description="A code, a title or everyday words.")])
class Industries(generics.ListAPIView):
    """Find trades (classes of ISIC Rev. 4), the best fit first, at most twenty."""

    queryset = Industry.objects.none()
    serializer_class = IndustrySerializer
    pagination_class = None

    def list(self, request: Request, *_args: Any, **_kwargs: Any) -> Response:
        """Find trades; without a word to look for there is nothing to find."""
        asked = request.query_params.get("q", "").strip()
        if not asked:
            raise exceptions.ValidationError({"q": [_("Say what to look for: a code, a title or everyday words.")]})
        return Response(self.get_serializer(queries.find_industries(asked), many=True).data)


class Branches(generics.ListAPIView):
    """List the branches that keep customers."""

    queryset = Branch.objects.none()
    serializer_class = BranchSerializer
    pagination_class = None

    def get_queryset(self) -> QuerySet[Branch]:
        """List them by name."""
        return queries.branches_for_customers()


class Enterprises(ShowsBooks, generics.ListCreateAPIView):
    """The enterprises a person sees, and a new one."""

    permission_classes = (IsAuthenticated, SeesEnterprises)
    queryset = Enterprise.objects.none()
    serializer_class = EnterpriseSerializer

    def get_queryset(self) -> QuerySet[Enterprise]:
        """List what the person may see."""
        return _enterprises(self.request)

    @extend_schema(parameters=[IDEMPOTENCY_KEY], request=RegisterSerializer, responses={201: EnterpriseSerializer})
    def post(self, request: Request, *_args: Any, **_kwargs: Any) -> Response:
        """Register an enterprise with the person as its owner."""
        user = user_of(request)
        if user.is_staff_member:
            raise exceptions.PermissionDenied
        key = idempotency_key(request)
        told = heard(request, RegisterSerializer)
        enterprise = operations.register_enterprise(
            told.details(), consented_to=told.validated_data["consented_to"], key=key, by=user, at=timezone.now()
        )
        return Response(EnterpriseSerializer(enterprise).data, status=HTTPStatus.CREATED)


class Checks(APIView):
    """What the bank checked of an enterprise; what watchlists say is nobody's to read here."""

    permission_classes = (IsAuthenticated, SeesEnterprises)

    @extend_schema(responses=ChecksSerializer)
    def get(self, request: Request, reference: str) -> Response:
        """Tell which checks are needed and how each stands."""
        enterprise = get_object_or_404(Enterprise.objects.visible_to(request.user), reference=reference)
        today = timezone.localdate()
        told = {
            "identity_verified": queries.identity_verified(enterprise, on=today),
            "checks": queries.requirements_of([enterprise], on=today)[enterprise.pk],
        }
        return Response(ChecksSerializer(told).data)


class Papers(APIView):
    """The papers of an enterprise."""

    permission_classes = (IsAuthenticated, SeesEnterprises)

    @extend_schema(operation_id="papers_list", responses=PaperSerializer(many=True))
    def get(self, request: Request, reference: str) -> Response:
        """List those on file that the person may read, newest first."""
        enterprise = get_object_or_404(Enterprise.objects.visible_to(request.user), reference=reference)
        seen = Paper.objects.visible_to(request.user).filter(enterprise=enterprise)
        return listed(self, request, seen.select_related("enterprise", "file", "person"), PaperSerializer)

    @extend_schema(
        operation_id="paper_bring",
        parameters=[IDEMPOTENCY_KEY],
        request={"multipart/form-data": NewPaperSerializer},
        responses={201: PaperSerializer},
    )
    def post(self, request: Request, reference: str) -> Response:
        """Bring a paper (multipart), as one who acts for the enterprise; the bank's people add theirs with a check."""
        user = user_of(request)
        enterprise = get_object_or_404(Enterprise.objects.of_member(user), reference=reference)
        asked = heard(request, NewPaperSerializer)
        key, upload = idempotency_key(request), asked.validated_data["file"]
        paper = operations.add_paper(enterprise, upload, asked.details(), key=key, by=user, at=timezone.now())
        return Response(PaperSerializer(paper).data, status=HTTPStatus.CREATED)


class OnePaper(APIView):
    """A paper on file."""

    permission_classes = (IsAuthenticated, SeesEnterprises)

    @extend_schema(operation_id="paper_read", responses=PaperSerializer)
    def get(self, request: Request, reference: str) -> Response:
        """Tell what it shows, and whether somebody of the bank has looked at it."""
        return Response(PaperSerializer(_paper(request, reference)).data)


class PaperFile(APIView):
    """What was brought."""

    content_negotiation_class = WhateverIsThere
    permission_classes = (IsAuthenticated, SeesEnterprises)

    @extend_schema(operation_id="paper_download", responses={(200, "image/jpeg"): OpenApiTypes.BINARY})
    def get(self, request: Request, reference: str) -> Any:
        """Hand the photo (JPEG) or the PDF document out; one of the bank's people has looked at it then."""
        return files.as_attachment(
            operations.hand_out(_paper(request, reference), to=user_of(request), at=timezone.now())
        )


class PaperWithdrawal(APIView):
    """Taking a paper back."""

    @extend_schema(operation_id="paper_take_back", request=None, responses={204: None})
    def post(self, request: Request, reference: str) -> Response:
        """Take back what nobody of the bank has looked at yet; sent again, it changes nothing."""
        user = user_of(request)
        paper = get_object_or_404(Paper.objects.of_member(user), reference=reference)
        operations.take_back(paper, by=user, at=timezone.now())
        return Response(status=HTTPStatus.NO_CONTENT)


def _paper(request: Request, reference: str) -> Paper:
    seen = Paper.objects.visible_to(request.user).select_related("enterprise", "file", "person")
    return get_object_or_404(seen, reference=reference)


class Corrections(APIView):
    """The corrections of an enterprise's details and of its people's names."""

    permission_classes = (IsAuthenticated, SeesEnterprises)

    @extend_schema(operation_id="corrections_list", responses=CorrectionSerializer(many=True))
    def get(self, request: Request, reference: str) -> Response:
        """List those that the person may read, newest first."""
        seen = _corrections(request).filter(enterprise__reference=reference)
        get_object_or_404(Enterprise.objects.visible_to(request.user), reference=reference)
        return listed(self, request, seen, CorrectionSerializer)

    @extend_schema(
        operation_id="correction_ask",
        parameters=[IDEMPOTENCY_KEY],
        request={"multipart/form-data": NewCorrectionSerializer, "application/json": NewCorrectionSerializer},
        responses={201: CorrectionSerializer(many=True)},
    )
    def post(self, request: Request, reference: str) -> Response:
        """Ask for a correction, as an owner, or of the bank on an owner's behalf; a person also for the own name.

        What nobody checks (setting, people, revenue) is corrected at once, as a correction of its own; the rest waits.
        """
        user = user_of(request)
        told = request.data if isinstance(request.data, dict) else {}
        is_own_name = told.get("person") == user.reference  # asked for where one reads, as on the page
        seen = Enterprise.objects.visible_to(reading(user) if is_own_name else user)
        enterprise = get_object_or_404(seen.select_related("branch"), reference=reference)
        new = heard(request, NewCorrectionSerializer)
        person = None
        if "person" in new.validated_data:
            people = queries.people_of(enterprise)
            person = get_object_or_404(people, user__reference=new.validated_data["person"]).user
        key, now = idempotency_key(request), timezone.now()
        made = operations.ask_correction(enterprise, new.asked(enterprise), person=person, key=key, by=user, at=now)
        return Response(CorrectionSerializer(made, many=True).data, status=HTTPStatus.CREATED)


class OneCorrection(APIView):
    """A correction."""

    permission_classes = (IsAuthenticated, SeesEnterprises)

    @extend_schema(operation_id="correction_read", responses=CorrectionSerializer)
    def get(self, request: Request, reference: str) -> Response:
        """Tell what it changes, and how far it has come."""
        return Response(CorrectionSerializer(get_object_or_404(_corrections(request), reference=reference)).data)


class CorrectionSteps(APIView):
    """The steps of a correction."""

    permission_classes = (IsAuthenticated, SeesEnterprises)

    @extend_schema(operation_id="correction_step", request=StepSerializer, responses={200: CorrectionSerializer})
    def post(self, request: Request, reference: str) -> Response:
        """Propose (the first of the bank), agree (a second), refuse with a note, or withdraw (whoever's it is)."""
        user = user_of(request)
        found = get_object_or_404(_corrections(request), reference=reference)
        asked, now = told(request, StepSerializer), timezone.now()
        if asked["step"] == CorrectionEvent.REFUSE:
            operations.refuse_correction(found, note=asked["note"], by=user, at=now)
        else:
            CORRECTION_STEPS[asked["step"]](found, by=user, at=now)
        return Response(CorrectionSerializer(found).data)


CORRECTION_STEPS: Final[dict[str, Callable[..., None]]] = {
    CorrectionEvent.PROPOSE: operations.propose_correction,
    CorrectionEvent.AGREE: operations.agree_correction,
    CorrectionEvent.WITHDRAW: operations.withdraw_correction,
}


def _enterprises(request: Request) -> QuerySet[Enterprise]:
    seen = Enterprise.objects.visible_to(request.user).select_related("industry", "branch")
    return seen.prefetch_related("former_names")


def _corrections(request: Request) -> QuerySet[DetailsCorrection]:
    seen = DetailsCorrection.objects.visible_to(request.user).select_related("enterprise", "person", "paper")
    return seen.prefetch_related("details").order_by("-pk")


class OneEnterprise(ShowsBooks, generics.RetrieveAPIView):
    """An enterprise the person sees."""

    permission_classes = (IsAuthenticated, SeesEnterprises)
    queryset = Enterprise.objects.none()
    serializer_class = EnterpriseSerializer
    lookup_field = "reference"

    def get_queryset(self) -> QuerySet[Enterprise]:
        """List what the person may see."""
        return _enterprises(self.request)
