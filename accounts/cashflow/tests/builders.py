"""Statements with believable defaults."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.cashflow import operations
from accounts.cashflow.models import StatementImport
from accounts.identity.models import Enterprise
from accounts.statements.parsing import ParsedLine, ParsedStatement, parse
from accounts.statements.writing import as_csv
from portal.core.models import Job

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
Told = tuple[str, str, str, str]  # day, amount, counterparty, description


def make_parsed(
    lines: Sequence[Told],
    *,
    account: str = "6222021234567890",
    holder: str = "Green Tea Shop",
    opening: str | None = "1000.00",
    currency: str = "CNY",
) -> ParsedStatement:
    """Make a statement whose balances roll; without an opening balance it tells none."""
    running = None if opening is None else Decimal(opening)
    made = []
    for number, (day, amount, counterparty, description) in enumerate(lines, start=1):
        running = None if running is None else running + Decimal(amount)
        made.append(
            ParsedLine(
                number,
                date.fromisoformat(day),
                Decimal(amount),
                currency,
                running,
                counterparty,
                description,
                f"R{number}",
            )
        )
    start = None if opening is None else Decimal(opening)
    return ParsedStatement("csv", account, holder, currency, start, running, made)


def make_broken() -> ParsedStatement:
    """Make a statement that lost a payment of 1,000 before its last line."""
    whole = make_parsed([("2026-01-05", "-3.00", "Coffee House", "coffee"), ("2026-01-06", "10.00", "Li", "order")])
    last = replace(whole.lines[-1], balance_after=Decimal("2007.00"))
    return replace(whole, closing_balance=last.balance_after, lines=[whole.lines[0], last])


def make_upload(content: bytes, name: str = "statement.csv") -> SimpleUploadedFile:
    """Make what a browser sends."""
    return SimpleUploadedFile(name, content)


def make_received(enterprise: Enterprise, content: bytes, *, name: str = "statement.csv") -> StatementImport:
    """Receive a file that nobody has read yet."""
    return operations.receive(enterprise, make_upload(content, name), by="U-1", at=NOW)


def make_statement(
    enterprise: Enterprise, lines: Sequence[Told] = (("2026-01-05", "100.00", "Li Ming", "order 7"),), *,
    account: str = "6222021234567890", holder: str = "Green Tea Shop", opening: str | None = "1000.00",
    currency: str = "CNY", at: datetime = NOW,
) -> StatementImport:  # fmt: skip
    """Receive and read a statement."""
    parsed = make_parsed(lines, account=account, holder=holder, opening=opening, currency=currency)
    received = operations.receive(enterprise, make_upload(as_csv(parsed)), by="U-1", at=at)
    return make_read(received, at=at)


def make_read(statement: StatementImport, *, at: datetime = NOW) -> StatementImport:
    """Do the background reading of a statement now, in this process: the file is one of ours."""
    operations.read(statement.reference, at=at, reader=parse)
    Job.objects.filter(name="cashflow.read", reference=statement.reference).update(done_at=at)
    return StatementImport.objects.get(pk=statement.pk)


def make_year(last: date = date(2026, 3, 1), days: int = 364) -> list[Told]:
    """Make a year of a shop: sales and purchases every few days, a rent and what the owner takes each month."""
    lines: list[Told] = []
    for offset in range(days):
        day = last - timedelta(days=days - 1 - offset)
        if offset % 2 or day == last:
            lines.append((day.isoformat(), f"{300 + 37 * (offset % 7)}.00", f"Customer {offset % 9}", "order"))
        if offset % 5 == 0:
            lines.append((day.isoformat(), f"-{610 + 53 * (offset % 4)}.00", "Tea Trading Co", "goods"))
        if day.day == 5:
            lines.append((day.isoformat(), "-1200.00", "Landlord", "rent"))
        if day.day == 20:
            lines.append((day.isoformat(), "-700.00", "Green Tea Shop", "own transfer"))
    return lines
