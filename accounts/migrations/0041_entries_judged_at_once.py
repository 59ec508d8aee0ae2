"""An entry of two postings, as nearly all are, is judged by one look; each table by one check."""

from importlib import import_module

from django.db import migrations, models

posting_before = import_module("accounts.migrations.0013_posting_in_fewer_steps")

ENTRY_BALANCES = """
CREATE OR REPLACE FUNCTION accounts_entry_balances() RETURNS trigger LANGUAGE plpgsql
SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    told record;
BEGIN
    IF NEW.line_count = 2 THEN
        PERFORM FROM public.accounts_posting p JOIN public.accounts_ledgeraccount a ON a.id = p.ledger_account_id
            JOIN public.accounts_posting q ON q.entry_id = p.entry_id AND q.line_number = 2
            JOIN public.accounts_ledgeraccount b ON b.id = q.ledger_account_id
        WHERE p.entry_id = NEW.id AND p.line_number = 1 AND p.direction <> q.direction AND p.amount = q.amount
          AND a.currency = b.currency AND NOT a.is_summary AND NOT b.is_summary;
        IF FOUND THEN
            RETURN NULL;
        END IF;
    END IF;
    SELECT coalesce(sum(n), 0) AS found, bool_and(net = 0) AS balanced, bool_or(astray) AS astray,
           bool_or(summed) AS summed INTO told
    FROM (
        SELECT count(*) AS n, sum(CASE p.direction WHEN 'debit' THEN p.amount ELSE -p.amount END) AS net,
               bool_or(a.id IS NULL) AS astray, bool_or(a.is_summary) AS summed
        FROM public.accounts_posting p LEFT JOIN public.accounts_ledgeraccount a ON a.id = p.ledger_account_id
        WHERE p.entry_id = NEW.id
        GROUP BY a.currency
    ) by_currency;
    IF told.found <> NEW.line_count THEN
        RAISE EXCEPTION 'journal entry % has % postings instead of %', NEW.id, told.found, NEW.line_count
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'entry_keeps_its_postings';
    ELSIF told.astray THEN
        RAISE EXCEPTION 'a posting names an account that is not there'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'posting_names_entry_and_account';
    ELSIF told.summed THEN
        RAISE EXCEPTION 'a summary takes no postings'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'posting_names_no_summary';
    ELSIF NOT told.balanced THEN
        RAISE EXCEPTION 'journal entry % does not balance', NEW.id
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'entry_balances_in_every_currency';
    END IF;
    RETURN NULL;
END $$;
"""

CHECKS_BEFORE = [
    ("journalentry", "entry_has_two_postings_at_least"),
    ("journalentry", "entry_key_is_not_empty"),
    ("journalentry", "entry_names_its_event"),
    ("journalentry", "entry_does_not_reverse_itself"),
    ("posting", "posting_places_count_from_one"),
    ("posting", "posting_amount_is_positive"),
    ("posting", "posting_stands_on_debit_or_credit"),
    ("ledgerbalance", "balance_overdraft_is_not_negative"),
    ("ledgerbalance", "balance_held_is_not_negative"),
    ("ledgerbalance", "balance_keeps_within_its_overdraft"),
]


class Migration(migrations.Migration):
    dependencies = [("accounts", "0040_invoices_in_plain_digits")]

    operations = [
        migrations.RunSQL(ENTRY_BALANCES, posting_before.ENTRY_BALANCES),
        *(migrations.RemoveConstraint(model_name=model, name=name) for model, name in CHECKS_BEFORE),
        migrations.AddConstraint(
            model_name="journalentry",
            constraint=models.CheckConstraint(
                condition=models.Q(line_count__gte=2, key__gt="", event__gt="", reverses__lt=models.F("id")),
                name="entry_is_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="posting",
            constraint=models.CheckConstraint(
                condition=models.Q(line_number__gte=1, amount__gt=0, direction__in=["debit", "credit"]),
                name="posting_is_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="ledgerbalance",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    overdraft_amount__gte=0,
                    held_amount__gte=0,
                    amount__gte=models.F("held_amount") - models.F("overdraft_amount"),
                ),
                name="balance_keeps_within_its_overdraft",
            ),
        ),
    ]
