"""Bring applicants in, let the workers decide, and let life go on; run by the proof of the restart on its own.

python -m portal.tests.deciding COUNT
"""

import sys
import time
from datetime import timedelta
from decimal import Decimal
from random import Random

import django
from django.utils import timezone

PATIENCE_SECONDS = 300


def main() -> None:
    """Submit so many applications by the operations that the pages use, and go on when each is decided."""
    django.setup()
    from lending.applications import operations as applications
    from lending.applications.models import Application
    from lending.applications.states import Status
    from portal.seed.cast import ENTERPRISES
    from portal.seed.flows import HEALTH
    from portal.seed.story import Story, apply, bring_in, found_the_bank

    chance = Random(2026)
    story = Story(today=timezone.localdate(), rng=chance, say=print)
    found_the_bank(story)
    for number in range(int(sys.argv[1])):
        row = ENTERPRISES[number % len(ENTERPRISES)]
        if number >= len(ENTERPRISES):
            row = row._replace(legal_name=f"{row.legal_name}{number}", health=chance.choice([*HEALTH]))
        owner, enterprise = bring_in(story, number, row, on=story.days_ago(2))
        if number % 5 == 0:
            _sell_for_cash(story, enterprise, owner)
        application = apply(story, row, enterprise, owner, story.days_ago(1))
        applications.submit(application, by=owner, at=timezone.now())
    deadline = time.monotonic() + PATIENCE_SECONDS
    while Application.objects.filter(status=Status.SUBMITTED).exists():
        assert time.monotonic() < deadline, "the workers did not decide in time"
        time.sleep(0.5)
    _go_on(story)


def _sell_for_cash(story, enterprise, owner) -> None:
    """Pay earnings into an account of ours, which is evidence without any upload."""
    from accounts.settlement import operations as settlement

    at = story.noon(story.days_ago(1))
    account = settlement.open_account(enterprise, by=owner.reference, at=at)
    teller = story.staff["operations"].reference
    key = f"sold-{enterprise.reference}"
    settlement.pay_in(account, Decimal(800), text="营业款", key=key, on=at.date(), at=at, by=teller)


def _go_on(story) -> None:
    """Change what decisions rested on: categories, statements, accounts, trades and the rules themselves."""
    from accounts.cashflow import operations as cashflow
    from accounts.cashflow.models import BankTransaction
    from accounts.identity.models import Enterprise, Industry
    from lending.credit import operations as credit
    from lending.credit.models import Policy, StandardEdition

    now = timezone.now()
    by = story.staff["risk"].reference
    for enterprise in Enterprise.objects.order_by("pk"):
        match enterprise.pk % 4:
            case 0:
                paid = BankTransaction.objects.current().filter(enterprise=enterprise, amount__lt=0, statement__gt=0)
                line = paid.exclude(category="tax").latest("pk")
                cashflow.correct(line, category="tax", scope="counterparty", by=by, is_by_staff=True, at=now)
            case 1:
                cashflow.withdraw(enterprise.statements.latest("pk"), by=by, at=now)
            case 2:
                Enterprise.objects.filter(pk=enterprise.pk).update(industry=Industry.objects.get(code="4711"))
    policy, edition = Policy.objects.active().get(), StandardEdition.objects.active().get()
    stricter = {**policy.table, "largest_exposure_amount": "20000", "most_missing": 0}
    rows = edition.standards.order_by("pk")
    told = {row.industry: {row.feature: {**row.percentiles, "n": 7} for row in rows} for row in rows[:1]}
    document = {"form": 1, "code": edition.code, "as_of": f"{story.today}", "source": "moved on", "standards": told}
    tomorrow = (timezone.localtime(now) + timedelta(days=1)).date()
    for draft in (credit.propose_policy(stricter, by=by, at=now), credit.propose_standards(document, by=by, at=now)):
        credit.approve(draft, by=story.staff["admin"].reference, at=now)
        credit.activate(draft, on=tomorrow, by=by, at=now)


if __name__ == "__main__":
    main()
