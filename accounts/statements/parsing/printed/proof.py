"""What must agree before a printed table is believed: balances after lines, printed sums, or closed boxes. Pure."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Final

from accounts.statements.parsing import balances
from accounts.statements.parsing.printed import grid
from accounts.statements.parsing.printed.grid import Printed
from accounts.statements.parsing.printed.pages import Page
from accounts.statements.parsing.refusals import refused
from accounts.statements.parsing.statement import ParsedLine, ParsedStatement

_IN: Final = r"收入|转入|存入|贷方|入账|paid in|money in|credits?|deposits?"
_OUT: Final = r"支出|转出|支取|借方|出账|paid out|money out|debits?|withdrawals?"
_MONEY: Final = r"[-+]?\s?[¥￥$€£]?\s?\d[\d,.' ]*[.,]\d{2}(?!\d)"
_SIDE: Final = re.compile(
    rf"(?:(?P<inward>{_IN})|(?P<outward>{_OUT}))(?:发生额|总?金额|总额|合计|总计|人民币|共|\s|[:(),、元]|amount|total"
    rf"|\d+\s*笔)*(?P<figure>{_MONEY})",
    re.IGNORECASE,
)
_END: Final = re.compile(
    rf"(?:(?P<opening>期初(?:余额|结余)|opening balance|start balance|beginning balance)"
    rf"|(?P<closing>期末(?:余额|结余)|closing balance|end(?:ing)? balance))"
    rf"(?:\s|[:元]|人民币|(?:on|as of|as at|at) [\w ,./-]{{6,20}}?(?=\s))*(?P<figure>{_MONEY})",
    re.IGNORECASE,
)
_TOTAL: Final = re.compile(r"合计|总|共|汇总|累计|笔|total", re.IGNORECASE)
_OF_PAGE: Final = re.compile(r"本页|小计|page total|sub-?total", re.IGNORECASE)
_COUNT: Final = re.compile(r"(?<!收入)(?<!支出)共\s*(\d+)\s*[笔条]|(?<!入)(?<!出)(?<!方)总?(?:笔数|条数)[:\s]*(\d+)")
_PAGES: Final = re.compile(
    r"第\s*\d+\s*页.{0,4}共\s*(\d+)\s*页|共\s*(\d+)\s*页.{0,4}第\s*\d+\s*页|page\s*\d+\s*(?:of|/)\s*(\d+)",
    re.IGNORECASE,
)
_PAGE_ALONE: Final = re.compile(r"[-\s]*\d+\s*/\s*(\d+)[-\s]*")
Read = Callable[[str], Decimal]


def check_pages(pages: Sequence[Page]) -> None:
    """Refuse a file that says it has more pages than it has.

    :raises StatementRefused: ``pdf_pages_missing``.
    """
    told = [0]
    for page in pages:
        for line in page.lines:
            text = grid.text_of(line)
            found = _PAGES.search(text) or _PAGE_ALONE.fullmatch(text)
            told += [int(each) for each in found.groups() if each] if found else []
    if max(told) > len(pages):
        raise refused("pdf_pages_missing", stated=max(told), found=len(pages))


def check(printed: Printed, statement: ParsedStatement, read: Read) -> None:
    """Believe the statement of a table only where what is printed besides proves it.

    Every balance after a line must roll. Sums, counts, an opening and a closing balance that are printed must agree. A
    table without balances needs sums of both sides, or boxes around all that is in it and the way of each amount.

    :raises StatementRefused: ``pdf_balance_breaks`` with page and line, ``pdf_sums_differ``, ``statement_pdf`` where
        nothing proves it.
    """
    _check_balances(printed, statement)
    told = [*(" ".join(texts) for texts in printed.heads[0]), *printed.told]
    has_sums = _check_sums(statement.lines, _sums(told, printed.sums, read))
    _check_count(told, {len(printed.rows), len(statement.lines)})
    _check_ends(told, statement, read)
    if not (has_sums or _rolls(statement) or (printed.is_drawn and _tells_ways(printed))):
        raise refused("statement_pdf")


def _rolls(statement: ParsedStatement) -> bool:
    return len(statement.lines) > 1 and all(line.balance_after is not None for line in statement.lines)


def _tells_ways(printed: Printed) -> bool:
    """Tell whether a table says of its amounts whether they came in or went out: bare ones may be either."""
    roles = {*grid.roles_of(printed.names)}
    if roles & {"direction", "inflow"}:
        return True
    told = (told for row in printed.rows for told in grid.money_in(printed.names, row.cells))
    return any(not each[0].isdigit() or not each[-1].isdigit() for each in told)


def _check_balances(printed: Printed, statement: ParsedStatement) -> None:
    if any(line.currency != statement.currency for line in statement.lines):
        raise refused("statement_pdf")
    for found in balances.breaks(statement)[:1]:
        row = printed.rows[found.place - 1]
        raise refused(
            "pdf_balance_breaks",
            page=row.page,
            line=row.line,
            expected=f"{found.expected:,.2f}",
            found=f"{found.stated:,.2f}",
        )


def _sums(told: Iterable[str], rows: Iterable[Mapping[str, str]], read: Read) -> dict[str, set[Decimal]]:
    """Find the printed sums of money in and out; those of single pages are left out."""
    sums: dict[str, set[Decimal]] = {"inflow": set(), "outflow": set()}
    for text in told:
        if _TOTAL.search(text) and not _OF_PAGE.search(text):
            for found in _SIDE.finditer(text):
                sums["inflow" if found["inward"] else "outflow"].add(abs(read(found["figure"])))
    for row in rows:
        if _TOTAL.search(row["label"]) and not _OF_PAGE.search(row["label"]):
            for side in sums.keys() & row.keys():
                sums[side].add(abs(read(row[side])))
    return sums


def _check_sums(lines: Sequence[ParsedLine], sums: Mapping[str, set[Decimal]]) -> bool:
    """Tell whether sums of both sides are printed, which then must be those of the lines."""
    found = {
        "inflow": sum((line.amount for line in lines if line.amount > 0), Decimal(0)),
        "outflow": -sum((line.amount for line in lines if line.amount < 0), Decimal(0)),
    }
    for side, stated in sums.items():
        if stated and found[side] not in stated:
            raise refused("pdf_sums_differ", stated=f"{min(stated):,.2f}", found=f"{found[side]:,.2f}")
    return all(sums[side] or not found[side] for side in sums) and any(sums.values())


def _check_count(told: Iterable[str], counts: set[int]) -> None:
    stated = {
        int(found[1] or found[2]) for text in told if not _OF_PAGE.search(text) for found in _COUNT.finditer(text)
    }
    if stated and not stated & counts:
        raise refused("pdf_sums_differ", stated=str(max(stated)), found=str(max(counts)))


def _check_ends(told: Iterable[str], statement: ParsedStatement, read: Read) -> None:
    ends: dict[str, set[Decimal]] = {"opening": set(), "closing": set()}
    for text in told:
        for found in _END.finditer(text):
            ends["opening" if found["opening"] else "closing"].add(read(found["figure"]))
    for stated, balance in (
        (ends["opening"], statement.opening_balance),
        (ends["closing"], statement.closing_balance),
    ):
        if stated and balance is not None and balance not in stated:
            raise refused("pdf_sums_differ", stated=f"{min(stated):,.2f}", found=f"{balance:,.2f}")
