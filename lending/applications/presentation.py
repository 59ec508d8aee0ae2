"""What the pages of a case show: finished rows, in the reader's language."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.cashflow import picture
from accounts.cashflow import queries as cashflow
from accounts.harvest import presentation as harvest
from accounts.harvest import queries as harvests
from accounts.identity import queries as identity
from accounts.identity.models import Enterprise, HitStatus, Industry
from lending.applications import queries
from lending.applications.judgment import REPLACED
from lending.applications.models import Application, CreditDecision, Offer, Review
from lending.applications.states import LENT, WAITING_FOR_STAFF, Status
from lending.applications.waits import Wait, usual_wait
from lending.credit import queries as credit
from lending.credit import reasons, too_little, verdicts
from lending.products import queries as products
from lending.products.conventions import DocumentKind
from lending.products.queries import cost_of, example_of
from portal.core.badges import Badge
from portal.core.formats import money
from portal.core.interest import InterestRefused

# What the history calls each event; the second: who did it is the enterprise's own to know.
TITLES: Final = {
    "begin": (gettext_lazy("Application begun"), True),
    "change": (gettext_lazy("Request changed"), True),
    "add_document": (gettext_lazy("Document added"), True),
    "remove_document": (gettext_lazy("Document removed"), True),
    "submit": (gettext_lazy("Application sent"), True),
    "approve": (gettext_lazy("Approved by the bank's rules"), False),
    "refer": (gettext_lazy("Passed to an officer"), False),
    "decline": (gettext_lazy("Declined by the bank's rules"), False),
    "recommend": (gettext_lazy("Recommendation made"), False),
    "return": (gettext_lazy("Returned to the officer"), False),
    "confirm": (gettext_lazy("Confirmed by a second person"), False),
    "refuse": (gettext_lazy("Declined after review"), False),
    "accept": (gettext_lazy("Contract signed"), True),
    "withdraw": (gettext_lazy("Application withdrawn"), True),
    "expire": (gettext_lazy("Offer ended"), False),
    "revoke": (gettext_lazy("Offer revoked by the bank"), False),
}
# What of a request would pass otherwise: the field that asks for it, and the parameter that tells how much.
ASKED: Final = {"smaller_amount": ("amount", "amount"), "longer_term": ("term_months", "months")}
OWNERS_TO_WITHDRAW: Final = frozenset({Status.SUBMITTED, Status.REFERRED, Status.RECOMMENDED, Status.APPROVED})


def answers(application: Application) -> list[dict[str, Any]]:
    """List what was asked and given, each with a way to change it."""
    pages = {name: reverse(f"applications:{name}", args=[application.reference]) for name in PAGES}
    statements = cashflow.accepted_of(application.enterprise).count()
    documents = queries.documents_of(application).count()
    is_line = application.product.is_line
    rows = [
        (_("Enterprise"), application.enterprise.legal_name, ""),
        (_("Product"), str(application.product), ""),
        (_("Limit") if is_line else _("Amount"), money(application.requested_amount), "change"),
        (
            _("Longest term of a draw") if is_line else _("For how long"),
            _("%(n)d months") % {"n": application.term_months},
            "change",
        ),
        (_("What for"), application.get_purpose_display(), "change"),
        (_("In your words"), application.purpose_note, "change"),
        (_("Bank statements"), _("Files: %(n)d") % {"n": statements}, "evidence"),
        (_("Documents"), _("Files: %(n)d") % {"n": documents}, "documents"),
    ]
    return [{"label": label, "value": value, "change_url": pages.get(page)} for label, value, page in rows if value]


PAGES: Final = ("change", "evidence", "documents")


@dataclass(frozen=True)
class Progress:
    """What a draft still needs."""

    tasks: list[dict[str, Any]]
    is_ready: bool


def progress_of(application: Application, *, on: date) -> Progress:
    """List a draft's tasks with what is done."""
    enterprise = application.enterprise
    has_evidence = cashflow.has_evidence(enterprise) and not cashflow.asking(enterprise)
    has_clearance = queries.has_clearance(application)
    is_ready = has_evidence and has_clearance and not queries.missing_documents(application)
    tasks = [*_preparing(application, has_evidence=has_evidence, has_clearance=has_clearance)]
    tasks.append(_showing(enterprise, on=on))
    return Progress([*tasks, _sending(application, is_ready=is_ready)], is_ready)


def _showing(enterprise: Enterprise, *, on: date) -> dict[str, Any]:
    """Tell what the bank must see of an enterprise; it holds no application back, but a person decides without it."""
    lacking = _(", ").join(each.label for each in identity.lacking_of(enterprise, on=on))
    told = _("%(papers)s. Until somebody of the bank has seen this, a person decides and no loan is approved.")
    return {
        "title": _("Papers the bank must see"),
        "url": reverse("identity:papers", args=[enterprise.reference]),
        "status": Badge(_("Not seen yet"), "warning") if lacking else Badge(_("Done"), "success"),
        "hint": told % {"papers": lacking} if lacking else "",
    }


def _preparing(application: Application, *, has_evidence: bool, has_clearance: bool) -> Iterable[dict[str, Any]]:
    reference = application.reference
    done, missing, optional = Badge(_("Done"), "success"), Badge(_("To do"), "warning"), Badge(_("Optional"), "neutral")
    yield {"title": _("What you ask for"), "url": reverse("applications:change", args=[reference]), "status": done}
    yield {
        "title": _("Bank statements"),
        "url": reverse("applications:evidence", args=[reference]),
        "status": done if has_evidence else missing,
        "hint": _("They show how your business really does."),
    }
    lacking = queries.missing_documents(application)
    asked = _(", ").join(str(DocumentKind(kind).label) for kind in lacking)
    yield {
        "title": _("Documents"),
        "url": reverse("applications:documents", args=[reference]),
        "status": missing if lacking else done if queries.documents_of(application).exists() else optional,
        "hint": _("This product asks for: %(documents)s") % {"documents": asked}
        if lacking
        else _("Photos, orders, leases. They help when a person looks at your case."),
    }
    if application.product.requires_clearance:
        yield {
            "title": _("Certificate of a course"),
            "url": reverse("training:catalogue"),
            "status": done if has_clearance else missing,
            "hint": _("This product asks for it. Any owner or manager of your enterprise may take the course."),
        }


def _sending(application: Application, *, is_ready: bool) -> dict[str, Any]:
    return {
        "title": _("Check and send"),
        "url": reverse("applications:check", args=[application.reference]) if is_ready else "",
        "status": Badge(_("To do"), "warning") if is_ready else Badge(_("Later"), "neutral"),
        "hint": "" if is_ready else _("As soon as all that is to do is done."),
    }


def answer(application: Application, *, on: date) -> dict[str, Any]:
    """Give the enterprise's page the decision in sentences, what the offer costs if signed on a day, the history."""
    context: dict[str, Any] = {
        "application": application,
        "timeline": timeline(application, for_staff=False),
        "is_waiting": application.status == Status.SUBMITTED,
        "may_be_withdrawn": application.status in OWNERS_TO_WITHDRAW,
        "branch": application.enterprise.branch,
    }
    if application.status == Status.WITHDRAWN:
        context["revoked"] = queries.revocation_of(application)
    if application.status == Status.APPROVED:
        context["is_on_hold"] = queries.is_on_hold(application)
        context["is_overtaken"] = queries.is_overtaken(application.offer)
        context["is_suspended"] = queries.is_suspended(application)
    if application.status in WAITING_FOR_STAFF:
        context["lacking"] = identity.lacking_of(application.enterprise, on=on)
        context["papers_waiting"] = application.enterprise.papers.waiting().count()
        context["wait"] = _waiting(usual_wait(application, on=on))
    if context["is_waiting"]:
        context["evidence_is_reading"] = cashflow.is_reading(application.enterprise)
        context["asking"] = next(iter(cashflow.asking(application.enterprise)), None)
    return context | _decided(application, on=on, for_staff=False)


def _waiting(wait: Wait | None) -> str:
    """Say how long such cases took, and whether this one takes longer; nothing where too little is known."""
    if wait is None:
        return ""
    params = {
        "cases": wait.cases,
        "place": _("your branch") if wait.at_branch else _("our bank"),
        "half": _business_days(wait.half),
        "most": _business_days(wait.most),
    }
    if wait.half == wait.most:
        text = _("Of the last %(cases)d such cases in %(place)s, nine in ten were answered within %(most)s.")
    else:
        text = _(
            "Of the last %(cases)d such cases in %(place)s, half were answered within %(half)s and nine in ten within "
            "%(most)s."
        )
    late = _("Yours has waited longer. Ask your branch.") if wait.waited > wait.most else ""
    return " ".join(filter(None, (text % params, late)))


def _business_days(days: int) -> str:
    return ngettext("%(days)d business day", "%(days)d business days", days) % {"days": days}


def _decided(application: Application, *, on: date, for_staff: bool) -> dict[str, Any]:
    decision = (
        CreditDecision.objects.filter(application=application)
        .select_related("scorecard", "policy", "standards", "application")
        .first()
    )
    if decision is None:
        return {}
    verdict = as_staff_read(decision) if for_staff else as_owners_read(decision)
    again = _like(application, on=on) if application.status == Status.DECLINED and not for_staff else ""
    context: dict[str, Any] = {"decision": decision, "explained": explained(verdict, again=again)}
    offer = Offer.objects.filter(application=application).select_related("line", "application__decision").first()
    if offer is not None:
        cost = cost_of(offer.approved_amount, offer.terms, start=on)
        context |= {"offer": offer, "cost": cost, "line": getattr(offer, "line", None)}
        context["loan"] = None if application.product.is_line else offer.loans.first()
        context["share_of_income"] = queries.share_of_income(decision, cost.heaviest_month.amount)
    return context


def case(application: Application, *, on: date) -> dict[str, Any]:
    """Give the staff page everything on one page; once decided, with the statements as they were then."""
    enterprise = application.enterprise
    context = {"application": application} | _decided(application, on=on, for_staff=True)
    decided_at = context["decision"].decided_at if "decision" in context else None
    context |= {
        "timeline": timeline(application, for_staff=True),
        "reviews": list(application.reviews.select_related("by").order_by("pk")),
        "revocations": application.revocations.select_related("asked_by", "concluded_by").order_by("pk"),
        "recommendation": queries.recommendation_of(application),
        "documents": list(queries.documents_of(application)),
        "statements": cashflow.statements_of(enterprise, at=decided_at),
        "since": decided_at and cashflow.changed_since(enterprise, decided_at),
        "picture": picture.drawn(cashflow.monthly(enterprise, at=decided_at)),
        "harvest": harvest.drawn(harvests.expected_of(enterprise, on=on)),
        "owed": credit.exposure_of(enterprise),
        "needed": identity.requirements_of([enterprise], on=on)[enterprise.pk],
        "papers_waiting": identity.papers_of(enterprise).filter(seen_at=None),
        "hits": [hit for hit in identity.hits_of(enterprise) if hit.status != HitStatus.CLEARED],
        "register_answer": enterprise.register_answers.select_related("consent__user")
        .order_by("-fetched_at", "-pk")
        .first(),
        "others": queries.others_of(application)[:5],
    }
    context["lacking"] = [row for row in context["needed"] if not row.holds]
    if "decision" in context:
        context |= _burden(application, context["decision"], context["recommendation"], on=on)
        context["judged_by"] = _rules_of(context["decision"])
        context["against_trade"] = against_trade(application, context["decision"])
        context["replaced"] = replaced(application, context["decision"])
        context["corrected"] = identity.changes_in(identity.corrected_since(enterprise, context["decision"].decided_at))
    return context


def _burden(
    application: Application, decision: CreditDecision, recommendation: Review | None, *, on: date
) -> dict[str, Any]:
    """Tell what a case that waits would take in the heaviest month: as recommended, or as the rules would offer it."""
    if application.status not in WAITING_FOR_STAFF or application.product.is_line:
        return {}
    amount, rate = queries.proposal_of(application)
    if application.status == Status.RECOMMENDED and recommendation and recommendation.annual_rate is not None:
        amount, rate = recommendation.amount or amount, recommendation.annual_rate
    months = application.term_months
    try:
        example = example_of(application.product, on=on, annual_rate=rate, amount=amount, term_months=months)
    except InterestRefused:  # a season that a loan from today on would miss
        return {}
    share = queries.share_of_income(decision, example.cost.heaviest_month.amount)
    return {"burden": example, "burden_share": share}


def _rules_of(decision: CreditDecision) -> list[tuple[str, Any]]:
    """Name what decided, each with the page that shows it."""
    rules = [("credit:policy", decision.policy), ("credit:scorecard", decision.scorecard)]
    return [*rules, ("credit:standards", decision.standards)] if decision.standards else rules


def replaced(application: Application, decision: CreditDecision) -> list[dict[str, Any]]:
    """Name the statements that were judged by before and replaced by others that tell otherwise, as it was found."""
    told = decision.facts.get(REPLACED, [])
    names = {reference for each in told for reference in (each["withdrawn"], each["by"])}
    found = cashflow.all_statements_of(application.enterprise).filter(reference__in=names) if told else ()
    files = {each.reference: each for each in found}
    clearings = cashflow.clearings_of(application.enterprise) if told else {}
    return [
        {
            "withdrawn": files[each["withdrawn"]],
            "by": files[each["by"]],
            "cleared": clearings.get((each["withdrawn"], each["by"])),
            "days": each["days"],
            "first": date.fromisoformat(each["first"]),
            "last": date.fromisoformat(each["last"]),
        }
        for each in told
    ]


def as_staff_read(decision: CreditDecision) -> verdicts.Verdict:
    """Give a decision's verdict with what its sentences name: the checks that failed, and the least that is lent."""
    verdict = reasons.with_checks(verdicts.verdict_of(decision.verdict), decision.facts)
    return too_little.with_least(verdict, decision.product_terms)


def as_owners_read(decision: CreditDecision) -> verdicts.Verdict:
    """Give the same to owners; of what was lent only the terms' reasons: what a person has settled since has no say."""
    verdict = as_staff_read(decision)
    if decision.application.status in LENT:
        verdict = replace(verdict, reasons=tuple(each for each in verdict.reasons if each.family != "policy"))
    return verdict


def _like(application: Application, *, on: date) -> str:
    """Give the page that asks for the same once more; empty where the product is no longer offered."""
    enterprise, code = application.enterprise, application.product.code
    if not products.offered(on, section=enterprise.industry.section).filter(code=code).exists():
        return ""
    return f"{reverse('applications:begin', args=[enterprise.reference, code])}?like={application.reference}"


def _asking(again: str, found: verdicts.Alternative) -> str:
    """Lead to a request that would pass, filled in; a change of habits has no page."""
    if not again or found.code not in ASKED:
        return ""
    name, param = ASKED[found.code]
    return f"{again}&{urlencode({name: found.params[param]})}"


def explained(verdict: verdicts.Verdict, *, again: str = "") -> dict[str, Any]:
    """Say a verdict in sentences: its reasons with advice and topic, what helped, what would change it.

    :param again: the page that asks for the same once more, to which each request that would pass leads by itself.
    """
    if any(each.code == "improve" for each in verdict.alternatives):  # the other amount alone would not pass
        again = ""
    return {
        "reasons": [
            {"code": each.code, "sentence": reasons.sentence(each), "advice": reasons.advice(each), "topic": each.topic}
            for each in verdict.reasons
        ],
        "helped": [{"sentence": reasons.helped(each)} for each in verdict.helped],
        "how_to_change": reasons.how_to_change(verdict.alternatives),
        "alternatives": [
            {"sentence": reasons.alternative(each), "url": _asking(again, each)} for each in verdict.alternatives
        ],
    }


def against_trade(application: Application, decision: CreditDecision) -> list[dict[str, str]]:
    """Set the figures the decision used beside the usual range of the trade, as written text."""
    now, then = application.enterprise.industry, decision.facts["industry"]
    industry = now if now.code == then else Industry.objects.get(pk=then)
    places = credit.against_trade(decision.features, industry, edition=decision.standards)
    return [
        {
            "name": str(place.feature.name),
            "value": reasons.figure(place.feature.code, place.value),
            "low": reasons.figure(place.feature.code, place.low),
            "high": reasons.figure(place.feature.code, place.high),
        }
        for place in places
    ]


def timeline(application: Application, *, for_staff: bool) -> list[dict[str, Any]]:
    """Tell the history, newest first; which of the bank's people did what is told to its people alone."""
    rows = ((row, *TITLES.get(row.event, (row.event, False))) for row in application.events.order_by("-pk"))
    return [
        {"at": row.at, "title": title, "by": row.by_name if for_staff or is_own else ""} for row, title, is_own in rows
    ]
