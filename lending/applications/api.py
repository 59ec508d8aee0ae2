"""Applications for machines, of owners and of staff: the same operations as the pages."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.identity.access import only_owners, user_of
from accounts.identity.models import READERS, Enterprise, Role, User
from accounts.identity.queries import acts_for, ever_acted_for
from lending.applications import operations as applications
from lending.applications.models import Application, CreditDecision, Review, Revocation
from lending.applications.operations.revoke import REVOKERS
from lending.applications.serializers import (
    ApplicationSerializer,
    ConclusionSerializer,
    DecisionSerializer,
    DocumentSerializer,
    NewApplicationSerializer,
    NewDocumentSerializer,
    NewRevocationSerializer,
    RecommendationSerializer,
    ReviewSerializer,
    RevocationConclusionSerializer,
    RevocationSerializer,
    SubmissionSerializer,
)
from lending.applications.states import Status
from lending.applications.waits import usual_wait
from lending.products import queries as products
from portal.core.api import IDEMPOTENCY_KEY, idempotency_key, told


def _own(request: Request, reference: str) -> Application:
    mine = Application.objects.of_member(request.user).select_related("enterprise", "product")
    return get_object_or_404(mine, reference=reference)


class Applications(ListAPIView[Application]):
    """List the applications one may see; begin one."""

    serializer_class = ApplicationSerializer

    def get_queryset(self) -> Any:
        """List newest first."""
        return Application.objects.visible_to(self.request.user).select_related("enterprise", "product")

    @extend_schema(
        request=NewApplicationSerializer, responses={201: ApplicationSerializer}, parameters=[IDEMPOTENCY_KEY]
    )
    def post(self, request: Request) -> Response:
        """Begin a draft."""
        given = told(request, NewApplicationSerializer)
        mine = Enterprise.objects.of_member(request.user)
        application = applications.begin(
            get_object_or_404(mine, reference=given["enterprise"]),
            product=get_object_or_404(products.offered(timezone.localdate()), code=given["product"]),
            amount=given["requested_amount"],
            term_months=given["term_months"],
            purpose=given["purpose"],
            note=given["purpose_note"],
            key=idempotency_key(request),
            by=user_of(request),
            at=timezone.now(),
        )
        return Response(ApplicationSerializer(application).data, status=status.HTTP_201_CREATED)


class OneApplication(APIView):
    """Read one application."""

    @extend_schema(responses=ApplicationSerializer)
    def get(self, request: Request, reference: str) -> Response:
        """Tell how it stands."""
        seen = Application.objects.visible_to(request.user).select_related("enterprise", "product")
        return Response(ApplicationSerializer(get_object_or_404(seen, reference=reference)).data)


class Documents(APIView):
    """Add documents."""

    @extend_schema(
        parameters=[IDEMPOTENCY_KEY],
        request={"multipart/form-data": NewDocumentSerializer},
        responses={201: DocumentSerializer},
    )
    def post(self, request: Request, reference: str) -> Response:
        """Add a document (multipart)."""
        application = _own(request, reference)
        given = told(request, NewDocumentSerializer)
        document = applications.add_document(
            application,
            given["file"],
            kind=given["kind"],
            key=idempotency_key(request),
            by=user_of(request),
            at=timezone.now(),
        )
        return Response(DocumentSerializer(document).data, status=status.HTTP_201_CREATED)


class DocumentWithdrawal(APIView):
    """Taking a document back."""

    @extend_schema(operation_id="application_document_take_back", request=None, responses={204: None})
    def post(self, request: Request, reference: str, document: int) -> Response:
        """Take a document out of a draft, or back from a case that was sent; sent again, it changes nothing."""
        kept = get_object_or_404(_own(request, reference).documents, pk=document)
        applications.remove_document(kept, by=user_of(request), at=timezone.now())
        return Response(status=status.HTTP_204_NO_CONTENT)


class Submission(APIView):
    """Send an application to be decided."""

    @extend_schema(request=SubmissionSerializer, responses={202: ApplicationSerializer})
    def post(self, request: Request, reference: str) -> Response:
        """Send it, as an owner; sending twice is sending once."""
        application = _own(request, reference)
        only_owners(request.user, application.enterprise)
        given = told(request, SubmissionSerializer)
        applications.submit(application, by=user_of(request), at=timezone.now(), **given)
        return Response(ApplicationSerializer(application).data, status=status.HTTP_202_ACCEPTED)


class Withdrawal(APIView):
    """Taking an application back, and with it an offer that was not signed."""

    @extend_schema(operation_id="application_withdraw", request=None, responses=ApplicationSerializer)
    def post(self, request: Request, reference: str) -> Response:
        """Withdraw it; once it was sent, only an owner can."""
        application = _own(request, reference)
        if application.status != Status.DRAFT:
            only_owners(request.user, application.enterprise)
        applications.withdraw(application, by=user_of(request), at=timezone.now())
        return Response(ApplicationSerializer(application).data)


class Decision(APIView):
    """Read the decision."""

    @extend_schema(responses=DecisionSerializer)
    def get(self, request: Request, reference: str) -> Response:
        """Tell the verdict and why; 404 while there is none."""
        application = get_object_or_404(Application.objects.visible_to(request.user), reference=reference)
        decisions = CreditDecision.objects.select_related("application__enterprise", "application__offer")
        decision = get_object_or_404(decisions, application=application)
        wait = usual_wait(application, on=timezone.localdate())
        is_own = acts_for(request.user, decision.application.enterprise)
        context = {"request": request, "wait": wait, "is_own": is_own}
        return Response(DecisionSerializer(decision, context=context).data)


def _case(request: Request, reference: str, *roles: Role) -> tuple[Application, User]:
    """Find a case for whoever holds one of some roles; of their own enterprise they see nothing, as on the page."""
    user = user_of(request)
    seen = Application.objects.visible_to(user).select_related("enterprise", "product")
    found = get_object_or_404(seen, reference=reference)
    if not user.has_role(*roles) or ever_acted_for(found.enterprise, person=user.reference):
        raise PermissionDenied
    return found, user


class Reviews(ListAPIView[Review]):
    """List what people said about a case."""

    serializer_class = ReviewSerializer

    def get_queryset(self) -> Any:
        """List newest first."""
        application, _user = _case(self.request, self.kwargs["reference"], *READERS)
        return application.reviews.select_related("by").order_by("-pk")


class Recommendation(APIView):
    """Recommend, as the first person."""

    @extend_schema(request=RecommendationSerializer, responses={201: ReviewSerializer}, parameters=[IDEMPOTENCY_KEY])
    def post(self, request: Request, reference: str) -> Response:
        """Recommend what should become of a referred case, as an officer or underwriter."""
        application, user = _case(request, reference, Role.OFFICER, Role.UNDERWRITER)
        given = told(request, RecommendationSerializer)
        made = applications.recommend(application, key=idempotency_key(request), by=user, at=timezone.now(), **given)
        return Response(ReviewSerializer(made).data, status=status.HTTP_201_CREATED)


class Conclusion(APIView):
    """Conclude, as the second person."""

    @extend_schema(request=ConclusionSerializer, responses=ApplicationSerializer)
    def post(self, request: Request, reference: str) -> Response:
        """Confirm, refuse or return a recommendation within the own limit."""
        application, user = _case(request, reference, Role.APPROVER)
        now = timezone.now()
        given = told(request, ConclusionSerializer)
        applications.conclude(application, by=user, at=now, on=timezone.localdate(now), **given)
        return Response(ApplicationSerializer(application).data)


class Revocations(ListAPIView[Revocation]):
    """List the revocations of a case's offer; revoke it."""

    serializer_class = RevocationSerializer

    def get_queryset(self) -> Any:
        """List newest first."""
        application, _user = _case(self.request, self.kwargs["reference"], *READERS)
        return application.revocations.select_related("asked_by", "concluded_by").order_by("-pk")

    @extend_schema(request=NewRevocationSerializer, responses={201: RevocationSerializer}, parameters=[IDEMPOTENCY_KEY])
    def post(self, request: Request, reference: str) -> Response:
        """Take an unsigned offer back, or ask a second person to where two approved it."""
        application, user = _case(request, reference, *REVOKERS)
        given = told(request, NewRevocationSerializer)
        made = applications.revoke(application, key=idempotency_key(request), by=user, at=timezone.now(), **given)
        return Response(RevocationSerializer(made).data, status=status.HTTP_201_CREATED)


class RevocationConclusion(APIView):
    """Conclude a revocation, as the second person."""

    @extend_schema(request=RevocationConclusionSerializer, responses=ApplicationSerializer)
    def post(self, request: Request, reference: str) -> Response:
        """Say that the offer is revoked, or stands."""
        application, user = _case(request, reference, Role.APPROVER)
        given = told(request, RevocationConclusionSerializer)
        applications.conclude_revocation(application, by=user, at=timezone.now(), **given)
        return Response(ApplicationSerializer(application).data)


class RevocationWithdrawal(APIView):
    """Take back what one asked for oneself."""

    @extend_schema(operation_id="application_revocation_withdraw", request=None, responses=ApplicationSerializer)
    def post(self, request: Request, reference: str) -> Response:
        """Let the offer stand after all."""
        application, user = _case(request, reference, *REVOKERS)
        applications.drop_revocation(application, by=user, at=timezone.now())
        return Response(ApplicationSerializer(application).data)
