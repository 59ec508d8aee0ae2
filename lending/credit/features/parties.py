"""Who stands on the other side of a bank transaction, in Ibis; nothing here touches a database."""

from typing import Any

from accounts.cashflow.parties import MOST_NAMES

Table = Any  # an Ibis table


def with_parties(bank: Table) -> Table:
    """Say who stands on the other side, as `accounts.cashflow.parties` does: whose account it is, else whose name."""
    ends = bank.select("case_id", account=bank.counterparty_account, name=bank.counterparty_key).distinct()
    both = ends.filter((ends.account != "") & (ends.name != ""))
    numbers = both.group_by(["case_id", "account"]).aggregate(names=both.count())
    own = both.join(numbers.filter(numbers.names <= MOST_NAMES), ["case_id", "account"])
    names = own.group_by(["case_id", "name"]).aggregate(numbers=own.count(), number=own.account.min())
    only = names.filter(names.numbers == 1).select("case_id", "name", "number")
    shared = numbers.filter(numbers.names > MOST_NAMES).select("case_id", "account", is_shared=True)
    told = ends.left_join(shared, ["case_id", "account"])[[*ends.columns, "is_shared"]]
    told = told.left_join(only, ["case_id", "name"])[[*told.columns, "number"]]
    is_own = (told.account != "") & told.is_shared.isnull()
    told = told.select(
        told_case=told.case_id,
        told_account=told.account,
        told_name=told.name,
        party=is_own.ifelse(told.account, told.number.fill_null(told.name)),
    )
    return bank.join(
        told,
        (bank.case_id == told.told_case)
        & (bank.counterparty_account == told.told_account)
        & (bank.counterparty_key == told.told_name),
    )[[*bank.columns, "party"]]
