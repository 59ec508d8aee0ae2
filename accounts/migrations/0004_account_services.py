"""Posting in fewer steps; what an account's own terms, papers and notices need."""

from importlib import import_module

from django.db import migrations

guards_before = import_module("accounts.migrations.0002_ledger_guards")

# As before, in fewer steps: each balance moves only if it stays within its limit, in the order of the ids that the caller
# gives, and moves back where a later one does not, or where the key is taken. Plans are general ones, made once: for
# arrays the planner would otherwise plan anew at every call, which took longer than the statements themselves.
POST_ENTRY = """
CREATE OR REPLACE FUNCTION accounts_post_entry(
    p_reference text, p_key text, p_fingerprint text, p_event text, p_subject text, p_text text, p_effective_date date,
    p_posted_at timestamptz, p_by text, p_reverses bigint, p_customers bigint[], p_changes numeric[],
    p_accounts bigint[], p_directions text[], p_amounts numeric[],
    OUT entry bigint, OUT fits boolean, OUT closed_up_to date
) LANGUAGE plpgsql SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    moved integer := 0;
BEGIN
    fits := true;
    SELECT max(last_date) INTO closed_up_to FROM public.accounts_accountingperiod;
    IF p_effective_date <= closed_up_to THEN
        RETURN;
    END IF;
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
        VALUES (p_reference, p_key, p_fingerprint, p_event, p_subject, p_text, p_effective_date, p_posted_at, p_by,
            cardinality(p_accounts), p_reverses)
        ON CONFLICT DO NOTHING RETURNING id INTO entry;
    END IF;
    IF entry IS NULL THEN
        FOR place IN 1 .. moved LOOP
            UPDATE public.accounts_ledgerbalance SET amount = amount - p_changes[place]
            WHERE ledger_account_id = p_customers[place];
        END LOOP;
        RETURN;
    END IF;
    INSERT INTO public.accounts_posting (entry_id, ledger_account_id, direction, amount, effective_date, line_number)
    SELECT entry, p_accounts[place], p_directions[place], p_amounts[place], p_effective_date, place
    FROM generate_series(1, cardinality(p_accounts)) AS place ORDER BY place;
END $$;
ALTER FUNCTION accounts_posting_fits SET plan_cache_mode = force_generic_plan;
ALTER FUNCTION accounts_entry_balances SET plan_cache_mode = force_generic_plan;
"""
POST_ENTRY_BACK = (
    "ALTER FUNCTION accounts_entry_balances RESET plan_cache_mode;"
    "ALTER FUNCTION accounts_posting_fits RESET plan_cache_mode;"
    "DROP FUNCTION accounts_post_entry;"
) + guards_before.POST_ENTRY


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_cashflow_guards")]

    operations = [migrations.RunSQL(POST_ENTRY, POST_ENTRY_BACK)]
