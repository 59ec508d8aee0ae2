"""How owners come: they sign up, register, bring statements and invoices, tell of their plots, and keep it all up."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Final

from django.core.files.uploadedfile import SimpleUploadedFile
from stdnum.cn import uscc

from accounts.cashflow import operations as cashflow
from accounts.cashflow import planning
from accounts.harvest import operations as harvest
from accounts.harvest import queries as harvests
from accounts.harvest.expectation import next_harvests
from accounts.identity import consents, identifiers
from accounts.identity import operations as identity
from accounts.identity.models import Enterprise, Industry, User
from accounts.statements import writing
from accounts.statements.parsing import ParsedStatement
from portal.seed import flows, words
from portal.seed.cast import CROPS, NAMED_CROPS, PLANNED, STAFF, TRADES, EnterpriseRow
from portal.seed.story.bank import Story
from portal.seed.story.founding import sign_up
from portal.seed.story.knowing import know

WRITERS: Final = (
    ("csv", lambda statement: writing.as_csv(statement, encoding="gb18030")),
    ("xml", writing.as_camt053),
    ("sta", writing.as_mt940),
)


def bring_in(story: Story, number: int, row: EnterpriseRow, *, on: date) -> tuple[User, Enterprise]:
    """Let an owner sign up, register the enterprise and bring a year of statements, the day before ``on``."""
    owner = _owner(number, row)
    enterprise = _register(story, number, row, owner, on - timedelta(days=2))
    know(story, row, enterprise, owner, on - timedelta(days=2))
    _bring_evidence(story, number, row, enterprise, owner, on - timedelta(days=1))
    if row.trade in CROPS:
        _tell_plots(story, number, row, enterprise, owner, on - timedelta(days=1))
    return owner, enterprise


def keep_up(story: Story, number: int, row: EnterpriseRow, enterprise: Enterprise, owner: User) -> None:
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


def leave_questions(story: Story, enterprise: Enterprise, owner: User, on: date) -> None:
    """Bring a second bank's statement and an invoice ledger whose dates read two ways; nobody has answered yet."""
    rows = "Date,Amount,Description\n02/01/2026,860.00,货款\n03/01/2026,-120.00,电费\n04/01/2026,455.50,货款\n"
    upload = SimpleUploadedFile("second-bank.csv", rows.encode())
    received = cashflow.receive(enterprise, upload, by=owner.reference, at=story.moment(on, 12))
    cashflow.read(received.reference, at=story.moment(on, 13))
    rows = "Number,Date,Customer,Gross\n7001,02/01/2026,河镇饭店,860.00\n7002,03/01/2026,清泉民宿,455.50\n"
    upload = SimpleUploadedFile("second-shop.csv", rows.encode())
    cashflow.receive_invoices(enterprise, upload, direction="sale", by=owner.reference, at=story.moment(on, 14))


def bring_twice(story: Story, number: int, row: EnterpriseRow, enterprise: Enterprise, owner: User, on: date) -> None:
    """Bring the last weeks of the same account once more, told otherwise; most owners said which file counts."""
    at = story.noon(on) - timedelta(hours=1)
    first = enterprise.statements.get()
    upload = SimpleUploadedFile(f"scan-{on:%Y-%m}.xml", writing.as_camt053(_told_otherwise(story.statements[number])))
    second = cashflow.receive(enterprise, upload, by=owner.reference, at=at)
    cashflow.read(second.reference, at=at)
    if row.story == "registered":
        return
    cashflow.choose(first, by=owner.reference, at=at + timedelta(minutes=20))
    cashflow.read(first.reference, at=at + timedelta(minutes=21))


def clear_what_was_replaced(story: Story, enterprise: Enterprise) -> None:
    """Let somebody of the bank look at both files after the case came to them, and find no doubt."""
    first, second = enterprise.statements.order_by("pk")
    at, risk = story.noon(story.days_ago(1)), story.staff["risk"]
    cashflow.clear(second, replaced_by=first, reason=words.SCAN_READ_WRONGLY, by=risk, at=at)


def _told_otherwise(statement: ParsedStatement) -> ParsedStatement:
    """Read one receipt of the last weeks as ten times what it was."""
    lines, opening = statement.lines[-40:], statement.lines[-41].balance_after
    assert opening is not None
    wrong = next(place for place, line in enumerate(lines) if place > len(lines) // 2 and line.amount > 0)
    more = lines[wrong].amount * 9
    told = [replace(line, number=place, balance_after=None) for place, line in enumerate(lines, start=1)]
    told[wrong] = replace(told[wrong], amount=told[wrong].amount + more)
    closing = opening + sum((line.amount for line in told), Decimal(0))
    return replace(statement, lines=told, opening_balance=opening, closing_balance=closing)


def _owner(number: int, row: EnterpriseRow) -> User:
    return sign_up(f"+86138{number:04d}{1000 + number * 7:04d}", row.owner, language="zh-hans" if number % 3 else "en")


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


def _bring_statement(
    story: Story, number: int, statement: ParsedStatement, enterprise: Enterprise, owner: User, on: date
) -> None:
    suffix, write = WRITERS[number % len(WRITERS)]
    upload = SimpleUploadedFile(f"statement-{on:%Y-%m}.{suffix}", write(statement))
    received = cashflow.receive(enterprise, upload, by=owner.reference, at=story.moment(on, 9))
    cashflow.read(received.reference, at=story.moment(on, 10))


def _tell_plots(story: Story, number: int, row: EnterpriseRow, enterprise: Enterprise, owner: User, on: date) -> None:
    """Let a grower tell two plots that fit what it earns; an officer has seen those of the strong ones."""
    crop = crop_of(row)
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
                note=words.WALKED,
                by=_officer_of(story, row),
                at=story.noon(on) + timedelta(hours=4),
            )


def crop_of(row: EnterpriseRow) -> str:
    return next((crop for word, crop in NAMED_CROPS.items() if word in row.legal_name), CROPS[row.trade])


def _officer_of(story: Story, row: EnterpriseRow) -> User:
    return story.staff[next(p.email for p in STAFF if p.posts == ((row.branch, "officer"),)).split("@")[0]]
