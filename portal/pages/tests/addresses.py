"""Every address of the house, filled in with what belongs to one enterprise and one branch of a seeded bank."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from django.db.models import Model

from accounts.cashflow.models import BankTransaction, InvoiceLedger, PlannedItem, StatementImport
from accounts.harvest.models import CropEdition, Planting
from accounts.identity import consents
from accounts.identity import models as identity
from accounts.identity import operations as people
from accounts.identity.tests.builders import make_hit, make_paper
from accounts.ledger.models import Hold, JournalEntry, LedgerAccount
from accounts.settlement import models as settlement
from accounts.settlement import operations as paying
from lending.applications.models import Application, ApplicationDocument, Offer
from lending.credit.models import Policy, Scorecard, StandardEdition
from lending.funding import operations as funding
from lending.funding import sharing
from lending.funding.models import FundingProgram, Introduction
from lending.loans.lines.models import CreditLine
from lending.loans.losses.models import Allowance, LossRules, WriteOff, WriteOffReversal
from lending.loans.models import Loan
from lending.loans.rescheduling.models import Rescheduling
from lending.loans.waivers.models import Waiver
from lending.products.models import LoanProduct
from portal.core.models import WebhookDelivery, WebhookEndpoint
from portal.pages.tests.crawl import routes
from portal.seed.story import Story
from portal.seed.story.owing import offer_another_schedule
from training.models import Attempt, Certificate, Course

BLANK: Final = re.compile(r"(<(?:\w+:)?(\w+)>)")


def newest(model: type[Model], field: str = "reference", **which: Any) -> str:
    """Name the newest of a kind."""
    return str(model._default_manager.filter(**which).values_list(field, flat=True).order_by("-pk")[0])


def add_what_is_missing(story: Story, enterprise: identity.Enterprise, owner: identity.User) -> None:
    """Give the enterprise what no story of the seed gives it."""
    now = story.moment(story.today, 8) - timedelta(days=1)
    make_paper(enterprise, by=owner)
    make_hit(enterprise, at=now)
    if not identity.DetailsCorrection.objects.filter(enterprise=enterprise).exists():
        wrong = people.AskedCorrection({"legal_name": f"{enterprise.legal_name} 2"}, "mistyped")
        people.ask_correction(enterprise, wrong, key="corrected", by=owner, at=now)
    people.invite_manager(enterprise, phone="+8615205719009", by=owner, at=now)
    Planting.objects.create(
        enterprise=enterprise,
        crop="rice",
        area_mu=20,
        harvest_from=date(2027, 3, 1),
        told_by=owner.reference,
        told_at=now,
    )
    account, teller = (
        settlement.SettlementAccount.objects.get(enterprise=enterprise),
        story.staff["operations"].reference,
    )
    until = story.today + timedelta(days=9)
    paying.keep_back(account, Decimal(1), reason="court", until=until, key="kept", at=now, by=teller)
    application = Application.objects.filter(enterprise=enterprise).earliest("pk")
    asked: dict[str, Any] = {
        "amount": Decimal(40000),
        "purpose": "stock",
        "items": frozenset[Any](),
        "key": "asked",
        "by": owner,
    }
    guarantee = FundingProgram.objects.get(code="guarantee")
    seen = sharing.seen_of(guarantee.reference, enterprise, owner, items=frozenset())
    funding.ask(enterprise, guarantee, wording_version=consents.CURRENT_VERSION, seen=seen, at=now, **asked)
    file = StatementImport.objects.filter(enterprise=enterprise)[0].file
    ApplicationDocument.objects.create(application=application, kind="other", file=file, added_at=now)
    loan = Loan.objects.filter(enterprise=enterprise).earliest("pk")
    offer_another_schedule(story, loan)
    proposed = {"loan": loan, "proposed_by": story.staff["underwriter"], "proposed_at": now, "expires_on": story.today}
    Waiver.objects.create(amount=1, reason="Floods.", **proposed)
    lost = WriteOff.objects.create(principal_amount=1, grounds="x", **proposed)
    WriteOffReversal.objects.create(write_off=lost, reason="x", **proposed)
    endpoint = WebhookEndpoint.objects.get()
    WebhookDelivery.objects.create(
        reference="WD-1", endpoint=endpoint, event="account.money_in", body="{}", asked_at=now, due_at=now
    )


def examples(enterprise: identity.Enterprise) -> dict[str, dict[str, Any]]:
    """Name what fills the blanks of addresses that begin so; the longest beginning counts."""
    mine = enterprise.reference
    account = {"reference": newest(settlement.SettlementAccount), "hold": newest(Hold), "language": "en"}
    kept = settlement.SettlementAccount.objects.get(reference=account["reference"]).ledger_account
    account["entry"] = newest(JournalEntry, postings__ledger_account=kept)
    application = {
        "reference": newest(Application, documents__isnull=False),
        "document": newest(ApplicationDocument, "pk"),
    }
    statement, ledger = newest(StatementImport), newest(InvoiceLedger)
    evidence = {
        "reference": mine,
        "statement": statement,
        "by": statement,
        "ledger": ledger,
        "item": newest(PlannedItem),
    }
    evidence["line"] = newest(BankTransaction, "pk")
    invitation = newest(identity.Invitation)
    of_enterprise = {
        "reference": mine,
        "membership": newest(identity.Membership, "pk", enterprise=enterprise),
        "invitation": invitation,
        "check": newest(identity.IdentityCheck, enterprise=enterprise),
        "kind": "owners",
        "party": newest(identity.BeneficialOwner, "pk", enterprise=enterprise),
    }
    kinds: dict[str, Any] = {
        "batches": settlement.PaymentBatch,
        "bills": settlement.BillPlan,
        "cash": settlement.CashMovement,
        "corrections": settlement.CashCorrection,
        "counts": settlement.CashCount,
        "deliveries": settlement.CashDelivery,
        "drawers": settlement.CashDrawer,
        "handovers": settlement.CashHandover,
        "payees": settlement.Payee,
        "payments": settlement.PaymentInstruction,
        "payments/files": settlement.PaymentFile,
        "payments/nostro": settlement.NostroStatement,
        "payments/suspense": settlement.SuspenseItem,
        "products": settlement.AccountProductProposal,
        "requests": settlement.PaymentRequest,
        "standing": settlement.StandingOrder,
        "webhook": WebhookEndpoint,
        "webhook-messages": WebhookDelivery,
    }
    of_api = {
        "bill-plans": settlement.BillPlan,
        "cash-corrections": settlement.CashCorrection,
        "cash-counts": settlement.CashCount,
        "cash-deliveries": settlement.CashDelivery,
        "cash-drawers": settlement.CashDrawer,
        "cash-handovers": settlement.CashHandover,
        "cash-movements": settlement.CashMovement,
        "credit-lines": CreditLine,
        "corrections": identity.DetailsCorrection,
        "holds": Hold,
        "introductions": Introduction,
        "invoice-ledgers": InvoiceLedger,
        "loans": Loan,
        "nostro-statements": settlement.NostroStatement,
        "papers": identity.Paper,
        "payees": settlement.Payee,
        "payment-batches": settlement.PaymentBatch,
        "payment-requests": settlement.PaymentRequest,
        "payments": settlement.PaymentInstruction,
        "reschedulings": Rescheduling,
        "write-offs": WriteOff,
        "write-off-reversals": WriteOffReversal,
        "standing-orders": settlement.StandingOrder,
        "statements": StatementImport,
        "suspense-items": settlement.SuspenseItem,
        "waivers": Waiver,
        "webhook-deliveries": WebhookDelivery,
        "webhooks": WebhookEndpoint,
    }
    token, course = newest(settlement.PaymentRequest, "token"), Course.objects.order_by("position")[0]
    certificate = {"code": newest(settlement.BalanceCertificate, "code"), "language": "en"}
    edition = newest(CropEdition, "version")
    return {
        "api/v1/allowances/": {"number": newest(Allowance, "pk")},
        "api/v1/applications/": application,
        "api/v1/balance-certificates/": certificate,
        "api/v1/enterprises/": evidence | {"code": "guarantee"},
        "api/v1/ledger/": {"code": "1001-CNY", "reference": newest(JournalEntry)},
        "api/v1/ledger/months/": {"reference": "2026-01"},
        "api/v1/products/": {"code": newest(LoanProduct, "code", status="approved")},
        "api/v1/requests-to-pay/": {"token": token},
        "api/v1/settlement-accounts/": account,
        **{f"api/v1/{name}/": {"reference": newest(kind)} for name, kind in of_api.items()},
        "api/v1/training/attempts/": {"reference": newest(Attempt)},
        "api/v1/training/certificates/": {"code": newest(Certificate, "code")},
        "api/v1/training/courses/": {"slug": course.slug, "lesson": course.lessons.order_by("position")[0].slug},
        "applications/": application,
        "arrears/": {"reference": newest(Loan)},
        "applications/new/": {"enterprise": mine, "product": newest(LoanProduct, "code", status="approved")},
        "branches/": {"code": enterprise.branch.code},
        "cashflow/": evidence,
        "corrections/": {"reference": newest(identity.DetailsCorrection)},
        "credit/": {"kind": "scorecards", "code": newest(Scorecard, "code"), "version": newest(Scorecard, "version")},
        "credit/challengers/": {"code": "challenger", "version": 1},
        "credit/policies/": {"code": newest(Policy, "code"), "version": newest(Policy, "version")},
        "credit/standards/": {"code": newest(StandardEdition, "code"), "version": newest(StandardEdition, "version")},
        "enterprises/": of_enterprise,
        "funding/": {"reference": mine, "code": "guarantee"},
        "funding/desk/": {"code": newest(FundingProgram, "code"), "version": newest(FundingProgram, "version")},
        "funding/introductions/": {"reference": newest(Introduction)},
        "harvest/": {"reference": mine, "planting": newest(Planting)},
        "harvest/calendars/": {"version": edition},
        "hits/": {"reference": newest(identity.WatchlistHit)},
        "invitations/": {"invitation": invitation},
        "ledger/": {"code": newest(LedgerAccount, "code"), "reference": newest(JournalEntry)},
        "loans/": {"reference": newest(Loan)},
        "loans/lines/": {"reference": newest(CreditLine)},
        "loans/offers/": {"reference": newest(Offer)},
        "loans/allowances/": {"number": newest(Allowance, "pk")},
        "loans/reschedulings/": {"reference": newest(Rescheduling)},
        "loans/waivers/": {"reference": newest(Waiver)},
        "loans/write-offs/": {"reference": newest(WriteOff)},
        "loans/loss-rules/": {"version": newest(LossRules, "version")},
        "loans/write-off-reversals/": {"reference": newest(WriteOffReversal)},
        "lost-phones/": {"reference": newest(identity.LostPhone)},
        "papers/": {"paper": newest(identity.Paper)},
        "pay/": {"token": token},
        "portfolio/trials/": {"kind": "policies", "code": newest(Policy, "code"), "version": newest(Policy, "version")},
        "products/": {"code": newest(LoanProduct, "code", status="approved")},
        "products/desk/": {"code": newest(LoanProduct, "code"), "version": newest(LoanProduct, "version")},
        "settlement/": account,
        **{f"settlement/{name}/": {"reference": newest(kind), "verb": "remove"} for name, kind in kinds.items()},
        **{f"settlement/{name}/": {"reference": mine} for name in ("notices", "rules", "webhooks")},
        "settlement/certificates/": certificate,
        "settlement/verify/": certificate,
        "staff/": {"post": newest(identity.StaffPost, "pk"), "asked": 1},
        "training/attempts/": {"reference": newest(Attempt)},
        "training/certificates/": {"code": newest(Certificate, "code"), "language": "en"},
        "training/courses/": {"slug": course.slug, "lesson": course.lessons.order_by("position")[0].slug},
        "training/verify/": {"code": newest(Certificate, "code")},
        "watchlists/": {"reference": newest(identity.WatchlistUpload)},
    }


def addresses(enterprise: identity.Enterprise) -> Iterator[tuple[str, str]]:
    """Give each route of ours with an address it answers; allauth's own are about nobody but oneself."""
    known = examples(enterprise)
    for route in sorted(set(routes())):
        if route.startswith(("^", "accounts/")):
            continue
        beginning = max((each for each in known if route.startswith(each)), key=len, default="")
        address = route
        for blank, name in BLANK.findall(route):
            address = address.replace(blank, str(known[beginning][name]))
        yield route, f"/{address}"
