"""Where training and lending meet: what the last decision on a person's enterprise advises to learn."""

from typing import Any

from django.urls import reverse

from lending.applications import presentation, queries
from lending.applications.models import Application, CreditDecision
from lending.applications.states import Status
from lending.credit import reasons
from training import recommending
from training.recommending import Advice


def advice_for(user: Any) -> list[Advice]:
    """Tell the reasons of the last answer to the enterprises a person acts for, as its page does; none to staff."""
    if user.is_staff_member:
        return []
    mine = CreditDecision.objects.filter(application__in=Application.objects.of_member(user))
    last = mine.select_related("application").order_by("-decided_at", "-pk").first()
    if last is None or _is_revoked(last.application):
        return []
    address = reverse("applications:detail", args=[last.application.reference])
    told = presentation.as_owners_read(last).reasons
    return [Advice(each.code, each.topic, reasons.sentence(each), address) for each in told if each.topic]


def _is_revoked(application: Application) -> bool:
    return application.status == Status.WITHDRAWN and queries.revocation_of(application) is not None


recommending.register(advice_for)
