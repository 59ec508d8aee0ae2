"""What is wrong with the lines of a batch: asked as often as needed, because payees and accounts change."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from accounts.settlement import queries
from accounts.settlement.batching import looks_rounded
from accounts.settlement.models import Payee, PaymentBatch, PaymentBatchLine, SettlementAccount
from accounts.settlement.operations.payees import fault_outside
from accounts.settlement.operations.transfers import plain_name
from accounts.settlement.states import RECEIVES
from portal.core.money import is_exact, rounded
from portal.core.refusals import register

register(
    {
        "batch_amount_unreadable": _("“%(value)s” is not an amount."),
        "batch_name_missing": _("The name of the payee is missing."),
        "batch_name_differs": _("This account is saved as a payee with another name: %(name)s."),
        "batch_number_rounded": _(
            "The spreadsheet seems to have rounded this account number. Format the column as text and enter it again."
        ),
        "batch_line_above_limit": _("More than the daily limit of %(limit)s."),
    }
)


def judge(batch: PaymentBatch, lines: Sequence[PaymentBatchLine], *, at: datetime) -> int:
    """Find each line's payee and what is wrong with it, in four queries however many; tell how many are wrong."""
    account = batch.settlement_account
    limit = queries.rules_of(account.enterprise, at=at).daily_limit_amount
    asked = {line.number for line in lines}
    saved = Payee.objects.standing().filter(enterprise=account.enterprise, number__in=asked)
    payees = {(payee.number, payee.bank_code): payee for payee in saved}
    here = SettlementAccount.objects.select_related("enterprise").filter(number__in=asked)
    accounts = {each.number: each for each in here}
    for line in lines:
        payee = payees.get((line.number, line.bank_code))
        line.payee, line.problem_code, line.problem_params = payee, "", {}
        problem = (
            _amount_problem(line, account.currency, limit)
            or (("batch_number_rounded", {}) if payee is None and looks_rounded(line.number) else None)
            or _payee_problem(line, account, accounts)
        )
        if problem:
            line.problem_code, line.problem_params = problem
    return sum(1 for line in lines if line.problem_code)


Problem = tuple[str, dict[str, object]]


def _amount_problem(line: PaymentBatchLine, currency: str, limit: Decimal) -> Problem | None:
    if line.amount is None:
        return "batch_amount_unreadable", {"value": line.written_amount}
    if not is_exact(line.amount, currency) or line.amount <= 0:
        return "amount_refused", {}
    if line.amount > limit:
        return "batch_line_above_limit", {"limit": f"{rounded(limit, currency):f}"}
    return None


def _payee_problem(
    line: PaymentBatchLine, source: SettlementAccount, accounts: dict[str, SettlementAccount]
) -> Problem | None:
    if not line.name:
        return "batch_name_missing", {}
    if line.payee and plain_name(line.payee.name) != plain_name(line.name):
        return "batch_name_differs", {"name": line.payee.name}
    if not line.bank_code:
        return _inside_problem(line, source, accounts.get(line.number))
    fault = fault_outside(line.number, line.bank_code)
    return (fault.code, {}) if fault else None


def _inside_problem(
    line: PaymentBatchLine, source: SettlementAccount, found: SettlementAccount | None
) -> Problem | None:
    if (
        found is None
        or found.status not in RECEIVES
        or plain_name(found.enterprise.legal_name) != plain_name(line.name)
    ):
        return "payee_unknown", {}
    if found.pk == source.pk:
        return "transfer_to_itself", {}
    return None if found.currency == source.currency else ("currency_differs", {})
