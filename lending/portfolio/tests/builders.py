"""A book with believable defaults: decisions reached by the shipped rules, and loans that were repaid or not."""

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection

from accounts.identity.models import Branch, Enterprise, User
from accounts.identity.tests.builders import make_enterprise, make_user
from accounts.ledger.models import LedgerAccount
from accounts.ledger.tests.builders import make_entry
from accounts.settlement.tests.builders import make_settlement_account
from lending.applications.judgment import Judged, product_terms
from lending.applications.models import Application, CreditDecision, Offer
from lending.credit import policy, queries
from lending.credit.tests import shipped
from lending.credit.tests.cases import make_facts, make_features
from lending.loans.losses.models import WriteOff
from lending.loans.models import Allocation, Installment, Loan, Repayment
from lending.loans.rescheduling.models import Rescheduling
from lending.products.models import LoanProduct
from portal.core.dates import add_months

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
TODAY = NOW.date()
STATUSES = {"approved": "accepted", "referred": "withdrawn", "declined": "declined"}
_numbers = count(1)


def install_rules(*, on: date = date(2024, 1, 1)) -> None:
    """Let the shipped cards, policy and standards decide."""
    shipped.install_rules(approved_by="U-APPROVER", on=on, at=datetime(on.year, on.month, on.day, tzinfo=UTC))


def make_product(code: str = "quick", **changed: Any) -> LoanProduct:
    """A quick loan of up to 200,000 over up to two years."""
    fields: dict[str, Any] = {
        "name_en": "Quick loan",
        "name_zh_hans": "快捷贷款",
        "summary_en": "For goods.",
        "summary_zh_hans": "用于进货。",
        "min_amount": Decimal(3000),
        "max_amount": Decimal(200000),
        "min_term_months": 3,
        "max_term_months": 24,
        "min_annual_rate": Decimal("0.058"),
        "max_annual_rate": Decimal("0.138"),
        "interest_method": "equal_installments",
    }
    return LoanProduct.objects.create(code=code, **(fields | changed))


def make_customer(branch: Branch, **changed: Any) -> Enterprise:
    """An owner with an enterprise of its own."""
    number = next(_numbers)
    owner = make_user(f"Owner {number}", phone=f"+8613{number:09d}")
    enterprise = make_enterprise(owner, branch=branch, legal_name=f"Shop {number}", identifier=f"shop-{number}")
    for name, value in changed.items():
        setattr(enterprise, name, value)
    enterprise.save()
    return enterprise


def owner_of(enterprise: Enterprise) -> User:
    """Find who owns it."""
    return enterprise.memberships.get(role="owner").user


def make_application(
    enterprise: Enterprise, product: LoanProduct, *, at: datetime = NOW, **changed: Any
) -> Application:
    """An application for 50,000 over a year, as sent."""
    fields: dict[str, Any] = {
        "enterprise": enterprise,
        "branch": enterprise.branch,
        "product": product,
        "applicant": owner_of(enterprise),
        "requested_amount": Decimal(50000),
        "term_months": 12,
        "purpose": "stock",
        "status": "submitted",
        "begun_at": at - timedelta(minutes=10),
        "submitted_at": at - timedelta(seconds=1),
    }
    return Application.objects.create(**(fields | changed))


def make_decision(
    enterprise: Enterprise, product: LoanProduct, *, at: datetime = NOW, facts: dict[str, Any] | None = None,
    **features: Any,
) -> CreditDecision:  # fmt: skip
    """Decide a case of these figures by the rules in force."""
    on = at.date()
    rules = queries.rules_for(enterprise, on=on)
    figures = _plain(make_features(**features))
    known = _plain(make_facts(industry=enterprise.industry_id) | (facts or {}))
    terms = product_terms(product)
    verdict = policy.judge(figures, known, rules.scorecard.table, rules.policy.table, terms)
    application = make_application(
        enterprise,
        product,
        at=at,
        status=STATUSES[verdict.outcome.value],
        requested_amount=Decimal(str(known["requested_amount"])),
    )
    return CreditDecision.objects.create(
        application=application,
        outcome=verdict.outcome.value,
        grade=verdict.grade,
        points=verdict.points,
        probability_of_default=verdict.probability_of_default,
        limit_amount=verdict.limit_amount,
        annual_rate=verdict.annual_rate,
        as_of=on,
        decided_at=at,
        **Judged(verdict, figures, known, terms, rules).record(),
    )


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    plain: dict[str, Any] = json.loads(json.dumps(values, cls=DjangoJSONEncoder))
    return plain


def make_loan(
    decision: CreditDecision,
    *,
    disbursed_on: date | None = None,
    months: int = 12,
    paid_late: Sequence[int | None] = (),
) -> Loan:
    """Pay out 12,000, due in equal parts; `paid_late` tells after how many days each part was paid, None for never.

    Parts that it does not name are not paid yet.
    """
    application = decision.application
    began = disbursed_on or decision.as_of
    account = make_settlement_account(application.enterprise)
    books = LedgerAccount.objects.named("loans_principal"), LedgerAccount.objects.named("cash")
    loan = Loan.objects.create(
        offer=_make_offer(application, began, months),
        enterprise=application.enterprise,
        settlement_account=account,
        principal_amount=Decimal(12000),
        upfront_fee_amount=Decimal(0),
        annual_rate=Decimal("0.1"),
        apr=Decimal("0.1047"),
        kept_terms={},
        currency="CNY",
        disbursed_on=began,
        signed_at=NOW,
        signed_by=owner_of(application.enterprise),
        disbursement_entry=make_entry(*books, "12000.00", on=began),
    )
    part = Decimal(12000) / months
    for number in range(1, months + 1):
        late = paid_late[number - 1] if number <= len(paid_late) else None
        _make_installment(loan, number, add_months(began, number), part, late, books)
    return loan


def _make_offer(application: Application, on: date, months: int) -> Offer:
    return Offer.objects.create(
        application=application,
        approved_amount=Decimal(12000),
        annual_rate=Decimal("0.1"),
        term_months=months,
        kept_terms={},
        made_at=NOW,
        expires_on=on + timedelta(days=14),
    )


def _make_installment(
    loan: Loan, number: int, due: date, part: Decimal, late: int | None, books: tuple[LedgerAccount, LedgerAccount]
) -> None:
    paid = Decimal(0) if late is None else part
    installment = Installment.objects.create(
        loan=loan,
        number=number,
        due_date=due,
        principal_amount=part,
        interest_amount=Decimal(0),
        principal_paid_amount=paid,
        balance_after_amount=Decimal(0),
    )
    if late is None:
        return
    on = due + timedelta(days=late)
    repayment = Repayment.objects.create(
        loan=loan,
        amount=part,
        entry=make_entry(books[1], books[0], str(part), on=on),
        paid_on=on,
        paid_at=NOW,
        by="U-1",
    )
    Allocation.objects.create(
        repayment=repayment, installment=installment, principal_amount=part, interest_amount=Decimal(0)
    )


def reschedule(loan: Loan, *, on: date) -> None:
    """Let another schedule take the place of what is open: all of it due in a year."""
    rows = loan.installments.current()
    left = sum((row.principal_amount - row.principal_paid_amount for row in rows), Decimal(0))
    rows.update(superseded_on=on)
    Installment.objects.create(
        loan=loan, version=2, number=1, due_date=add_months(on, 12), principal_amount=left, interest_amount=Decimal(0),
        balance_after_amount=Decimal(0),
    )  # fmt: skip
    Rescheduling.objects.create(
        loan=loan, status="agreed", principal_amount=left, kept_terms={}, reason="Floods.", proposed_by=make_user("P"),
        proposed_at=NOW, expires_on=on, decided_by=make_user("D"), decided_at=NOW, agreed_by=loan.signed_by,
        agreed_at=NOW, agreed_on=on, version=2,
    )  # fmt: skip


def write_off(loan: Loan, *, on: date) -> None:
    """Take what is open of a loan out of the books."""
    left = sum((row.principal_amount - row.principal_paid_amount for row in loan.installments.current()), Decimal(0))
    books = LedgerAccount.objects.named("write_off_expense"), LedgerAccount.objects.named("loans_principal")
    WriteOff.objects.create(
        loan=loan, status="approved", principal_amount=left, grounds="Gone.", proposed_by=make_user("P"),
        proposed_at=NOW, expires_on=on, decided_by=make_user("D"), decided_at=NOW, written_off_on=on,
        allowance_amount=Decimal(0), entry=make_entry(*books, str(left), on=on),
    )  # fmt: skip
    Loan.objects.filter(pk=loan.pk).update(status="written_off")


def tamper(sql: str, *parameters: Any) -> None:
    """Change what must never change, as someone who owns the database could."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("RESET ROLE")
        for table in ("lending_creditdecision", "lending_scorecard", "lending_policy", "accounts_banktransaction"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(sql, parameters)
