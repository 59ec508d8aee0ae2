"""What the pages of a case show: finished rows, in the reader's language."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.cashflow import queries as cashflow
from lending.applications import queries
from lending.applications.models import Application, CreditDecision
from lending.applications.states import Status
from lending.credit import queries as credit
from lending.credit import reasons, verdicts
from lending.products.queries import cost_of
from portal.core.formats import money


def answers(application: Application) -> dict[str, Any]:
    """Give the check-answers page its rows."""
    reference = application.reference
    change = reverse("applications:change", args=[reference])
    rows = [
        {"label": _("Enterprise"), "value": application.enterprise.legal_name},
        {"label": _("Product"), "value": str(application.product)},
        {"label": _("Amount"), "value": money(application.requested_amount), "change_url": change},
        {"label": _("For how long"), "value": _("%(n)d months") % {"n": application.term_months}, "change_url": change},
        {"label": _("What for"), "value": application.get_purpose_display(), "change_url": change},
        {
            "label": _("Bank statements"),
            "value": _("%(n)d files") % {"n": cashflow.statements_of(application.enterprise).count()},
            "change_url": reverse("applications:evidence", args=[reference]),
        },
        {
            "label": _("Documents"),
            "value": _("%(n)d files") % {"n": application.documents.filter(removed_at=None).count()},
            "change_url": reverse("applications:documents", args=[reference]),
        },
    ]
    return {"rows": rows}


def answer(application: Application) -> dict[str, Any]:
    """Give the applicant's page the decision in sentences, the offer's cost, and the history."""
    context: dict[str, Any] = {"timeline": timeline(application), "is_waiting": application.status == Status.SUBMITTED}
    decision = getattr(application, "decision", None)
    if decision is None:
        context["evidence_is_reading"] = cashflow.is_reading(application.enterprise)
        return context
    verdict = verdicts.verdict_of(decision.verdict)
    context |= {"decision": decision, "explained": explained(verdict)}
    offer = getattr(application, "offer", None)
    if offer is not None:
        context |= {"offer": offer, "cost": cost_of(offer.approved_amount, offer.terms, start=offer.made_at.date())}
    return context


def case(application: Application) -> dict[str, Any]:
    """Give the staff page everything on one page."""
    context = answer(application)
    decision = context.get("decision")
    context["reviews"] = list(application.reviews.select_related("by").order_by("pk"))
    context["documents"] = list(application.documents.filter(removed_at=None).select_related("file").order_by("pk"))
    context["statements"] = cashflow.statements_of(application.enterprise)
    context["months"] = cashflow.monthly(application.enterprise)
    if decision is not None:
        context["against_trade"] = against_trade(application, decision)
    context["recommendation"] = queries.recommendation_of(application)
    return context


def explained(verdict: verdicts.Verdict) -> dict[str, list[dict[str, str]]]:
    """Say a verdict in sentences: its reasons with advice and topic, what helped, what would change it."""
    return {
        "reasons": [
            {"sentence": reasons.sentence(each), "advice": reasons.advice(each), "topic": each.topic}
            for each in verdict.reasons
        ],
        "helped": [{"sentence": reasons.helped(each)} for each in verdict.helped],
        "alternatives": [{"sentence": reasons.alternative(each)} for each in verdict.alternatives],
    }


def against_trade(application: Application, decision: CreditDecision) -> list[dict[str, str]]:
    """Set the figures the decision used beside the usual range of the trade, as written text."""
    places = credit.against_trade(decision.features, application.enterprise.industry, edition=decision.standards)
    return [
        {
            "name": str(place.feature.name),
            "value": reasons.figure(place.feature.code, place.value),
            "low": reasons.figure(place.feature.code, place.low),
            "high": reasons.figure(place.feature.code, place.high),
        }
        for place in places
    ]


def timeline(application: Application) -> list[dict[str, Any]]:
    """Tell the history, newest first, in the reader's language."""
    titles = {
        "begin": _("Application begun"),
        "change": _("Request changed"),
        "add_document": _("Document added"),
        "remove_document": _("Document removed"),
        "submit": _("Application sent"),
        "approve": _("Approved by the bank's rules"),
        "refer": _("Passed to an officer"),
        "decline": _("Declined by the bank's rules"),
        "recommend": _("Recommendation made"),
        "return": _("Returned to the officer"),
        "confirm": _("Confirmed by a second person"),
        "refuse": _("Declined after review"),
        "accept": _("Contract signed"),
        "withdraw": _("Application withdrawn"),
        "expire": _("Offer ended"),
    }
    rows = application.events.order_by("-pk")
    return [{"at": row.at, "title": titles.get(row.event, row.event), "text": "", "by": row.by_name} for row in rows]
