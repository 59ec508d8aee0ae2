"""Statements as tables, CSV or XLSX, as banks and wallets export them, in English or Chinese."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import groupby, pairwise
from typing import Final

from accounts.statements.parsing import balances, table
from accounts.statements.parsing.figures import LETTERED, Told, amount_reader, dates
from accounts.statements.parsing.headers import (
    ACCOUNT,
    ANNOUNCED,
    BALANCES,
    CURRENCIES,
    CURRENCY,
    HOLDER,
    INVOICES,
    INWARD,
    NEITHER,
    OUTWARD,
    STATEMENT,
    SYMBOLS,
    UNDONE,
    squeezed,
)
from accounts.statements.parsing.layout import Sheet, unquoted
from accounts.statements.parsing.questions import NOTHING_ANSWERED, Answers
from accounts.statements.parsing.refusals import refused
from accounts.statements.parsing.statement import MAX_NAME, MAX_REFERENCE, ParsedLine, ParsedStatement, plain
from accounts.statements.parsing.table import Row, Table

_NEEDED: Final = (frozenset({"date", "amount"}), frozenset({"date", "inflow", "outflow"}))
# what heads a list of invoices and no bank statement
_INVOICES: Final = tuple(
    frozenset({"number", "date", *more})
    for more in (
        *((side, amount) for side in ("seller", "buyer") for amount in ("net", "gross")),
        ("net", "tax"),
        ("e_number",),
    )
)
_NUMBER_BEFORE: Final = re.compile(r"[\d*]+/(?=.)")  # some name the account before its holder, in one cell
_MASK: Final = re.compile(r"[*＊•]+|[xX]{2,}|\.{2,}")
_SYMBOL: Final = re.compile(r"^\s*(\(?[+-]?)\s*[$€£₹]\s*|\s*[$€£₹]\s*$")
_ORDERS: Final = "应结订单金额"  # heads a list of orders, where refunds and fees are columns of their own
_START: Final = 2_000
_NAMES: Final = HOLDER | ACCOUNT | CURRENCY
_PAIRS: Final = re.compile(rf"\s+(?=(?:{'|'.join(each for each in sorted(_NAMES) if not each.isascii())})\s*:)")
_FIGURES: Final = ("amount", "inflow", "outflow", "balance")


def read(text: str, *, currency: str, answers: Answers = NOTHING_ANSWERED) -> list[ParsedStatement]:
    """Read the statements of a table, one for each bank account; ``currency`` is assumed where the file names none.

    Lines come back in the order of the days; a file that begins with the newest is turned round.

    :raises StatementRefused: when the heading, a date, an amount or a currency cannot be read for certain; with a
        question where ``answers`` would settle it.
    """
    if _ORDERS in text[:_START]:
        raise refused("wallet_orders")
    with table.unless("statement_is_invoices", INVOICES, _INVOICES):
        found = table.read(text, STATEMENT, needed=_NEEDED, headless="table_no_header", answers=answers)
    return _statements("csv", found, currency, answers)


def read_sheets(
    sheets: Mapping[str, Sheet],
    *,
    kind: str,
    currency: str,
    answers: Answers = NOTHING_ANSWERED,
    totals: bool = True,
) -> list[ParsedStatement]:
    """Read the statements in the sheets of a spreadsheet of some kind, as ``read`` reads a text.

    :param kind: the format of the file.
    :param totals: rows of sums, and remarks below the last line, are left out.
    :raises StatementRefused: as ``read``.
    """
    with table.unless("statement_is_invoices", INVOICES, _INVOICES):
        found = table.of_sheets(
            sheets, STATEMENT, needed=_NEEDED, headless="table_no_header", answers=answers, totals=totals
        )
    return _statements(kind, found, currency, answers)


def _statements(kind: str, found: Table, currency: str, answers: Answers) -> list[ParsedStatement]:
    found = _with_kinds(found)
    told = told_above(found.preamble)
    currency = found.currency or currency
    if "currency" in told:
        currency = currency_of((1, told["currency"].partition("/")[0]))  # 人民币/单位：元
    above = plain(told.get("account"), MAX_REFERENCE)
    found = _with_own_accounts(found, above)
    holders = _holders(found, told.get("holder", ""))
    kept = _kept(found, currency, answers)
    kept.sort(key=lambda each: each[0])  # a stable sort keeps the file's order within each bank account
    return [
        _statement(kind, account or above, holders[account], currency, [line for _account, line in lines])
        for account, lines in groupby(kept, key=lambda each: each[0])
    ]


def _holders(found: Table, above: str) -> dict[str, list[str]]:
    """List whom the file names as holders of each of its accounts, the one above the table first."""
    is_column_ours = not _names_the_other_side(found, above)
    told: dict[str, dict[str, None]] = {}
    for row in found.rows:
        names = told.setdefault(plain(row.get("account"), MAX_REFERENCE), {plain(above, MAX_NAME): None})
        names[plain(row.get("holder") if is_column_ours else "", MAX_NAME)] = None
    return {account: [name for name in names if name] or [""] for account, names in told.items()}


def _names_the_other_side(found: Table, above: str) -> bool:
    """Tell whether a column of holders is the other side's, in a table that names that side nowhere else.

    It is where it names several for one account, nobody like the holder above the table, or stands beside a column of
    accounts that is the other side's, too.
    """
    if found.roles & {"counterparty", "payer", "payee"}:
        return False
    told = {(row.get("account"), squeezed(row.get("holder"))) for row in found.rows if row.get("holder")}
    names, holder = {name for _account, name in told}, squeezed(above)
    is_another = bool(holder) and not any(name in holder or holder in name for name in names)
    is_beside_theirs = "account" in found.roles and not any(row.get("account") for row in found.rows)
    is_beside_theirs = is_beside_theirs and any(row.get("counterparty_number") for row in found.rows)
    return len(told) > len({account for account, _name in told}) or is_another or is_beside_theirs


def _with_kinds(found: Table) -> Table:
    """Read a column of kinds as the direction where no row says anything else, otherwise as a part of the text."""
    if "kind" not in found.roles:
        return found
    kinds = {squeezed(row.get("kind")) for row in found.rows}
    role = "direction" if "direction" not in found.roles and kinds <= INWARD | OUTWARD else "description"
    rows = [Row(row.line, row.cells | {role: f"{row.get('kind')} {row.get(role)}".strip()}) for row in found.rows]
    return replace(found, roles=found.roles | {role}, rows=rows)


def _statement(kind: str, account: str, holders: list[str], currency: str, told: list[ParsedLine]) -> ParsedStatement:
    if all(line.currency != currency for line in told):
        currency = told[0].currency
    lines = [replace(line, number=number) for number, line in enumerate(_in_order(told, currency), start=1)]
    opening, closing = _ends(lines, currency)
    first, *others = holders
    return ParsedStatement(kind, account, first, currency, opening, closing, lines, other_holders=tuple(others))


def currency_of(told: Told) -> str:
    """Read a currency code, or its everyday name.

    :raises StatementRefused: ``currency_wrong`` with the line.
    """
    line, value = told
    code = CURRENCIES.get(squeezed(value), value.strip().upper())
    if len(code) != 3 or not code.isascii() or not code.isalpha():
        raise refused("currency_wrong", line=line, value=value)
    return code


def told_above(preamble: list[list[str]]) -> dict[str, str]:
    """Read pairs such as ``户名：某某商店`` from the lines above the heading; the first of each counts."""
    told: dict[str, str] = {}
    for cells in preamble:
        pieces: list[str] = []
        for cell in cells:
            for pair in _PAIRS.split(cell.replace("：", ":")):
                head, mark, tail = pair.partition(":")
                pieces += [head, tail] if mark and tail.strip() else [head]
        for head, tail in pairwise(each for each in pieces if each.strip()):
            name = squeezed(head.partition("[")[0])
            for key, names in (("holder", HOLDER), ("account", ACCOUNT), ("currency", CURRENCY)):
                value = unquoted(tail).strip("[]_ ")
                if name in names and value and squeezed(value) not in _NAMES:
                    told.setdefault(key, value)
    return told


def _with_own_accounts(found: Table, above: str) -> Table:
    """Take a column of accounts for the other side's where it cannot be the account that the file is of."""
    if "account" not in found.roles:
        return found
    told = [row.get("account") for row in found.rows if row.get("account")]
    apart = {_bare(each) for each in told}
    is_above = any(_are_one(each, above) for each in apart)
    is_whole = len(told) == len(found.rows)
    if len(apart) == 1 and not is_whole:  # whoever is named beside a number, it is one and the same
        is_whole = is_above or len({row.get("counterparty") for row in found.rows if row.get("account")}) > 1
    is_own = is_whole and (is_above or not above) and (len(apart) < 3 or 2 * len(apart) <= len(told))
    if not is_own or not all(any(each.isdigit() for each in number) for number in apart):
        other = [{"counterparty_number": row.get("account")} | row.cells | {"account": ""} for row in found.rows]
        return replace(found, rows=[Row(row.line, cells) for row, cells in zip(found.rows, other, strict=True)])
    if len(apart) > 1:
        return found
    own = above if is_above and _MASK.search(told[0]) else told[0]
    return replace(found, rows=[Row(row.line, row.cells | {"account": own}) for row in found.rows])


def _bare(number: str) -> str:
    return "".join(number.replace("-", " ").split()).upper()


def _are_one(one: str, other: str) -> bool:
    """Tell whether two spellings are of one account; of a number that is hidden in part, the ends must agree."""
    one, other = _bare(one), _bare(other)
    for told, whole in ((one, other), (other, one)):
        if hidden := _MASK.search(told):
            head, tail = told[: hidden.start()], told[hidden.end() :]
            if tail and whole.startswith(head) and whole.endswith(tail):
                return True
    return one == other


def _kept(found: Table, currency: str, answers: Answers) -> list[tuple[str, ParsedLine]]:
    """Read every line, each with its bank account where the table names one."""
    rows = [row for row in found.rows if not _is_balance_alone(row) and _counts(row, found.roles)]
    if not rows:
        raise refused("table_no_rows")
    days = dates([(row.line, row.get("date")) for row in rows], order=answers.dates)
    _check_letters(rows)
    figures = (_figure(row, role) for row in rows for role in _FIGURES if row.get(role))
    read_amount = amount_reader(figures, mark=answers.amounts)
    kept = [(day, _amount(row, found.roles, read_amount), row) for day, row in zip(days, rows, strict=True)]
    return [(plain(each[2].get("account"), MAX_REFERENCE), _line(each, currency, read_amount)) for each in kept]


def _check_letters(rows: list[Row]) -> None:
    """Refuse amounts of which some say debit or credit and others do not: a bare one may be either."""
    told = [(row.line, row.get("amount")) for row in rows if row.get("amount")]
    bare = [each for each in told if not LETTERED.search(each[1])]
    if 0 < len(bare) < len(told):
        raise refused("direction_wrong", line=bare[0][0], value=bare[0][1])


def _counts(row: Row, roles: frozenset[str]) -> bool:
    """Tell whether money came in or went out: not where a row says that it waits or failed, or that it is neither."""
    if squeezed(row.get("status")) in UNDONE or squeezed(row.get("info")) == ANNOUNCED:
        return False
    return "direction" not in roles or _direction(row) not in NEITHER


def _is_balance_alone(row: Row) -> bool:
    """Tell whether a row is no payment but says what the account holds: it has its words, a balance and no amount."""
    if row.get("inflow") or row.get("outflow") or row.get("amount") or not row.get("balance"):
        return False
    return squeezed(row.get("description")).partition(" as of ")[0] in BALANCES


def _line(each: tuple[date, Decimal, Row], currency: str, read_amount: Callable[[Told], Decimal]) -> ParsedLine:
    day, amount, row = each
    if row.get("currency"):
        currency = currency_of((row.line, row.get("currency")))
    _check_symbols(row, currency)
    return ParsedLine(
        number=row.line,
        place=row.line,
        booked_on=day,
        amount=amount,
        currency=currency,
        balance_after=read_amount(_figure(row, "balance")) if row.get("balance") else None,
        counterparty_name=plain(_NUMBER_BEFORE.sub("", _other_side(row, amount, "")), MAX_NAME),
        description=plain(row.get("description")),
        reference=plain(row.get("reference"), MAX_REFERENCE),
        counterparty_number=plain(_other_side(row, amount, "_number"), MAX_REFERENCE),
    )


def _other_side(row: Row, amount: Decimal, what: str) -> str:
    """Tell who is not the holder: a column of its own, or the one of payers or of payees."""
    usual, other = ("payer", "payee") if amount > 0 else ("payee", "payer")
    told = row.get(f"counterparty{what}") or row.get(usual + what)
    return told or ("" if usual + what in row.cells else row.get(other + what))


def _figure(row: Row, role: str) -> Told:
    """Take the symbol of a currency, which is checked for itself, from before a figure."""
    return row.line, _SYMBOL.sub(r"\1", row.get(role))


def _check_symbols(row: Row, currency: str) -> None:
    for told in filter(None, map(row.get, _FIGURES)):
        for symbol, currencies in SYMBOLS.items():
            if symbol in told and currency not in currencies:
                raise refused("amount_other_currency", line=row.line, value=told, currency=currency)


def _amount(row: Row, roles: frozenset[str], read_amount: Callable[[Told], Decimal]) -> Decimal:
    if "amount" in roles:
        if not row.get("amount"):
            raise refused("amount_missing", line=row.line)
        amount = read_amount(_figure(row, "amount"))
        return _directed(row, amount) if "direction" in roles else amount
    inflow, outflow = (
        read_amount(_figure(row, role)) if row.get(role) else Decimal(0) for role in ("inflow", "outflow")
    )
    if inflow and outflow:
        raise refused("amount_twice", line=row.line)
    if not row.get("inflow") and not row.get("outflow"):
        raise refused("amount_missing", line=row.line)
    _check_columns(row)
    return inflow - abs(outflow)


def _check_columns(row: Row) -> None:
    """Refuse a letter that says credit in the column of debits, or the other way round: either may be meant."""
    for role, contrary in (("inflow", OUTWARD), ("outflow", INWARD)):
        found = LETTERED.search(row.get(role))
        if found and found[1].casefold() in contrary:
            raise refused("direction_wrong", line=row.line, value=row.get(role))


def _direction(row: Row) -> str:
    return squeezed(row.get("direction")) or row.get("direction").strip()


def _directed(row: Row, amount: Decimal) -> Decimal:
    told = _direction(row)
    if told in INWARD:
        return abs(amount)
    if told in OUTWARD:
        return -abs(amount)
    raise refused("direction_wrong", line=row.line, value=row.get("direction"))


def _in_order(lines: list[ParsedLine], currency: str) -> list[ParsedLine]:
    """Put lines in the order in which they were booked, told by the days and, within a day, by the balances.

    A file may begin with the oldest or the newest, and may turn round the days but not the lines within each. An order
    in which the balances roll explains the file; only where none does, its own order is kept, with its breaks.
    """
    newest_first = lines[0].booked_on > lines[-1].booked_on
    forth, back = (lines[::-1], lines) if newest_first else (lines, lines[::-1])
    if not balances.count(forth, currency):
        return forth
    orders = [forth, *(sorted(each, key=lambda line: line.booked_on) for each in (forth, back))]
    return min(orders, key=lambda order: balances.count(order, currency))


def _ends(lines: list[ParsedLine], currency: str) -> tuple[Decimal | None, Decimal | None]:
    """Derive opening and closing balance where every line of the statement's currency tells its balance."""
    own = [line for line in lines if line.currency == currency]
    if not own or any(line.balance_after is None for line in own):
        return None, None
    first, last = own[0].balance_after, own[-1].balance_after
    assert first is not None
    return first - own[0].amount, last
