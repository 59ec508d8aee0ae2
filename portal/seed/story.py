"""Tells the seeded bank's last year through the operations that the pages use, in the order in which it happened."""

import json
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Final

from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from stdnum.cn import uscc

from accounts.cashflow import operations as cashflow
from accounts.cashflow import planning
from accounts.harvest import operations as harvest
from accounts.harvest import queries as harvests
from accounts.harvest.expectation import next_harvests
from accounts.harvest.operations import editions as crop_editions
from accounts.identity import consents, identifiers
from accounts.identity import operations as identity
from accounts.identity.models import Branch, Enterprise, Industry, User
from accounts.ledger import operations as ledger
from accounts.settlement import operations as settlement
from accounts.settlement.happenings import Happening
from accounts.settlement.models import SettlementAccount
from accounts.settlement.states import CashStatus
from accounts.statements import writing
from accounts.statements.parsing import ParsedStatement
from lending.applications import operations as applications
from lending.applications.models import Application
from lending.applications.states import Status
from lending.credit import operations as credit
from lending.loans import operations as loans
from lending.loans.models import Loan
from lending.products import files
from lending.products import operations as products
from lending.products.models import LoanProduct
from portal.core.models import Channel, Notice
from portal.seed import flows, watchlists
from portal.seed.cast import (
    ACCOUNT_TERMS,
    BRANCHES,
    CROPS,
    ENTERPRISES,
    MARKET_LOAN,
    NAMED_CROPS,
    PLANNED,
    SEASONAL_LOANS,
    STAFF,
    TRADES,
    EnterpriseRow,
)
from portal.seed.dealings import DEALERS, deal
from portal.seed.knowing import ZONE, know
from portal.seed.sign_ins import PASSWORD
from training import operations as training

COURSES: Final = Path(settings.BASE_DIR) / "training" / "courses"
WRITERS: Final = (
    ("csv", lambda statement: writing.as_csv(statement, encoding="gb18030")),
    ("xml", writing.as_camt053),
    ("sta", writing.as_mt940),
)


@dataclass
class Story:
    """The bank while its year is told; ``today`` is the day it ends on."""

    today: date
    rng: Random
    say: Callable[[str], None]
    branches: dict[str, Branch] = field(default_factory=dict)
    staff: dict[str, User] = field(default_factory=dict)
    products: dict[str, LoanProduct] = field(default_factory=dict)
    statements: dict[int, ParsedStatement] = field(default_factory=dict)

    def moment(self, day: date, hour: int = 10) -> datetime:
        """Give a working hour of a day."""
        return datetime.combine(day, time(hour, self.rng.randrange(60)), tzinfo=ZONE)

    def noon(self, day: date) -> datetime:
        """Give noon of a day: for what should leave everything else as chance would have it."""
        return datetime.combine(day, time(12), tzinfo=ZONE)

    def days_ago(self, days: int) -> date:
        """Count back from the day the story ends on."""
        return self.today - timedelta(days=days)


def tell(story: Story, *, only: Collection[str] | None = None) -> None:
    """Tell the whole year, of every enterprise or only of those named."""
    found_the_bank(story)
    chosen = [(number, row) for number, row in enumerate(ENTERPRISES) if only is None or row.legal_name in only]
    for done, (number, row) in enumerate(chosen, start=1):
        tell_of(story, number, row)
        if done % 8 == 0:
            story.say(f"{done} of {len(chosen)} enterprises")


def end_the_months(story: Story) -> None:
    """Give accounts the interest of the year, certify a balance, and close the books of before it."""
    at, by = story.moment(story.today, 1), story.staff["operations"].reference
    settlement.end_day(on=story.today, at=at)
    account = SettlementAccount.objects.order_by("pk").first()
    if account:
        members = account.enterprise.memberships.filter(role="owner")
        choices = [settlement.Choice(Happening.LOW_BALANCE, Channel.SMS, Decimal(500))]
        settlement.choose_notices(members.get(), choices, at=at, by=members.get().user.reference)
        settlement.add_webhook(
            account.enterprise, url="https://hooks.example/bank", events=["account.money_in"], at=at, by=by
        )
        settlement.certify_balance(account, of=story.days_ago(1), key="seed", on=story.today, at=at, by=by)
    ledger.close_month(story.days_ago(400), on=story.today, at=at, by=by)
    ledger.check_books(at=at)


def found_the_bank(story: Story) -> None:
    """Lay out what stands before any case: branches, staff, books, rules, products, courses."""
    story.say("branches, staff, books, rules, products, courses")
    identity.load_industries()
    for row in BRANCHES:
        story.branches[row.code] = Branch.objects.create(**row._asdict())
    begin = story.moment(story.days_ago(800))
    for number, person in enumerate(STAFF):
        user = _sign_up(f"+86139{number:08d}", person.name, email=person.email)
        limit = Decimal(person.approval_limit)
        for branch, role in person.posts:
            place = story.branches[branch]
            identity.give_post(user, role=role, branch=place, by=None, at=begin, approval_limit_amount=limit)
        TOTP.activate(user, _authenticator_secret(number))
        story.staff[person.email.split("@")[0]] = user
    ledger.open_books(settings.BANK_CURRENCY, at=begin)
    watchlists.load(story, begin)
    settlement.bring_out_account_product(
        "business", currency=settings.BANK_CURRENCY, by=story.staff["admin"].reference, at=begin, **ACCOUNT_TERMS
    )
    credit.install_shipped(approved_by=story.staff["risk"].reference, on=begin.date(), at=begin)
    harvest.install_shipped(approved_by=story.staff["risk"].reference, on=begin.date(), at=begin)
    _propose_a_crop_calendar(story)
    _bring_products_out(story, begin)
    for folder in sorted(path for path in COURSES.iterdir() if path.is_dir()):
        training.publish_course_from(folder, at=begin, by=story.staff["editor"])


def _bring_products_out(story: Story, begin: datetime) -> None:
    """Offer the shipped products: the administrator prepares, the risk analyst approves; one still waits."""
    admin, analyst = story.staff["admin"].reference, story.staff["risk"].reference
    for product in products.prepare_all(files.read(files.STARTING), by=admin, at=begin):
        products.approve(product, seen=product.fingerprint, offered_from=begin.date(), by=analyst, at=begin)
        story.products[product.code] = product
    products.prepare(**MARKET_LOAN, by=admin, at=story.noon(story.days_ago(2)))


def _propose_a_crop_calendar(story: Story) -> None:
    """Let the risk analyst propose prices of this autumn, which wait for a second person."""
    text = crop_editions.SHIPPED.read_text(encoding="utf-8").replace("16,600.00", "16,560.00")
    harvest.propose_edition(
        text,
        as_of=story.days_ago(20),
        source="Prices paid at the tea market of the county this spring, asked by the branch at Orchard Hill.",
        by=story.staff["risk"].reference,
        at=story.noon(story.days_ago(3)),
    )


def _authenticator_secret(number: int) -> str:
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
    rng = Random(f"authenticator {number} {settings.SECRET_KEY}")  # noqa: S311 - the demo shows its codes anyway
    return "".join(rng.choice(letters) for _ in range(32))


def tell_of(story: Story, number: int, row: EnterpriseRow) -> None:
    """Tell what became of one enterprise; its number makes its identifiers its own."""
    loan_age = story.rng.randrange(150, 330) if row.story in RUNNING else story.rng.randrange(3, 12)
    began = story.days_ago(loan_age)
    owner, enterprise = bring_in(story, number, row, on=began)
    if row.story == "registered":
        _leave_a_question(story, enterprise, owner, began)
        return
    application = apply(story, row, enterprise, owner, began)
    _continue(story, row, application, owner, began)
    cashflow.absorb_new(enterprise.reference, at=story.moment(story.today, 6))
    if row.story in RUNNING:
        _keep_up(story, number, row, enterprise, owner)


RUNNING: Final = frozenset({"repaying", "repaid", "late"})


def bring_in(story: Story, number: int, row: EnterpriseRow, *, on: date) -> tuple[User, Enterprise]:
    """Let an owner sign up, register the enterprise and bring a year of statements, the day before ``on``."""
    owner = _owner(number, row)
    enterprise = _register(story, number, row, owner, on - timedelta(days=2))
    know(story, row, enterprise, owner, on - timedelta(days=2))
    _bring_evidence(story, number, row, enterprise, owner, on - timedelta(days=1))
    if row.trade in CROPS:
        _tell_plots(story, number, row, enterprise, owner, on - timedelta(days=1))
    return owner, enterprise


def _owner(number: int, row: EnterpriseRow) -> User:
    return _sign_up(f"+86138{number:04d}{1000 + number * 7:04d}", row.owner, language="zh-hans" if number % 3 else "en")


def _sign_up(phone: str, name: str, *, email: str = "", language: str = "en") -> User:
    """Make a person who confirmed the number, and the e-mail if there is one."""
    user = User.objects.create_user(
        phone=phone, email=email, password=PASSWORD, full_name=name, phone_verified=True, language=language
    )
    if email:
        EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user


def _register(story: Story, number: int, row: EnterpriseRow, owner: User, on: date) -> Enterprise:
    trade = TRADES[row.trade]
    is_farm = row.setting == "village" and trade.industry.startswith("0")
    weekly = trade.sales_a_week * sum(trade.ticket) / 2 * row.scale
    details = identity.EnterpriseDetails(
        legal_name=row.legal_name,
        identifier_kind="farm_household" if is_farm else "uscc",
        identifier=identifiers.household_number("330523104201", number + 1) if is_farm else _credit_code(number),
        industry=Industry.objects.get(code=trade.industry),
        setting=row.setting,
        employees=row.employees,
        annual_revenue_amount=Decimal(round(weekly * 52, -3)),
        founded_on=on - timedelta(days=story.rng.randrange(700, 5000)),
        branch=story.branches[row.branch],
    )
    return identity.register_enterprise(
        details, consented_to=consents.CURRENT_VERSION, key=f"seed-{number}", by=owner, at=story.moment(on)
    )


def _credit_code(number: int) -> str:
    body = f"92330523MA2B{number:04d}X"
    return body + str(uscc.calc_check_digit(body))


def _bring_evidence(
    story: Story, number: int, row: EnterpriseRow, enterprise: Enterprise, owner: User, on: date
) -> None:
    trade = TRADES[row.trade]
    rng = Random(f"{story.rng.random()} {number}")  # noqa: S311 - believable, not secret
    statement = flows.statement(row, trade, last=on, rng=rng)
    story.statements[number] = statement
    _bring_statement(story, number, statement, enterprise, owner, on)
    if row.health != "young":
        ledger_text = flows.invoices(row, trade, last=on, rng=rng)
        invoices = SimpleUploadedFile("invoices.csv", ledger_text.encode("gb18030"))
        cashflow.receive_invoices(enterprise, invoices, by=owner.reference, at=story.moment(on, 11))


def _leave_a_question(story: Story, enterprise: Enterprise, owner: User, on: date) -> None:
    """Bring a file of a second bank whose dates can be read in two ways; nobody has answered yet."""
    rows = "Date,Amount,Description\n02/01/2026,860.00,货款\n03/01/2026,-120.00,电费\n04/01/2026,455.50,货款\n"
    upload = SimpleUploadedFile("second-bank.csv", rows.encode())
    received = cashflow.receive(enterprise, upload, by=owner.reference, at=story.moment(on, 12))
    cashflow.read(received.reference, at=story.moment(on, 13))


def _tell_plots(story: Story, number: int, row: EnterpriseRow, enterprise: Enterprise, owner: User, on: date) -> None:
    """Let a grower tell two plots that fit what it earns; an officer has seen those of the strong ones."""
    crop = _crop_of(row)
    grown = harvests.crops_for(enterprise, on=on)[crop]
    area = enterprise.annual_revenue_amount * Decimal("0.9") / grown.income_per_mu
    for place, share in enumerate((Decimal("0.7"), Decimal("0.3"))):
        planting = harvest.tell_planting(
            enterprise,
            crop=crop,
            area_mu=max((area * share).quantize(Decimal(1)), Decimal(1)),
            harvest_from=next_harvests(grown, on)[0],
            irrigated_share=Decimal("0.6") if place == 0 else None,
            key=f"seed-{number}-{place}",
            by=owner,
            at=story.noon(on),
        )
        if row.health == "strong" and place == 0:
            harvest.confirm_planting(
                planting,
                visited_on=on,
                area_mu=planting.area_mu,
                note="Walked the field with the owner; the stand is even and well kept.",
                by=_officer_of(story, row),
                at=story.noon(on) + timedelta(hours=4),
            )


def _crop_of(row: EnterpriseRow) -> str:
    return next((crop for word, crop in NAMED_CROPS.items() if word in row.legal_name), CROPS[row.trade])


def _officer_of(story: Story, row: EnterpriseRow) -> User:
    return story.staff[next(p.email for p in STAFF if p.posts == ((row.branch, "officer"),)).split("@")[0]]


def _bring_statement(
    story: Story, number: int, statement: ParsedStatement, enterprise: Enterprise, owner: User, on: date
) -> None:
    suffix, write = WRITERS[number % len(WRITERS)]
    upload = SimpleUploadedFile(f"statement-{on:%Y-%m}.{suffix}", write(statement))
    received = cashflow.receive(enterprise, upload, by=owner.reference, at=story.moment(on, 9))
    cashflow.read(received.reference, at=story.moment(on, 10))


def _keep_up(story: Story, number: int, row: EnterpriseRow, enterprise: Enterprise, owner: User) -> None:
    """Let an owner who uses the cash-flow pages bring what moved since, and plan what is to come."""
    on = story.days_ago(1)
    rng = Random(f"{story.rng.random()} {number}")  # noqa: S311 - believable, not secret
    newer = flows.statement(row, TRADES[row.trade], last=on, rng=rng, before=story.statements[number])
    _bring_statement(story, number, newer, enterprise, owner, story.today)
    for item in PLANNED[: 1 + number % len(PLANNED)]:
        planning.plan(
            enterprise,
            way=item.way,
            amount=Decimal(item.amount),
            due_on=story.today + timedelta(days=item.days),
            repeats=item.repeats,
            text=item.text,
            key=f"seed-{enterprise.reference}-{item.text}",
            by=owner.reference,
            at=story.moment(on, 12),
        )


def apply(
    story: Story, row: EnterpriseRow, enterprise: Enterprise, owner: User, on: date, *, key: str = ""
) -> Application:
    """Draft an application that fits the trade."""
    trade = TRADES[row.trade]
    code = _product_for(story, row)
    product = story.products[code]
    monthly = trade.sales_a_week * 4.3 * sum(trade.ticket) / 2 * row.scale
    wanted = Decimal(round(monthly * {"weak": 2.5, "strong": 0.8}.get(row.health, 1.2), -3))
    return applications.begin(
        enterprise,
        product=product,
        amount=min(max(wanted, product.min_amount), product.max_amount),
        term_months=12,
        purpose="season"
        if code in {"harvest", "autumn", "spring"}
        else "equipment"
        if code == "equipment"
        else "stock",
        note="",
        key=key or f"seed-{enterprise.reference}",
        by=owner,
        at=story.moment(on, 9),
    )


def _product_for(story: Story, row: EnterpriseRow) -> str:
    if TRADES[row.trade].industry.startswith("01"):
        return SEASONAL_LOANS.get(_crop_of(row), "harvest") if row.trade in CROPS else "harvest"
    return story.rng.choice(["quick", "quick", "equipment"])


def _continue(story: Story, row: EnterpriseRow, application: Application, owner: User, on: date) -> None:
    if row.story == "draft":
        return
    sent_at = story.moment(on, 10)
    applications.submit(application, by=owner, at=sent_at)
    if row.story == "withdrawn":
        applications.withdraw(application, by=owner, at=story.moment(on, 11))
        return
    applications.decide(application.reference, at=sent_at + timedelta(seconds=1), on=on)
    application.refresh_from_db()
    if application.status == Status.REFERRED and row.story != "referred":
        _review(story, row, application, on)
    application.refresh_from_db()
    if application.status == Status.APPROVED and row.story in RUNNING:
        _borrow(story, row, application, owner, on + timedelta(days=1))
    elif application.status == Status.APPROVED and row.story == "expired":
        applications.expire(
            application.reference, at=story.moment(story.today), on=application.offer.expires_on + timedelta(days=1)
        )


def _review(story: Story, row: EnterpriseRow, application: Application, on: date) -> None:
    decision = application.decision
    rate = decision.annual_rate or application.product.max_annual_rate
    outcome = "decline" if row.story == "declined" else "approve"
    applications.recommend(
        application,
        outcome=outcome,
        amount=application.requested_amount if outcome == "approve" else None,
        annual_rate=rate if outcome == "approve" else None,
        note="Visited. The books fit what I saw; two regular customers confirmed their orders."
        if outcome == "approve"
        else "Visited. The stock is old and the main customer has left.",
        by=story.staff["underwriter"],
        at=story.moment(on, 14),
    )
    if row.story != "recommended":
        applications.conclude(
            application,
            outcome=outcome,
            note="I agree with the recommendation.",
            by=story.staff["approver"],
            at=story.moment(on, 16),
            on=on,
        )


def _borrow(story: Story, row: EnterpriseRow, application: Application, owner: User, on: date) -> None:
    offer = application.offer
    account = settlement.open_account(application.enterprise, by=owner.reference, at=story.moment(on, 9))
    at = story.moment(on, 10)
    identity.send_signing_code(owner, subject=offer.reference, at=at)
    sent = json.loads(Notice.objects.filter(code="signing_code").latest("pk").params)
    loan = loans.sign(offer, account=account, code=sent["code"], by=owner, at=at, on=on)
    _repay(story, row, loan, owner)
    if row.legal_name in DEALERS:
        deal(account, owner=owner, teller=story.staff["operations"], today=story.today)


def _repay(story: Story, row: EnterpriseRow, loan: Loan, owner: User) -> None:
    due = list(loan.installments.filter(due_date__lt=story.today).order_by("number"))
    if row.story == "late":
        due = due[:-2]
    for installment in due:
        _pay_in_and_repay(story, loan, installment.total_amount, owner, installment.due_date)
    if row.story == "repaid":
        rest = sum((each.open_amount for each in loan.installments.all()), Decimal(0))
        if rest:
            _pay_in_and_repay(story, loan, rest, owner, story.days_ago(2))


def _pay_in_and_repay(story: Story, loan: Loan, amount: Decimal, owner: User, on: date) -> None:
    by = story.staff["operations"].reference
    taken = settlement.pay_in(
        loan.settlement_account,
        amount,
        text="柜台存入",
        key=f"seed-{loan.reference}-{on}-{amount}",
        on=on,
        at=story.moment(on, 9),
        by=by,
    )
    if taken.status == CashStatus.WAITING:
        settlement.confirm_cash(taken, on=on, at=story.moment(on, 9), by=story.staff["operations2"].reference)
    loans.repay(loan, amount, key=f"seed-{on}-{amount}", by=owner, at=story.moment(on, 11), on=on)
