"""A year of money for one enterprise: a statement at another bank and an invoice ledger. Pure, by a random source."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Final

from accounts.statements.parsing.statement import ParsedLine, ParsedStatement
from portal.seed.cast import EnterpriseRow, Trade

CENT: Final = Decimal("0.01")
DAYS: Final = 365


@dataclass(frozen=True)
class Health:
    """How well a firm does: margin and trend against its trade, how often sales fail, debts, and what it keeps."""

    margin: float
    trend: float
    noise: float
    opening_weeks: float
    debt_share: float
    drawn_share: float
    days: int = DAYS


HEALTH: Final = {
    "strong": Health(margin=1.15, trend=0.25, noise=0.10, opening_weeks=5, debt_share=0.02, drawn_share=0.45),
    "fair": Health(margin=0.9, trend=-0.1, noise=0.3, opening_weeks=1.2, debt_share=0.1, drawn_share=0.8),
    "weak": Health(margin=0.5, trend=-0.7, noise=0.6, opening_weeks=0.4, debt_share=0.2, drawn_share=1.3),
    "young": Health(margin=1.0, trend=0.1, noise=0.2, opening_weeks=2, debt_share=0.03, drawn_share=0.6, days=80),
}


@dataclass(frozen=True)
class Move:
    """Money in (positive) or out on a day."""

    on: date
    amount: Decimal
    counterparty: str
    text: str


def statement(
    row: EnterpriseRow, trade: Trade, *, last: date, rng: Random, before: ParsedStatement | None = None
) -> ParsedStatement:
    """Make the statement of the firm's account at another bank, up to and including ``last``.

    It tells of a year (of a young firm's weeks), or of the days since the statement ``before`` it.
    """
    health = HEALTH[row.health]
    since = before.last_day if before else None
    days = (last - since).days if since else health.days
    moves = sorted(_moves(row, trade, health, last=last, days=days, rng=rng), key=lambda move: move.on)
    weekly = trade.sales_a_week * sum(trade.ticket) / 2 * row.scale
    opening = _cents(weekly * health.opening_weeks)
    if before and before.closing_balance is not None:
        opening = before.closing_balance
    balance = opening
    lines: list[ParsedLine] = []
    for move in moves:
        if balance + move.amount < 0:
            continue  # that bank gives no overdraft: the payment was not made
        balance += move.amount
        lines.append(
            ParsedLine(
                number=len(lines) + 1,
                booked_on=move.on,
                amount=move.amount,
                currency="CNY",
                balance_after=balance,
                counterparty_name=move.counterparty,
                description=move.text,
                reference=f"{rng.randrange(10**11):011d}",
            )
        )
    number = before.account_identifier if before else f"6217{rng.randrange(10**12):012d}"
    return ParsedStatement("seed", number, row.legal_name, "CNY", opening, balance, lines)


def _moves(row: EnterpriseRow, trade: Trade, health: Health, *, last: date, days: int, rng: Random) -> Iterator[Move]:
    first = last - timedelta(days=days - 1)
    for offset in range(days):
        day = first + timedelta(days=offset)
        pace = _pace(trade, health, day, offset)
        yield from _day(row, trade, health, day, pace, rng)
        if day.day == 5:
            yield from _month(row, trade, health, day, pace, rng)


def _pace(trade: Trade, health: Health, day: date, offset: int) -> float:
    return trade.seasons[day.month - 1] * (1 + health.trend * (offset / DAYS - 0.5))


def _day(row: EnterpriseRow, trade: Trade, health: Health, day: date, pace: float, rng: Random) -> Iterator[Move]:
    sales = trade.sales_a_week / 7 * pace
    count = int(sales) + (rng.random() < sales % 1)
    for _ in range(count):
        amount = rng.uniform(*trade.ticket) * row.scale * max(rng.gauss(1, health.noise), 0.2)
        customer = trade.customers[min(int(rng.expovariate(1.1)), len(trade.customers) - 1)]
        yield Move(day, _cents(amount), customer, "货款" if rng.random() < 0.7 else "销售收款")
    cost = 1 - trade.margin * health.margin
    if rng.random() < 0.3:
        amount = sales / 0.3 * sum(trade.ticket) / 2 * row.scale * cost * 0.78 * max(rng.gauss(1, health.noise), 0.3)
        yield Move(day, -_cents(amount), rng.choice(trade.suppliers), "采购货款")


def _month(row: EnterpriseRow, trade: Trade, health: Health, day: date, pace: float, rng: Random) -> Iterator[Move]:
    revenue = trade.sales_a_week * 4.3 * sum(trade.ticket) / 2 * row.scale * pace
    if trade.wages:
        for worker in range(min(max(row.employees - 1, 1), 6)):
            yield Move(day, -_cents(trade.wages * rng.uniform(0.5, 0.7)), f"员工{worker + 1}", "代发工资")
    if row.setting == "town":
        yield Move(day, -_cents(1200 * row.scale), "房东", "房租")
    if day.month % 3 == 1 and revenue > 20_000:
        yield Move(day, -_cents(revenue * 0.01), "国家税务总局", "缴税 增值税")
    if health.debt_share:
        yield Move(day, -_cents(revenue * health.debt_share), "邻县农商银行", "贷款还款")
    drawn = revenue * trade.margin * health.margin * health.drawn_share
    yield Move(day, -_cents(drawn * rng.uniform(0.7, 1.1)), row.owner, "转账 家用")
    yield Move(day, -_cents(rng.uniform(5, 20)), "", "账户管理费")


def _cents(amount: float) -> Decimal:
    return Decimal(str(round(amount, 2))).quantize(CENT)


def invoices(row: EnterpriseRow, trade: Trade, *, last: date, rng: Random) -> str:
    """Make a year's invoice ledger as CSV text, as an e-invoice service exports it."""
    rows = ["发票号码,开票日期,对方名称,金额,税额,价税合计,类型,状态"]
    health = HEALTH[row.health]
    for offset in range(0, health.days, 5):
        day = last - timedelta(days=health.days - 1 - offset)
        for kind, names, share in (("销售", trade.customers, 1.0), ("采购", trade.suppliers, 0.7)):
            net = _cents(rng.uniform(*trade.ticket) * row.scale * 2 * share * trade.seasons[day.month - 1])
            tax = _cents(float(net) * 0.03)
            state = "作废" if rng.random() < {"weak": 0.12}.get(row.health, 0.02) else "正常"
            number = f"{rng.randrange(10**8):08d}"
            rows.append(f"{number},{day.isoformat()},{rng.choice(names)},{net},{tax},{net + tax},{kind},{state}")
    return "\n".join(rows) + "\n"
