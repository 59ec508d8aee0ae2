"""The desk of those who call late borrowers."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from django.db.models import DateField, DecimalField, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from accounts.identity.models import User
from accounts.identity.queries import enterprises_matching
from lending.arrears.models import Contact
from lending.arrears.queries.reminding import OPEN
from lending.arrears.states import BANDS, WRITTEN_OFF
from lending.loans.late_interest import NONE, LateInterest
from lending.loans.losses.classes import RiskClass
from lending.loans.losses.queries import classified, readable
from lending.loans.models import Installment, Loan, Repayment
from lending.loans.queries import UNPAID, late_interest_of_all
from lending.loans.rescheduling.models import Rescheduling
from lending.loans.states import LoanStatus
from portal.core.badges import Badge

MONEY: Final = DecimalField(max_digits=14, decimal_places=2)
ORDERS: Final = {"days": ("late_since", "pk"), "step": (F("step_on").asc(nulls_first=True), "late_since", "pk")}


def late_loans(user: User, *, on: date, band: str = "", step_due: bool = False, asked: str = "") -> QuerySet[Loan]:
    """List the running loans of which something is late; or, as a band of their own, those written off.

    Each tells ``late_since``, ``late_amount``, ``open_principal_amount``, ``contact_pk`` of the last contact,
    ``promise_pk`` of the last one with a promise, and ``step_on``, the day of the next step: as the last contact set
    it, or else the day of its promise; none where there is no plan.

    :param band: the code of how late; anything else keeps all.
    :param step_due: keep those whose next step is due by the day, or that have none.
    """
    unpaid = Installment.objects.filter(UNPAID, loan=OuterRef("pk"), due_date__lt=on).order_by()
    current = Installment.objects.filter(loan=OuterRef("pk"), superseded_on=None).order_by().values("loan")
    principal = F("principal_amount") - F("principal_paid_amount")
    last = Contact.objects.filter(loan=OuterRef("pk")).order_by("-pk")
    step = last.annotate(step=Coalesce("next_step_on", "promised_on")).values("step")[:1]
    status = LoanStatus.WRITTEN_OFF if band == WRITTEN_OFF else LoanStatus.ACTIVE
    loans = readable(user).filter(status=status)
    loans = loans.annotate(
        late_since=Subquery(unpaid.order_by("due_date").values("due_date")[:1]),
        late_amount=Subquery(unpaid.values("loan").annotate(sum=Sum(OPEN)).values("sum"), output_field=MONEY),
        open_principal_amount=Subquery(current.annotate(sum=Sum(principal)).values("sum"), output_field=MONEY),
        contact_pk=Subquery(last.values("pk")[:1]),
        promise_pk=Subquery(last.exclude(promised_on=None).values("pk")[:1]),
        step_on=Subquery(step, output_field=DateField()),
    ).filter(late_since__isnull=False)
    for each in BANDS:
        if each.code == band:
            latest = on - timedelta(days=each.first)
            loans = loans.filter(late_since__lte=latest)
            if each.last is not None:
                loans = loans.filter(late_since__gte=on - timedelta(days=each.last))
    if step_due:
        loans = loans.filter(Q(step_on=None) | Q(step_on__lte=on))
    if asked:
        found = enterprises_matching(asked, user=user).order_by()
        loans = loans.filter(Q(reference__iexact=asked) | Q(enterprise__in=found))
    return loans.select_related("enterprise__branch")


@dataclass(frozen=True)
class Row:
    """A late loan as the desk lists it; ``loan`` is one of ``late_loans``."""

    loan: Any
    days_past_due: int
    contact: Contact | None
    promise: Contact | None
    badge: Badge | None
    late_interest: LateInterest
    risk_class: RiskClass | None  # none where it was written off


def rows_of(loans: Iterable[Any], *, on: date) -> list[Row]:
    """Give late loans with what was said last and what became of the last promise."""
    listed = list(loans)
    keys = {key for loan in listed for key in (loan.contact_pk, loan.promise_pk) if key}
    contacts = told(Contact.objects.all()).in_bulk(keys)
    classes = {each.loan_id: each.risk_class for each in classified(on, loans=[loan.pk for loan in listed])}
    costs, rows = late_interest_of_all(listed, on=on), []
    for loan in listed:
        promise = contacts.get(loan.promise_pk)
        badge = promise.badge(on=on) if promise else None
        days, contact = (on - loan.late_since).days, contacts.get(loan.contact_pk)
        rows.append(Row(loan, days, contact, promise, badge, costs.get(loan.pk, NONE), classes.get(loan.pk)))
    return rows


def due_steps(user: User, *, on: date) -> int:
    """Count the late loans whose next step is due."""
    return late_loans(user, on=on, step_due=True).count()


def told(contacts: QuerySet[Contact]) -> QuerySet[Contact]:
    """Tell with each contact what was repaid after it and through the day of its promise, as ``paid_amount``.

    ``is_moot`` tells whether another schedule was agreed to in that time.
    """
    paid = Repayment.objects.filter(
        loan=OuterRef("loan"),
        undone=None,
        paid_at__gt=OuterRef("contacted_at"),
        paid_on__lte=OuterRef("promised_on"),
    )
    total: Any = paid.order_by().values("loan").annotate(sum=Sum("amount")).values("sum")
    paid_amount = Coalesce(Subquery(total, output_field=MONEY), Decimal(0), output_field=MONEY)
    agreed = Rescheduling.objects.filter(
        loan=OuterRef("loan"), agreed_at__gt=OuterRef("contacted_at"), agreed_on__lte=OuterRef("promised_on")
    )
    return contacts.annotate(paid_amount=paid_amount, is_moot=Exists(agreed)).select_related("by", "loan")


def contacts_of(loan: Loan) -> QuerySet[Contact]:
    """List a loan's contacts, newest first."""
    return told(Contact.objects.filter(loan=loan)).order_by("-pk")
