"""A file of payments: read line by line, with what is wrong in each; and where a batch can stand. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.settlement import banks, numbers
from accounts.statements.parsing import StatementRefused, lists
from accounts.statements.parsing.figures import Told, amount_reader
from accounts.statements.parsing.headers import TOTALS, squeezed
from accounts.statements.parsing.refusals import refused
from accounts.statements.parsing.statement import plain
from accounts.statements.parsing.table import Row
from portal.core.badges import Tones
from portal.core.transitions import Transition

MOST_LINES: Final = 2_000
DIGITS_OF_A_SPREADSHEET: Final = 15
COLUMNS: Final[dict[str, tuple[str, ...]]] = {
    "name": (
        "name", "payee", "payee name", "name of the payee", "beneficiary", "beneficiary name", "recipient", "employee",
        "supplier", "收款人", "收款人名称", "收款人姓名", "收款户名", "收款人户名", "收款方名称", "户名", "姓名",
        "员工姓名", "账户名称",
    ),
    "number": (
        "account number", "account", "account no", "number", "iban", "card number", "account number of the payee",
        "收款账号", "收款人账号", "收款帐号", "账号", "帐号", "卡号", "银行账号", "银行卡号",
    ),
    "bank_code": (
        "bank code", "bank code bic", "bic", "swift", "swift code", "swift bic", "cnaps", "cnaps code",
        "银行代码", "收款行代码", "开户行代码", "行号", "银行代码 bic", "联行号",
    ),
    "bank": (
        "bank", "bank name", "bank of the payee", "银行", "开户行", "开户银行", "收款行", "收款银行",
        "收款人开户行", "收款人银行",
    ),
    "amount": (
        "amount", "payment amount", "net pay", "salary", "wages",
        "金额", "付款金额", "转账金额", "实发金额", "实发工资", "工资", "金额 元",
    ),
    "text": (
        "text", "what for", "purpose", "description", "note", "remark", "remarks", "reference",
        "用途", "附言", "摘要", "备注", "说明",
    ),
}  # fmt: skip
_NEEDED: Final = (frozenset({"name", "number", "amount"}),)


@dataclass(frozen=True, slots=True)
class Line:
    """A payment as a line of the file asks for it; ``amount`` is none where it cannot be read."""

    line: int
    name: str
    number: str
    bank_code: str
    amount: Decimal | None
    written_amount: str
    text: str


def looks_rounded(number: str) -> bool:
    """Tell whether a spreadsheet may have kept only the first fifteen digits of a number."""
    rest = number[DIGITS_OF_A_SPREADSHEET:]
    return number.isdigit() and len(rest) > 1 and not rest.strip("0")


def read(content: bytes) -> list[Line]:
    """Read a file of payments, CSV or XLSX, headings in English or Chinese; what is wrong in a line is left to it.

    :raises StatementRefused: when it is no such file, names no columns, mixes decimals, or has too many lines.
    """
    found = lists.read(content, COLUMNS, needed=_NEEDED, headless="batch_no_header", totals=False)
    rows = [row for row in found.rows if not _is_total(row)]
    if not rows:
        raise refused("table_no_rows")
    if len(rows) > MOST_LINES:
        raise refused("statement_too_long", most=MOST_LINES)
    amounts = _amounts([(row.line, row.get("amount")) for row in rows])
    return [_line(row, amount) for row, amount in zip(rows, amounts, strict=True)]


def _is_total(row: Row) -> bool:
    """A sum below the lines names no account; a payee called "Total" does."""
    return not row.get("number") and f"{squeezed(row.get('name'))} ".startswith(TOTALS)


def _line(row: Row, amount: Decimal | None) -> Line:
    bank_code = banks.code_of(row.get("bank_code") or row.get("bank"))[:14]
    number = (numbers.compact if bank_code else numbers.bare)(row.get("number"))
    return Line(
        line=row.line,
        name=plain(row.get("name"), 70),
        number=number[:42],
        bank_code=bank_code,
        amount=amount,
        written_amount=row.get("amount")[:40],
        text=plain(row.get("text"), 140),
    )


def _amounts(told: Sequence[Told]) -> list[Decimal | None]:
    """Read amounts one by one; how decimals are written, the lines that leave no doubt say for all."""
    alone = [_readable(each) for each in told]
    read_amount = amount_reader(each for each, clear in zip(told, alone, strict=True) if clear)
    amounts: list[Decimal | None] = []
    for each in told:
        try:
            amounts.append(read_amount(each))
        except (StatementRefused, ArithmeticError):
            amounts.append(None)
    return amounts


def _readable(told: Told) -> bool:
    try:
        amount_reader([told])(told)
    except StatementRefused:
        return False
    return True


class BatchStatus(TextChoices):
    """Where a batch of payments stands."""

    CHECKED = "checked", _("Not sent yet")
    WAITING = "waiting", _("Waits for a second person")
    APPROVED = "approved", _("Will be paid")
    PAID = "paid", pgettext_lazy("money", "Paid")
    FAILED = "failed", _("Nothing was paid")
    DECLINED = "declined", _("Not confirmed")
    CANCELED = "canceled", _("Canceled")

    tone = Tones(checked="info", waiting="warning", approved="info", paid="success", failed="danger")


class BatchEvent(StrEnum):
    """What happens to a batch."""

    SUBMIT = "submit"
    WAIT = "wait"
    CONFIRM = "confirm"
    DECLINE = "decline"
    PAY = "pay"
    FAIL = "fail"
    CANCEL = "cancel"


_READY: Final = frozenset({BatchStatus.CHECKED, BatchStatus.FAILED})
GONE: Final = (BatchStatus.DECLINED, BatchStatus.CANCELED)
BATCH_TRANSITIONS: Final[Mapping[BatchEvent, Transition]] = {
    BatchEvent.SUBMIT: Transition(_READY, BatchStatus.APPROVED),
    BatchEvent.WAIT: Transition(_READY, BatchStatus.WAITING),
    BatchEvent.CONFIRM: Transition(frozenset({BatchStatus.WAITING}), BatchStatus.APPROVED),
    BatchEvent.DECLINE: Transition(frozenset({BatchStatus.WAITING}), BatchStatus.DECLINED),
    BatchEvent.PAY: Transition(frozenset({BatchStatus.APPROVED}), BatchStatus.PAID),
    BatchEvent.FAIL: Transition(frozenset({BatchStatus.APPROVED}), BatchStatus.FAILED),
    BatchEvent.CANCEL: Transition(_READY | {BatchStatus.WAITING, BatchStatus.APPROVED}, BatchStatus.CANCELED),
}
