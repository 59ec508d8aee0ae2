"""What the home pages show: one look across the departments."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.db.models import Count, Q, Sum
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.harvest import queries as harvest
from accounts.harvest.models import CropEdition
from accounts.identity import queries as identity
from accounts.identity.models import Enterprise, LostPhone, Role, User
from accounts.ledger import queries as ledger
from accounts.settlement import queries as settlement
from accounts.settlement.models import SettlementAccount
from accounts.settlement.queries import agreeing, waiting
from lending.applications.models import Application
from lending.applications.queries import is_on_hold, is_suspended, queue, revocations_for
from lending.applications.states import OPEN, WAITING_FOR_STAFF, Status
from lending.arrears import queries as arrears
from lending.arrears.operations.contacts import RECORDERS
from lending.funding import queries as funding
from lending.funding.models import FundingProgram
from lending.loans import queries as loans
from lending.loans.lines import queries as lines
from lending.loans.lines.models import CreditLine
from lending.loans.losses import queries as losses
from lending.loans.losses.models import LossRules, WriteOff, WriteOffReversal
from lending.loans.models import Loan
from lending.loans.proposals import queries as proposals
from lending.loans.queries import Asked
from lending.loans.rescheduling import queries as reschedulings
from lending.loans.states import OWING, LoanStatus
from lending.loans.waivers.models import Waiver
from lending.products import queries as products
from lending.products.models import LoanProduct
from lending.products.presentation import public_examples
from portal.core import formats
from portal.core.refusals import sentence_of
from portal.pages import learning  # noqa: F401 - training asks it what decisions advise
from training import queries as training
from training import recommending
from training.models import Certificate
from training.recommending import Recommended
from training.rows import going_on

CASES: Final = 8


@dataclass(frozen=True)
class NextStep:
    """The one thing that is best done next."""

    title: str
    text: str
    url: str


@dataclass(frozen=True)
class OwnerHome:
    """An owner's or manager's home."""

    enterprises: list[Enterprise]
    next_step: NextStep
    applications: list[Application]
    loans: list[tuple[Loan, Asked]]  # what is owed, and what it asks for next
    lines: list[CreditLine]
    to_draw: set[int]  # the lines of which this person may draw
    balance: Decimal | None
    account: SettlementAccount | None  # the only one there is
    certificates: int
    going_on: dict[str, str]
    recommended: list[Recommended]


def welcome(*, on: date) -> dict[str, Any]:
    """Tell strangers what the bank lends, up to how much, from which rate, and what the plainest loan costs."""
    offered = list(products.offered(on))
    found: dict[str, Any] = {"products": offered}
    if offered:
        found["most"] = max(each.max_amount for each in offered)
        found["least_rate"] = min(each.min_annual_rate for each in offered)
    for product in offered:
        examples = [] if product.is_line else public_examples(product, on=on)
        if examples and examples[0].is_level_by_month:
            return found | {"low": examples[0], "high": examples[-1]}
    return found


def owner_home(user: User, *, on: date) -> OwnerHome:
    """Gather what an owner or manager should see first."""
    enterprises = list(Enterprise.objects.visible_to(user).select_related("industry").order_by("legal_name"))
    applications = list(
        Application.objects.visible_to(user)
        .filter(status__in=OPEN)
        .select_related("product", "enterprise")
        .order_by("-pk")[:3]
    )
    running = list(loans.listed(user).filter(status__in=OWING))
    shown = running[:3]
    asked = loans.asked_of_all(shown, on=on)
    opened = list(lines.lines_of(user).open())
    owned = set(Enterprise.objects.of_owner(user).values_list("pk", flat=True))
    own = [line for line in opened if line.enterprise_id in owned]
    return OwnerHome(
        enterprises=enterprises,
        next_step=_offered_schedule(user, on=on)
        or _to_agree_to(user)
        or _next_step(enterprises, applications, running, own, on=on),
        applications=applications,
        loans=[(loan, asked[loan.pk]) for loan in shown if loan.pk in asked],
        lines=opened,
        to_draw={line.pk for line in own if line.may_be_drawn(on=on)},
        balance=settlement.total_balance(enterprises),
        account=settlement.only_account(enterprises),
        certificates=Certificate.objects.visible_to(user).count(),
        going_on=going_on(under_way) if (under_way := training.under_way(user, on=on)) else {},
        recommended=recommending.recommended(user, limit=1),
    )


def _offered_schedule(user: User, *, on: date) -> NextStep | None:
    offered = reschedulings.offered_to(user, on=on).first()
    if offered is None:
        return None
    text = _("The bank offers you a new schedule: read it, and agree if it suits you.")
    url = reverse("loans:rescheduling", args=[offered.reference])
    return NextStep(_("A new schedule for your loan"), text, url)


def _to_agree_to(user: User) -> NextStep | None:
    waiting = agreeing.to_agree_to(user)
    if not waiting:
        return None
    first, number = waiting[0], len(waiting)
    title = ngettext("A payment waits for your agreement", "%(number)s payments wait for your agreement", number)
    title %= {"number": formats.number(number)}
    if number > 1:
        text = _("Look at each, then agree or decline.")
        return NextStep(title, text, reverse("settlement:account", args=[first.account.reference]))
    colon = _(": ")
    text = f"{first.what}{colon}{first.name}"
    if first.amount is not None:
        text += f" · {formats.money(first.amount, first.account.currency)}"
    return NextStep(title, text, reverse(first.page, args=[first.reference]))


def _next_step(
    enterprises: list[Enterprise],
    applications: list[Application],
    running: list[Any],
    own: list[CreditLine],
    *,
    on: date,
) -> NextStep:
    if not enterprises:
        text = _("Name, number, trade: about a minute. Then you can apply.")
        return NextStep(_("Register your enterprise"), text, reverse("identity:register"))
    late = next((loan for loan in running if loan.next_due_date < on), None)
    if late:
        text = _("An installment was due on %(day)s.") % {"day": formats.day(late.next_due_date)}
        if costs := loans.late_interest_of(late, on=on):
            amounts = (formats.money(each, late.currency) for each in (costs.open_amount, costs.tomorrow_amount))
            told = dict(zip(("amount", "tomorrow"), amounts, strict=True))
            text += " " + _("Late interest: %(amount)s today, %(tomorrow)s if it is paid tomorrow.") % told
        return NextStep(_("Pay what is late"), text, reverse("loans:detail", args=[late.reference]))
    if applications:
        return _step_of(applications[0], on=on)
    if running:
        return _step_of_loan(running[0])
    if own:
        return _step_of_line(own[0], on=on)
    text = _("About three minutes, answered in about a second. You see the full cost before you sign.")
    return NextStep(
        _("Apply for a loan"), text, reverse("applications:choose_product", args=[enterprises[0].reference])
    )


def _step_of(application: Application, *, on: date) -> NextStep:
    url = reverse("applications:detail", args=[application.reference])
    if application.status == Status.DRAFT:
        return NextStep(_("Finish your application"), _("What you entered is kept."), url)
    if application.status == Status.APPROVED and not is_on_hold(application) and not is_suspended(application):
        title = _("Your credit line is approved") if application.product.is_line else _("Your loan is approved")
        return NextStep(title, _("Read the contract and sign it."), url)
    if application.status in WAITING_FOR_STAFF and identity.lacking_of(application.enterprise, on=on):
        return NextStep(
            _("Your application"), _("The bank still has to see papers of yours. See which, and where."), url
        )
    return NextStep(_("Your application"), _("See where it stands."), url)


def _step_of_loan(loan: Any) -> NextStep:
    text = _("The next installment is due on %(day)s.") % {"day": formats.day(loan.next_due_date)}
    return NextStep(_("See your loan"), text, reverse("loans:detail", args=[loan.reference]))


def _step_of_line(line: CreditLine, *, on: date) -> NextStep:
    told = {"amount": formats.money(line.available_amount, line.currency), "day": formats.day(line.ends_on)}
    hindrance = lines.hindrance_of(line, on=on)
    text = sentence_of(hindrance, {}) if hindrance else _("%(amount)s can be drawn through %(day)s.") % told
    return NextStep(_("See your credit line"), text, reverse("loans:line", args=[line.reference]))


@dataclass(frozen=True)
class Waiting:
    """What waits for operations: how many of it, and where."""

    label: str
    number: int
    url: str


def waiting_for_operations(user: User, *, on: date) -> list[Waiting]:
    """Count what waits, one question for each kind, and tell where it is decided on; what does not wait is left out."""
    told = {
        "differences": (_("Differences at counting"), "settlement:drawers"),
        "handovers": (_("Cash handed out and not taken over"), "settlement:drawers"),
        "uncounted": (_("Drawers with a day not counted"), "settlement:drawers"),
        "deliveries": (_("Cash to or from the other bank to confirm"), "settlement:drawers"),
        "cash": (_("Cash at the counter to confirm"), "settlement:cash_day"),
        "corrections": (_("Corrections of cash to confirm"), "settlement:cash_day"),
        "statements": (_("Files of the other bank to agree to"), "settlement:nostro"),
        "suspense": (_("Money in suspense"), "settlement:suspense"),
        "to_send": (_("Payments to send"), "settlement:payment_desk"),
        "to_void": (_("Payments to cancel"), "settlement:payment_desk"),
        "sent": (_("Payments that the other bank has not confirmed"), "settlement:payment_desk"),
    }
    found = waiting.for_operations(user, today=on)
    listed = [Waiting(label, found[name].count(), reverse(url)) for name, (label, url) in told.items()]
    if ledger.closing_that_waits():
        listed.append(Waiting(_("Month to close"), 1, reverse("ledger:months")))
    return [each for each in listed if each.number]


def _to_decide(user: User, *, on: date) -> list[Waiting]:
    """Count what waits for this person's own word or step, one question for each kind; what does not is left out."""
    lost = LostPhone.objects.visible_to(user).waiting().exclude(proposed_by=user).count()
    posts, corrections = identity.post_requests_to_decide(user).count(), identity.corrections_to_settle(user).count()
    late = arrears.due_steps(user, on=on) if user.has_role(*RECORDERS) else 0
    rescheduled = reschedulings.waiting_on(user, on=on).count()
    waived, written_off, reversed_ = (
        proposals.waiting_for(user, kind, on=on).count() for kind in (Waiver, WriteOff, WriteOffReversal)
    )
    editions = (
        (LoanProduct, products.APPROVERS, _("Products to approve"), "products:desk"),
        (FundingProgram, funding.APPROVERS, _("Programs of others to approve"), "funding:desk"),
        (LossRules, losses.DECIDERS, _("Rules for losses to approve"), "loans:loss_rules"),
        (CropEdition, harvest.DECIDERS, _("Crop calendars to approve"), "harvest:calendars"),
    )
    listed = [
        Waiting(_("Lost phones and authenticators to confirm"), lost, reverse("identity:lost_phones")),
        Waiting(_("Posts to agree to"), posts, reverse("identity:staff")),
        Waiting(_("Corrections of details"), corrections, reverse("identity:corrections")),
        Waiting(_("Late loans to follow up"), late, f"{reverse('arrears:desk')}?step=due"),
        Waiting(_("Reschedulings to decide on"), rescheduled, reverse("loans:reschedulings")),
        Waiting(_("Waivers to decide on"), waived, reverse("loans:waivers")),
        Waiting(_("Write-offs to decide on"), written_off, reverse("loans:write_offs")),
        Waiting(_("Reversals of write-offs to decide on"), reversed_, reverse("loans:write_off_reversals")),
        *(
            Waiting(label, kind.objects.waiting_for(user.reference).count(), reverse(page))
            for kind, roles, label, page in editions
            if user.has_role(*roles)
        ),
        Waiting(_("Revocations of offers to decide on"), revocations_for(user).count(), reverse("applications:queue")),
    ]
    return [each for each in listed if each.number]


@dataclass(frozen=True)
class StaffHome:
    """A member of staff's day."""

    to_recommend: int
    to_conclude: int
    late_loans: int
    not_due_principal_amount: Decimal
    late_principal_amount: Decimal
    open_hits: int
    checks_due: int
    papers_waiting: int
    introductions_asked: int
    waiting: list[Waiting]
    cases: list[Application]
    cases_wait: bool


def staff_home(user: User, *, on: date) -> StaffHome:
    """Gather what waits for a member of staff, in their branches: the cases that wait longest, or else the newest."""
    seen = Application.objects.visible_to(user)
    counts = seen.aggregate(
        recommend=Count("pk", filter=Q(status=Status.REFERRED)),
        conclude=Count("pk", filter=Q(status=Status.RECOMMENDED)),
    )
    book = Loan.objects.visible_to(user).filter(status=LoanStatus.ACTIVE)
    late = book.filter(loans.NEXT_DUE, installments__due_date__lt=on).distinct().count()
    is_late = Q(installments__due_date__lt=on)
    principal = book.aggregate(
        not_due=Sum(loans.OPEN_PRINCIPAL, filter=loans.CURRENT & ~is_late, default=Decimal(0)),
        late=Sum(loans.OPEN_PRINCIPAL, filter=loans.CURRENT & is_late, default=Decimal(0)),
    )
    cases = list(queue(user)[:CASES])
    newest = seen.select_related("enterprise", "product").prefetch_related("revocations").exclude(submitted_at=None)
    hits, due = identity.hits(user).count(), identity.checks_due(user, on=on).count()
    return StaffHome(
        to_recommend=counts["recommend"],
        to_conclude=counts["conclude"],
        late_loans=late,
        not_due_principal_amount=principal["not_due"],
        late_principal_amount=principal["late"],
        open_hits=hits,
        checks_due=due,
        papers_waiting=identity.papers_waiting(user).count(),
        introductions_asked=funding.waiting_for(user).count(),
        waiting=_to_decide(user, on=on)
        + (waiting_for_operations(user, on=on) if user.has_role(Role.OPERATIONS) else []),
        cases=cases or list(newest.order_by("-submitted_at")[:CASES]),
        cases_wait=bool(cases),
    )
