"""Other funds for machines: the same operations as the pages."""

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.identity.access import only_owners, user_of
from accounts.identity.models import Enterprise
from lending.funding import operations, queries, sharing
from lending.funding.models import FundingProgram, Introduction
from lending.funding.serializers import (
    IntroductionSerializer,
    ItemsSerializer,
    NewIntroductionSerializer,
    SharedSerializer,
    SuitedSerializer,
    WantedSerializer,
    chosen,
)
from portal.core.api import IDEMPOTENCY_KEY, idempotency_key, listed, told


class Programs(APIView):
    """Programs of others, beside one enterprise."""

    @extend_schema(parameters=[WantedSerializer], responses=SuitedSerializer(many=True))
    def get(self, request: Request, reference: str) -> Response:
        """List the programs that suit an enterprise or nearly do, the best fit first; never paged, they are few."""
        seen = Enterprise.objects.visible_to(request.user).select_related("industry")
        enterprise = get_object_or_404(seen, reference=reference)
        asked = WantedSerializer(data=request.query_params)
        asked.is_valid(raise_exception=True)
        found = queries.suited(enterprise, queries.Wanted(**asked.validated_data), on=timezone.localdate())
        return Response(SuitedSerializer(found, many=True).data)


class Shared(APIView):
    """What an introduction to a program would pass on."""

    @extend_schema(parameters=[ItemsSerializer], responses=SharedSerializer)
    def get(self, request: Request, reference: str, code: str) -> Response:
        """Tell word for word what would be passed on, with who asks as the contact; asking names its fingerprint."""
        enterprise = get_object_or_404(Enterprise.objects.of_member(request.user), reference=reference)
        program = get_object_or_404(queries.published(timezone.localdate()), code=code)
        asked = ItemsSerializer(data=request.query_params)
        asked.is_valid(raise_exception=True)
        content = sharing.content_of(enterprise, user_of(request), items=chosen(asked.validated_data))
        told = {"content": content, "fingerprint": sharing.fingerprint_of(program.reference, content)}
        return Response(SharedSerializer({"version": program.version} | told).data)


class Introductions(APIView):
    """An enterprise's introductions."""

    @extend_schema(responses=IntroductionSerializer(many=True))
    def get(self, request: Request, reference: str) -> Response:
        """List them, newest first."""
        enterprise = get_object_or_404(Enterprise.objects.visible_to(request.user), reference=reference)
        rows = queries.introductions_of(enterprise).select_related("enterprise")
        return listed(self, request, rows, IntroductionSerializer)

    @extend_schema(
        parameters=[IDEMPOTENCY_KEY], request=NewIntroductionSerializer, responses={201: IntroductionSerializer}
    )
    def post(self, request: Request, reference: str) -> Response:
        """Ask for one, as an owner."""
        mine = Enterprise.objects.of_member(request.user).select_related("industry")
        enterprise = get_object_or_404(mine, reference=reference)
        only_owners(request.user, enterprise)
        given = told(request, NewIntroductionSerializer)
        program = get_object_or_404(FundingProgram, code=given["program"], version=given["version"])
        introduction = operations.ask(
            enterprise,
            program,
            amount=given["amount"],
            purpose=given["purpose"],
            items=chosen(given),
            wording_version=given["consent"],
            seen=given["seen"],
            key=idempotency_key(request),
            by=user_of(request),
            at=timezone.now(),
        )
        return Response(IntroductionSerializer(introduction).data, status=status.HTTP_201_CREATED)


class OneIntroduction(APIView):
    """One introduction."""

    @extend_schema(responses=IntroductionSerializer)
    def get(self, request: Request, reference: str) -> Response:
        """Tell how it stands."""
        seen = Introduction.objects.visible_to(request.user).select_related("enterprise", "program")
        return Response(IntroductionSerializer(get_object_or_404(seen, reference=reference)).data)


class Withdrawal(APIView):
    """Taking an introduction back."""

    @extend_schema(request=None, responses=IntroductionSerializer)
    def post(self, request: Request, reference: str) -> Response:
        """Take the consent back, as an owner; sent again, it changes nothing."""
        mine = Introduction.objects.of_member(request.user).select_related("enterprise", "program")
        introduction = get_object_or_404(mine, reference=reference)
        only_owners(request.user, introduction.enterprise)
        operations.withdraw(introduction, by=user_of(request), at=timezone.now())
        return Response(IntroductionSerializer(introduction).data)
