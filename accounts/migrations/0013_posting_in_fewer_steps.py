"""Posting costs what two balances, an entry and its postings cost, and little beside: each thing is judged once."""

import re
from importlib import import_module

from django.db import migrations, models

guards_before = import_module("accounts.migrations.0002_ledger_guards")
posting_before = import_module("accounts.migrations.0010_account_services")

# Nearly every entry is in one currency: one sum tells that it is right. Only what is not is looked at more closely.
# Accounts are judged here, once an entry, and not by the statement's guard as well: every posting that can be inserted
# belongs to an entry that is new.
ENTRY_BALANCES = """
CREATE OR REPLACE FUNCTION accounts_entry_balances() RETURNS trigger LANGUAGE plpgsql
SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    told record;
BEGIN
    SELECT count(*) AS found, sum(CASE p.direction WHEN 'debit' THEN p.amount ELSE -p.amount END) AS net,
           min(a.currency) AS first, max(a.currency) AS last, bool_or(a.is_summary) AS summed INTO told
    FROM public.accounts_posting p JOIN public.accounts_ledgeraccount a ON a.id = p.ledger_account_id
    WHERE p.entry_id = NEW.id;
    IF told.found = NEW.line_count AND told.net = 0 AND told.first = told.last AND NOT told.summed THEN
        RETURN NULL;
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

POSTING_FITS = """
CREATE OR REPLACE FUNCTION accounts_posting_fits() RETURNS trigger LANGUAGE plpgsql
SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    wrong record;
BEGIN
    SELECT p.entry_id, p.effective_date, p.line_number > e.line_count AS beyond,
           p.effective_date <> e.effective_date AS misdated, e.id IS NULL AS astray INTO wrong
    FROM arrived p LEFT JOIN public.accounts_journalentry e ON e.id = p.entry_id
    WHERE e.id IS NULL OR p.line_number > e.line_count OR p.effective_date <> e.effective_date
       OR p.effective_date <= (SELECT max(last_date) FROM public.accounts_accountingperiod);
    IF NOT FOUND THEN
        RETURN NULL;
    ELSIF wrong.astray THEN
        RAISE EXCEPTION 'a posting names an entry that is not there'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'posting_names_entry_and_account';
    ELSIF wrong.beyond THEN
        RAISE EXCEPTION 'journal entry % has more postings than it declares', wrong.entry_id
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'entry_keeps_its_postings';
    ELSIF wrong.misdated THEN
        RAISE EXCEPTION 'journal entry % has a posting of another date', wrong.entry_id
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'posting_keeps_its_entrys_date';
    END IF;
    RAISE EXCEPTION 'the books of % are closed', wrong.effective_date
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'posting_stays_out_of_closed_months';
END $$;
"""

# The entry's id, or nothing where nothing was written: why, is asked by whoever is refused. Amounts are above zero on
# the debit side and below on the credit side.
POST_ENTRY = """
DROP FUNCTION accounts_post_entry;
CREATE FUNCTION accounts_post_entry(
    p_reference text, p_key text, p_fingerprint text, p_event text, p_subject text, p_text text, p_effective_date date,
    p_posted_at timestamptz, p_by text, p_reverses bigint, p_customers bigint[], p_changes numeric[],
    p_accounts bigint[], p_amounts numeric[]
) RETURNS bigint LANGUAGE plpgsql SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    entry bigint;
    fits boolean := true;
    moved integer := 0;
BEGIN
    FOR place IN 1 .. cardinality(p_customers) LOOP
        UPDATE public.accounts_ledgerbalance SET amount = amount + p_changes[place]
        WHERE ledger_account_id = p_customers[place]
          AND (p_changes[place] >= 0 OR amount + p_changes[place] >= held_amount - overdraft_amount);
        fits := FOUND;
        EXIT WHEN NOT fits;
        moved := place;
    END LOOP;
    IF fits THEN
        INSERT INTO public.accounts_journalentry (reference, key, fingerprint, event, subject, text, effective_date,
            posted_at, by, line_count, reverses_id)
        SELECT p_reference, p_key, p_fingerprint, p_event, p_subject, p_text, p_effective_date, p_posted_at, p_by,
            cardinality(p_accounts), p_reverses
        WHERE NOT EXISTS (SELECT FROM public.accounts_accountingperiod WHERE last_date >= p_effective_date)
        ON CONFLICT DO NOTHING RETURNING id INTO entry;
    END IF;
    IF entry IS NULL THEN
        FOR place IN 1 .. moved LOOP
            UPDATE public.accounts_ledgerbalance SET amount = amount - p_changes[place]
            WHERE ledger_account_id = p_customers[place];
        END LOOP;
        RETURN NULL;
    END IF;
    INSERT INTO public.accounts_posting (entry_id, ledger_account_id, direction, amount, effective_date, line_number)
    SELECT entry, p_accounts[place], CASE WHEN p_amounts[place] > 0 THEN 'debit' ELSE 'credit' END,
           abs(p_amounts[place]), p_effective_date, place
    FROM generate_series(1, cardinality(p_accounts)) AS place;
    RETURN entry;
END $$;
"""


def _before(name: str, sql: str) -> str:
    """Find a guard as it was first made, to be made so again, with the plans it got afterwards."""
    found = re.search(rf"CREATE FUNCTION {name}\(.*?END \$\$;", sql, re.DOTALL)
    assert found
    replaced = found[0].replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION", 1)
    return f"{replaced} ALTER FUNCTION {name} SET plan_cache_mode = force_generic_plan;"


class Migration(migrations.Migration):
    dependencies = [("accounts", "0012_drawers")]

    operations = [
        migrations.RunSQL(ENTRY_BALANCES, _before("accounts_entry_balances", guards_before.ENTRY_BALANCES)),
        migrations.RunSQL(POSTING_FITS, _before("accounts_posting_fits", guards_before.POSTINGS_ARRIVE)),
        migrations.RunSQL(POST_ENTRY, "DROP FUNCTION accounts_post_entry;" + posting_before.POST_ENTRY),
        migrations.AlterField(
            model_name="journalentry",
            name="line_count",
            field=models.SmallIntegerField(),
        ),
        migrations.AlterField(
            model_name="posting",
            name="line_number",
            field=models.SmallIntegerField(help_text="its place in the entry, from one to the entry's count"),
        ),
    ]
