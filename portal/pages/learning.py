"""Where training and lending meet: what the last decision on a person's enterprise advises to learn."""

from typing import Any

from django.urls import reverse

from lending.applications.models import Application, CreditDecision
from lending.applications.states import LENT
from lending.credit import reasons, verdicts
from training import recommending
from training.recommending import Advice


def advice_for(user: Any) -> list[Advice]:
    """Tell the reasons of the last answer that the enterprises a person acts for were given; none to staff."""
    if user.is_staff_member:
        return []
    mine = CreditDecision.objects.filter(application__in=Application.objects.of_member(user))
    last = mine.select_related("application").order_by("-decided_at", "-pk").first()
    if last is None:
        return []
    address = reverse("applications:detail", args=[last.application.reference])
    told = [verdicts.reason_of(data) for data in last.verdict["reasons"]]
    if last.application.status in LENT:  # as the answer's page: what a person has settled since has no say
        told = [each for each in told if each.family != "policy"]
    return [Advice(each.code, each.topic, reasons.sentence(each), address) for each in told if each.topic]


recommending.register(advice_for)
