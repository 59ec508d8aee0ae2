"""An owner who repays well opened a credit line some weeks ago, and drew on it."""

import json
from decimal import Decimal
from typing import Any, Final

from accounts.identity import operations as identity
from lending.applications import operations as applications
from lending.applications.states import Status
from lending.loans.lines import operations as lines
from lending.loans.lines.queries import is_late
from lending.loans.models import Loan
from lending.loans.states import LoanStatus
from portal.core.models import Notice
from portal.seed import words
from portal.seed.story import Story

LIMIT: Final = Decimal(12000)
DRAWN: Final = Decimal(4000)
MONTHS: Final = 6


def tell_of_a_line(story: Story) -> None:
    """Let the first borrower who pays as signed apply for a line, sign it and draw on it."""
    running = Loan.objects.filter(status=LoanStatus.ACTIVE, reschedulings=None).order_by("pk")
    loan = next(each for each in running if not is_late(each.enterprise, on=story.today))
    enterprise, account, on = loan.enterprise, loan.settlement_account, story.days_ago(20)
    owner = enterprise.memberships.owning().order_by("pk")[0].user
    at = story.noon(on)
    told: dict[str, Any] = {"amount": LIMIT, "term_months": 12, "purpose": "stock", "note": "", "key": "seed-line"}
    application = applications.begin(enterprise, product=story.products["line"], by=owner, at=at, **told)
    applications.submit(application, by=owner, at=at)
    applications.decide(application.reference, at=at, on=on)
    application.refresh_from_db()
    if application.status == Status.REFERRED:
        told = {"amount": LIMIT, "annual_rate": application.decision.annual_rate or Decimal("0.0980")}
        told |= {"note": words.VISITED, "by": story.staff["underwriter"], "at": at}
        seen = applications.recommend(application, outcome="approve", **told).shown
        told = {"note": words.AGREED, "by": story.staff["approver"], "at": at, "on": on, "seen": seen}
        applications.conclude(application, outcome="approve", **told)
    offer = application.offer
    identity.send_signing_code(owner, subject=offer.reference, at=at)
    line = lines.open_line(offer, account=account, code=_newest("signing_code"), by=owner, at=at, on=on)
    found = lines.preview(line, DRAWN, MONTHS, on=on)
    lines.send_draw_code(found, key="seed-draw", to=owner, at=at)
    told = {"seen": found.shown, "code": _newest("draw_code"), "key": "seed-draw", "by": owner, "at": at, "on": on}
    lines.draw(line, DRAWN, MONTHS, **told)


def _newest(notice: str) -> str:
    code: str = json.loads(Notice.objects.filter(code=notice).latest("pk").params)["code"]
    return code
