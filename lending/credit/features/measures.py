"""The sums and counts that features are made of: one row for each case, gathered in one query.

Rules for numbers. Sums stay whole minor units until a feature divides them, so that no engine's order of adding shows.
A quantity that nobody evidenced is null and never 0; a quantity that evidence shows to be absent is 0.

A year of evidence is counted back from the newest entry of its kind: `age` 0 is that day. A year has twelve even
months, `month` 0 the newest, so that no calendar and no week rule of an engine enters. History reaches three years
back from the day of judging; its months are counted in the same way.
"""

from typing import Any

from lending.credit.features.parties import with_parties
from lending.credit.features.tables import BANK_TRANSACTIONS, CASES, INVOICES

DAYS_IN_WINDOW = 365
MONTHS_IN_WINDOW = 12
DAYS_IN_HISTORY = 3 * DAYS_IN_WINDOW
MONTHS_IN_HISTORY = 3 * MONTHS_IN_WINDOW
# A month still counts as whole when this many of its days lie before the first entry.
TOLERATED_DAYS = 10
# Who buys or sells in so many months of a year is a steady party.
MONTHS_OF_STEADY_PARTY = 4

EARNED = ("customer_receipt", "merchant_settlement", "cash_in", "unknown")
NOT_SPENT = ("own_transfer", "loan_proceeds", "loan_repayment", "interest")
FIXED_COSTS = ("salary", "rent")

Table = Any  # an Ibis table
Value = Any  # an Ibis value


def measured() -> tuple[dict[str, Table], Table]:
    """Gather all measures of every case, one row each, and the tables that this reads, by the names it calls them.

    Such a table is worked out once and its columns are read often: written in its place each time, a column would be
    planned and computed as often.
    """
    import ibis

    cases = ibis.table(CASES, name="cases")
    all_bank = ibis.table(BANK_TRANSACTIONS, name="bank_transactions")
    all_invoices = ibis.table(INVOICES, name="invoices")
    steps = {
        "dated_bank": _dated_bank(with_parties(all_bank).filter(lambda row: row.days_before < DAYS_IN_WINDOW)),
        "dated_invoices": _dated_invoices(all_invoices.filter(all_invoices.days_before < DAYS_IN_WINDOW)),
        "bank_history": _bank_of_all_years(all_bank),
        "invoice_history": _invoices_of_all_years(all_invoices),
    }
    named = {name: ibis.table(rows.schema(), name=name) for name, rows in steps.items()}
    bank, invoices, bank_history, invoice_history = named.values()
    parts = (
        _bank_totals(bank),
        _bank_months(bank),
        _bank_days(bank),
        _gaps(bank, "earned", "receipt"),
        _parties(bank, "from_customer", "customer", by="party"),
        _parties(bank, "to_supplier", "supplier", by="party"),
        _invoice_totals(invoices),
        _invoice_months(invoices),
        _parties(invoices, "sold", "buyer"),
        _parties(invoices, "bought", "vendor"),
        _gaps(invoices, "sold", "sale"),
        _bank_history(bank_history),
        _bank_years(bank_history),
        _invoice_history(invoice_history),
        _invoice_years(invoice_history),
        _steady_buyers(invoice_history),
    )
    wide = cases
    for number, part in enumerate(parts):
        wide = wide.left_join(part, "case_id", rname=f"{{name}}_{number}")
    return steps, wide


def _amount_if(condition: Value, amount: Value) -> Value:
    """The amount where the condition holds, else 0 (also where it is null): a sum over evidence is never null."""
    return condition.ifelse(amount, 0)


def _count_if(condition: Value) -> Value:
    return _amount_if(condition, 1).sum().cast("int64")


def _squares(amount: Value) -> Value:
    """The sum of squares, in floating point: divided by a squared sum before use, so that its size does not matter."""
    return (amount.cast("float64") * amount.cast("float64")).sum()


def _with_age(rows: Table, *, most_months: int = MONTHS_IN_WINDOW) -> Table:
    """Count each row's age back from the newest row of its case, and say how much time the case's rows cover."""
    import ibis

    span = rows.group_by("case_id").aggregate(newest=rows.days_before.min(), oldest=rows.days_before.max())
    covered = span.oldest - span.newest + 1
    full = ibis.least(((covered + TOLERATED_DAYS) * MONTHS_IN_WINDOW) // DAYS_IN_WINDOW, most_months)
    span = span.mutate(covered_days=covered, full_months=full)
    rows = rows.join(span, "case_id")
    age = rows.days_before - rows.newest
    return rows.mutate(age=age, month=(age * MONTHS_IN_WINDOW) // DAYS_IN_WINDOW)


def _dated_bank(bank: Table) -> Table:
    """Say of each bank transaction what it adds to: earned, spent, debt paid, from a customer, to a supplier.

    Whoever is known by a number alone pays without a sign of what for: that counts as earned, so it has a payer, too.
    """
    rows = _with_age(bank)
    amount = rows.amount_minor
    has_party = rows.party != ""
    is_customer = (rows.category == "customer_receipt") | ((rows.category == "unknown") & (rows.counterparty_key == ""))
    return rows.mutate(
        earned=_earned(rows),
        spent=_spent(rows),
        debt_paid=_amount_if((amount < 0) & rows.category.isin(("loan_repayment", "interest")), -amount),
        from_customer=_amount_if((amount > 0) & is_customer & has_party, amount),
        to_supplier=_amount_if((amount < 0) & (rows.category == "supplier_payment") & has_party, -amount),
    )


def _earned(bank: Table) -> Value:
    return _amount_if((bank.amount_minor > 0) & bank.category.isin(EARNED), bank.amount_minor)


def _spent(bank: Table) -> Value:
    return _amount_if((bank.amount_minor < 0) & bank.category.notin(NOT_SPENT), -bank.amount_minor)


def _dated_invoices(invoices: Table) -> Table:
    """Say of each invoice what it adds to sales and purchases; a credit note takes away, a void one adds nothing."""
    rows = _with_age(invoices)
    sign = _sign(rows)
    gross, tax = rows.gross_minor.abs(), rows.tax_minor.abs()
    is_sale, plain = rows.direction == "sale", rows.is_valid & ~rows.is_credit_note & (rows.counterparty_key != "")
    return rows.mutate(
        sales=_amount_if(is_sale, gross * sign),
        purchases=_amount_if(~is_sale, gross * sign),
        sales_net=_amount_if(is_sale, (gross - tax) * sign),
        purchases_net=_amount_if(~is_sale, (gross - tax) * sign),
        tax_on_sales=_amount_if(is_sale, tax * sign),
        tax_on_purchases=_amount_if(~is_sale, tax * sign),
        sold=_amount_if(is_sale & plain, gross),
        bought=_amount_if(~is_sale & plain, gross),
    )


def _bank_of_all_years(bank: Table) -> Table:
    rows = _with_age(bank, most_months=MONTHS_IN_HISTORY)
    return rows.mutate(earned=_earned(rows), spent=_spent(rows))


def _invoices_of_all_years(invoices: Table) -> Table:
    rows = _with_age(invoices, most_months=MONTHS_IN_HISTORY)
    return rows.mutate(sales=_sales(rows), sold=_sold(rows))


def _sign(invoices: Table) -> Value:
    return invoices.is_credit_note.ifelse(-1, 1) * invoices.is_valid.ifelse(1, 0)


def _bank_totals(bank: Table) -> Table:
    amount, category = bank.amount_minor, bank.category
    return bank.group_by("case_id").aggregate(
        covered_days=bank.covered_days.max(),
        full_months=bank.full_months.max(),
        newest_days=bank.newest.max(),
        entries=bank.count(),
        active_days=bank.age.nunique(),
        earned=bank.earned.sum(),
        receipts=_count_if(bank.earned > 0),
        last_receipt_days=bank.days_before.min(where=bank.earned > 0),
        earned_recent=_amount_if(bank.age < 90, bank.earned).sum(),
        earned_before=_amount_if((bank.age >= 90) & (bank.age < 180), bank.earned).sum(),
        spent=bank.spent.sum(),
        moved=amount.abs().sum(),
        unknown=_amount_if(category == "unknown", amount.abs()).sum(),
        cash_earned=_amount_if(category == "cash_in", bank.earned).sum(),
        cash_spent=_amount_if(category == "cash_out", bank.spent).sum(),
        debt_paid=bank.debt_paid.sum(),
        borrowed=_amount_if((category == "loan_proceeds") & (amount > 0), amount).sum(),
        lenders=bank.party.nunique(where=(category == "loan_repayment") & (amount < 0)),
        debt_months=bank.month.nunique(where=(category == "loan_repayment") & (amount < 0)),
        fixed_costs=_amount_if(category.isin(FIXED_COSTS), bank.spent).sum(),
        overdraft_months=bank.month.nunique(where=(category == "interest") & (amount < 0)),
        salary_months=bank.month.nunique(where=(category == "salary") & (amount < 0)),
        taxes=_amount_if(category == "tax", bank.spent).sum(),
        tax_months=bank.month.nunique(where=(category == "tax") & (amount < 0)),
        own_out=_amount_if((category == "own_transfer") & (amount < 0), -amount).sum(),
        merchant_earned=_amount_if(category == "merchant_settlement", bank.earned).sum(),
    )


def _bank_months(bank: Table) -> Table:
    """Whole months only: a month of which half is missing would look like a bad one."""
    whole = bank.filter(bank.month < bank.full_months)
    months = whole.group_by(["case_id", "month"]).aggregate(earned=whole.earned.sum(), spent=whole.spent.sum())
    return months.group_by("case_id").aggregate(
        months_earning=_count_if(months.earned > 0),
        months_short=_count_if(months.spent > months.earned),
        month_earned_total=months.earned.sum(),
        month_earned_max=months.earned.max(),
        month_earned_squares=_squares(months.earned),
        month_spent_total=months.spent.sum(),
        month_spent_squares=_squares(months.spent),
    )


def _bank_days(bank: Table) -> Table:
    """The lowest balance of each day on which one was stated."""
    stated = bank.filter(bank.balance_after_minor.notnull())
    days = stated.group_by(["case_id", "age"]).aggregate(lowest=stated.balance_after_minor.min())
    return days.group_by("case_id").aggregate(
        balance_days=days.count(),
        balance_total=days.lowest.sum(),
        balance_lowest=days.lowest.min(),
        balance_squares=_squares(days.lowest),
        balance_recent_total=_amount_if(days.age < 90, days.lowest).sum(),
        balance_recent_days=_count_if(days.age < 90),
        balance_before_total=_amount_if((days.age >= 90) & (days.age < 180), days.lowest).sum(),
        balance_before_days=_count_if((days.age >= 90) & (days.age < 180)),
        negative_days=_count_if(days.lowest < 0),
    )


def _gaps(rows: Table, amount: str, word: str) -> Table:
    """Between one day that brought something and the next."""
    import ibis

    days = rows.filter(rows[amount] > 0).select("case_id", "age").distinct()
    gaps = days.mutate(gap=days.age - days.age.lag().over(ibis.window(group_by="case_id", order_by="age")))
    return gaps.group_by("case_id").aggregate(
        **{f"{word}_days": gaps.count(), f"longest_{word}_gap_days": gaps.gap.max()}
    )


def _parties(rows: Table, amount: str, word: str, *, by: str = "counterparty_key") -> Table:
    """Who stands on the other side: how many, how many come back in another month, and how much the largest weighs."""
    known = rows.filter(rows[amount] > 0)
    parties = known.group_by(["case_id", by]).aggregate(
        amount=known[amount].sum(), entries=known.count(), months=known.month.nunique(), first_age=known.age.max()
    )
    return parties.group_by("case_id").aggregate(
        **{
            f"{word}_count": parties.count(),
            f"{word}_entries": parties.entries.sum(),
            f"{word}_total": parties.amount.sum(),
            f"{word}_largest": parties.amount.max(),
            f"{word}_squares": _squares(parties.amount),
            f"{word}_returning": _amount_if(parties.months > 1, parties.amount).sum(),
            f"{word}_new": _count_if(parties.first_age < 90),
            f"{word}_steady": _count_if(parties.months >= MONTHS_OF_STEADY_PARTY),
        }
    )


def _invoice_totals(invoices: Table) -> Table:
    is_sale, recent, before = (
        invoices.direction == "sale",
        invoices.age < 90,
        (invoices.age >= 90) & (invoices.age < 180),
    )
    return invoices.group_by("case_id").aggregate(
        invoice_covered_days=invoices.covered_days.max(),
        invoice_full_months=invoices.full_months.max(),
        invoice_newest_days=invoices.newest.max(),
        invoice_entries=invoices.count(),
        sales_entries=_count_if(is_sale),
        purchase_entries=_count_if(~is_sale),
        void_entries=_count_if(~invoices.is_valid),
        void_sales_entries=_count_if(is_sale & ~invoices.is_valid),
        void_purchase_entries=_count_if(~is_sale & ~invoices.is_valid),
        sold_entries=_count_if(invoices.sold > 0),
        sold_largest=invoices.sold.max(),
        credited_entries=_count_if(is_sale & invoices.is_valid & invoices.is_credit_note),
        last_sale_days=invoices.days_before.min(where=invoices.sold > 0),
        credited=_amount_if(is_sale & invoices.is_valid & invoices.is_credit_note, invoices.gross_minor.abs()).sum(),
        sold=_amount_if(is_sale & invoices.is_valid & ~invoices.is_credit_note, invoices.gross_minor.abs()).sum(),
        sales=invoices.sales.sum(),
        sales_recent=_amount_if(recent, invoices.sales).sum(),
        sales_before=_amount_if(before, invoices.sales).sum(),
        purchases=invoices.purchases.sum(),
        purchases_recent=_amount_if(recent, invoices.purchases).sum(),
        purchases_before=_amount_if(before, invoices.purchases).sum(),
        sales_net=invoices.sales_net.sum(),
        purchases_net=invoices.purchases_net.sum(),
        tax_on_sales=invoices.tax_on_sales.sum(),
        tax_on_purchases=invoices.tax_on_purchases.sum(),
    )


def _invoice_months(invoices: Table) -> Table:
    whole = invoices.filter(invoices.month < invoices.full_months)
    months = whole.group_by(["case_id", "month"]).aggregate(sales=whole.sales.sum(), purchases=whole.purchases.sum())
    return months.group_by("case_id").aggregate(
        months_selling=_count_if(months.sales > 0),
        months_buying=_count_if(months.purchases > 0),
        months_buying_more=_count_if(months.purchases > months.sales),
        month_sales_total=months.sales.sum(),
        month_sales_max=months.sales.max(),
        month_sales_squares=_squares(months.sales),
        month_purchases_total=months.purchases.sum(),
        month_purchases_squares=_squares(months.purchases),
    )


def _is_year_before(rows: Table) -> Value:
    return (rows.days_before >= DAYS_IN_WINDOW) & (rows.days_before < 2 * DAYS_IN_WINDOW)


def _bank_history(rows: Table) -> Table:
    return rows.group_by("case_id").aggregate(
        history_days=rows.days_before.max() + 1,
        history_earned=rows.earned.sum(),
        history_receipts=_count_if(rows.earned > 0),
        earned_year=_amount_if(rows.days_before < DAYS_IN_WINDOW, rows.earned).sum(),
        earned_year_before=_amount_if(_is_year_before(rows), rows.earned).sum(),
    )


def _bank_years(rows: Table) -> Table:
    """Whole months of all the history."""
    whole = rows.filter(rows.month < rows.full_months)
    months = whole.group_by(["case_id", "month"]).aggregate(
        full_months=whole.full_months.max(), earned=whole.earned.sum(), spent=whole.spent.sum()
    )
    return months.group_by("case_id").aggregate(
        history_full_months=months.full_months.max(),
        history_months_short=_count_if(months.spent > months.earned),
        history_month_earned_total=months.earned.sum(),
        history_month_earned_max=months.earned.max(),
        history_month_earned_squares=_squares(months.earned),
    )


def _invoice_history(rows: Table) -> Table:
    is_sale = rows.direction == "sale"
    return rows.group_by("case_id").aggregate(
        invoice_history_days=rows.days_before.max() + 1,
        history_sales=rows.sales.sum(),
        history_sales_entries=_count_if(is_sale),
        history_void_sales_entries=_count_if(is_sale & ~rows.is_valid),
        history_sold_entries=_count_if(rows.sold > 0),
        history_selling_days=rows.days_before.nunique(where=rows.sold > 0),
        history_selling_months=((rows.days_before * MONTHS_IN_WINDOW) // DAYS_IN_WINDOW).nunique(where=rows.sales > 0),
        sales_year=_amount_if(rows.days_before < DAYS_IN_WINDOW, rows.sales).sum(),
        sales_year_before=_amount_if(_is_year_before(rows), rows.sales).sum(),
    )


def _sales(invoices: Table) -> Value:
    return _amount_if(invoices.direction == "sale", invoices.gross_minor.abs() * _sign(invoices))


def _sold(invoices: Table) -> Value:
    plain = invoices.is_valid & ~invoices.is_credit_note & (invoices.counterparty_key != "")
    return _amount_if((invoices.direction == "sale") & plain, invoices.gross_minor.abs())


def _invoice_years(rows: Table) -> Table:
    """Whole months of all the history."""
    whole = rows.filter(rows.month < rows.full_months)
    months = whole.group_by(["case_id", "month"]).aggregate(
        full_months=whole.full_months.max(), sales=whole.sales.sum()
    )
    return months.group_by("case_id").aggregate(
        invoice_history_full_months=months.full_months.max(),
        history_month_sales_total=months.sales.sum(),
        history_month_sales_max=months.sales.max(),
        history_month_sales_squares=_squares(months.sales),
    )


def _steady_buyers(invoices: Table) -> Table:
    """Who bought in enough months of all the history."""
    rows = invoices.filter(invoices.sold > 0)
    rows = rows.mutate(month=(rows.days_before * MONTHS_IN_WINDOW) // DAYS_IN_WINDOW)
    parties = rows.group_by(["case_id", "counterparty_key"]).aggregate(months=rows.month.nunique())
    is_steady = parties.months >= MONTHS_OF_STEADY_PARTY
    return parties.group_by("case_id").aggregate(history_steady_buyers=_count_if(is_steady))
