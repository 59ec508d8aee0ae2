"""What may be asked of a proposal of every kind, for machines."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.identity.access import user_of
from accounts.identity.models import Role, User
from lending.loans.proposals import operations
from lending.loans.proposals.queries import PROPOSERS
from portal.core.api import told


class NoteSerializer(serializers.Serializer[Any]):
    """Why."""

    note = serializers.CharField(max_length=2000)


class SeenNoteSerializer(NoteSerializer):
    """Why, and what was read: the `shown` of what is approved."""

    seen = serializers.CharField()


def only(request: Request, *roles: Role) -> User:
    """Let only those of a role go on."""
    user = user_of(request)
    if not user.has_role(*roles):
        raise PermissionDenied
    return user


def asks(request: Any, *, answers: Any, **told: Any) -> Any:
    """Describe what a step on a proposal is asked with, and its answer."""
    return extend_schema_view(post=extend_schema(request=request, responses=answers, **told))


class OneProposal(APIView):
    """One proposal; each kind says which it is, and its shape."""

    kind: Any
    shape: Any

    def find(self, reference: str) -> Any:
        """Find it, if the person may see it."""
        seen = self.kind.objects.visible_to(self.request.user)
        return get_object_or_404(
            seen.select_related("loan__offer__application", "loan__enterprise"), reference=reference
        )

    def answer(self, found: Any) -> Response:
        """Tell how it stands."""
        return Response(self.shape(found).data)


class Reading(OneProposal):
    """Read it."""

    def get(self, _request: Request, reference: str) -> Response:
        """Tell how it stands."""
        return self.answer(self.find(reference))


class Approval(OneProposal):
    """Approve as the second person."""

    asked: Any = NoteSerializer
    approve: Any

    def post(self, request: Request, reference: str) -> Response:
        """Approve within the own limit; the owners are told."""
        found, by, now = self.find(reference), only(request, Role.APPROVER), timezone.now()
        self.approve(found, by=by, at=now, on=timezone.localdate(now), **told(request, self.asked))
        return self.answer(found)


class Decline(OneProposal):
    """Decline as the second person."""

    def post(self, request: Request, reference: str) -> Response:
        """Decline what was proposed."""
        found, by = self.find(reference), only(request, Role.APPROVER)
        operations.decline(found, by=by, at=timezone.now(), **told(request, NoteSerializer))
        return self.answer(found)


class Withdrawal(OneProposal):
    """Take a proposal back."""

    def post(self, request: Request, reference: str) -> Response:
        """Withdraw it before anything came of it, as an officer or underwriter."""
        found, by = self.find(reference), only(request, *PROPOSERS)
        operations.withdraw(found, by=by, at=timezone.now())
        return self.answer(found)
