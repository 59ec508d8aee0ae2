"""Where cash lies against the books, to the cent: what the nightly check compares for every drawer."""

from typing import Final

# What each entry moved on the books' cash; and of it, of handovers and of beginnings, what each drawer should hold.
_GIVEN: Final = """
    WITH posted AS (
        SELECT entry_id, purpose, currency, sum(CASE direction WHEN 'debit' THEN amount ELSE -amount END) AS amount
        FROM accounts_posting posting JOIN accounts_ledgeraccount account ON account.id = posting.ledger_account_id
        WHERE purpose IN ('cash', 'cash_in_transit') GROUP BY entry_id, purpose, currency
    ), cause AS (
        SELECT drawer_id, entry_id FROM accounts_cashmovement
        UNION ALL SELECT drawer_id, entry_id FROM accounts_cashcount
        UNION ALL SELECT vault_id, entry_id FROM accounts_cashdelivery
        UNION ALL SELECT drawer_id, unnest(ARRAY[reversal_id, difference_id])
        FROM accounts_cashcorrection correction JOIN accounts_cashmovement wrong ON wrong.id = correction.movement_id
    ), moved AS (
        SELECT drawer_id, amount FROM cause JOIN posted USING (entry_id) WHERE purpose = 'cash'
        UNION ALL SELECT giver_id, -amount FROM accounts_cashhandover WHERE status = 'taken'
        UNION ALL SELECT taker_id, amount FROM accounts_cashhandover WHERE status = 'taken'
        UNION ALL SELECT drawer_id, amount FROM accounts_drawerline
        WHERE coalesce(movement_id, handover_id, count_id, correction_id, delivery_id) IS NULL
    )
    SELECT * FROM ({compared}) told WHERE {wrong} ORDER BY 1"""
_COMPARED: Final = {
    "drawer": """
        SELECT reference, held_amount AS kept, coalesce(sum(line.amount), 0) AS found
        FROM accounts_cashdrawer drawer LEFT JOIN accounts_drawerline line ON line.drawer_id = drawer.id
        GROUP BY drawer.id""",
    "drawer_in_books": """
        SELECT reference, held_amount AS kept, coalesce(sum(moved.amount), 0) AS found
        FROM accounts_cashdrawer drawer LEFT JOIN moved ON moved.drawer_id = drawer.id
        GROUP BY drawer.id""",
    "drawer_line": """
        SELECT drawer.reference || ' ' || line.id, line.amount AS kept, CASE
            WHEN handover.id IS NULL THEN coalesce(posted.amount, 0)
            WHEN handover.giver_id = drawer.id THEN -handover.amount ELSE handover.amount END AS found
        FROM accounts_drawerline line JOIN accounts_cashdrawer drawer ON drawer.id = line.drawer_id
        LEFT JOIN accounts_cashmovement movement ON movement.id = line.movement_id
        LEFT JOIN accounts_cashhandover handover ON handover.id = line.handover_id
        LEFT JOIN accounts_cashcount cash_count ON cash_count.id = line.count_id
        LEFT JOIN accounts_cashdelivery delivery ON delivery.id = line.delivery_id
        LEFT JOIN accounts_cashcorrection correction ON correction.id = line.correction_id
        LEFT JOIN posted ON purpose = 'cash' AND posted.entry_id
            = coalesce(movement.entry_id, cash_count.entry_id, delivery.entry_id, correction.reversal_id)
        WHERE coalesce(movement.id, handover.id, cash_count.id, delivery.id, correction.id) IS NOT NULL""",
    "cash_movement": """
        SELECT reference, CASE way WHEN 'in' THEN movement.amount ELSE -movement.amount END AS kept,
            coalesce(posted.amount, 0) AS found
        FROM accounts_cashmovement movement LEFT JOIN posted USING (entry_id) WHERE entry_id IS NOT NULL""",
    "cash_in_transit": """
        SELECT currency, sum(kept) AS kept, sum(found) AS found FROM (
            SELECT currency, CASE way WHEN 'brought' THEN amount ELSE -amount END AS kept, 0 AS found
            FROM accounts_cashdelivery delivery JOIN accounts_cashdrawer vault ON vault.id = vault_id
            WHERE delivery.status = 'on_the_way'
            UNION ALL SELECT currency, 0, amount FROM posted WHERE purpose = 'cash_in_transit'
        ) each GROUP BY currency""",
}
_LIES: Final = """
    SELECT currency, kept, coalesce((
        SELECT sum(amount) FROM posted WHERE purpose = 'cash' AND currency = lies.currency), 0) AS found
    FROM (SELECT currency, sum(held_amount) AS kept FROM accounts_cashdrawer GROUP BY currency) lies"""
CHECKS: Final = {
    **{kind: _GIVEN.format(compared=sql, wrong="kept <> found") for kind, sql in _COMPARED.items()},
    # Branches without drawers keep what lies in none of them, so the books may hold more, and never less.
    "cash_in_drawers": _GIVEN.format(compared=_LIES, wrong="kept > found"),
}
