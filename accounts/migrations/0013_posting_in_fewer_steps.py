"""Posting in fewer steps still; what became of charges that were carried, and of overdrafts dated back."""

import re
from importlib import import_module

import django.db.models.deletion
import django.db.models.expressions
from decimal import Decimal
from django.db import migrations, models

from portal.core import guards

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
        migrations.CreateModel(
            name='CarriedCharge',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('charged_amount', models.DecimalField(decimal_places=3, default=Decimal('0'), max_digits=19)),
                ('waived_amount', models.DecimalField(decimal_places=3, default=Decimal('0'), max_digits=19)),
                ('settled_at', models.DateTimeField()),
                ('settled_by', models.CharField(max_length=40)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='termsperiod',
            name='terms_period_charges_or_carries_everything',
        ),
        migrations.RemoveConstraint(
            model_name='termsperiod',
            name='terms_period_amounts_are_not_negative',
        ),
        migrations.AddField(
            model_name='termsperiod',
            name='overdraft_correction_amount',
            field=models.DecimalField(decimal_places=3, default=Decimal('0'), max_digits=19),
        ),
        migrations.AddConstraint(
            model_name='termsperiod',
            constraint=models.CheckConstraint(condition=models.Q(('charged_amount', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('brought_amount'), '+', models.F('overdraft_interest_amount')), '+', models.F('overdraft_correction_amount')), '+', models.F('fee_amount')), '-', models.F('carried_amount')))), name='terms_period_charges_or_carries_everything'),
        ),
        migrations.AddConstraint(
            model_name='termsperiod',
            constraint=models.CheckConstraint(condition=models.Q(('carried_amount__gte', 0), ('tax_amount__gte', 0)), name='terms_period_amounts_are_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='termsperiod',
            constraint=models.CheckConstraint(condition=models.Q(('charged_amount__gte', 0), models.Q(('carried_amount', 0), ('overdraft_correction_amount__lt', 0)), _connector='OR'), name='terms_period_gives_back_only_what_was_corrected'),
        ),
        migrations.AddField(
            model_name='carriedcharge',
            name='entry',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.journalentry'),
        ),
        migrations.AddField(
            model_name='carriedcharge',
            name='period',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='carried_charges', to='accounts.termsperiod'),
        ),
        migrations.AddConstraint(
            model_name='carriedcharge',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('charged_amount__gt', 0), ('entry__isnull', False), ('waived_amount', 0)), models.Q(('charged_amount', 0), ('entry', None), ('waived_amount__gt', 0)), _connector='OR'), name='carried_charge_is_taken_by_an_entry_or_waived'),
        ),
        guards.append_only("accounts_carriedcharge"),
        guards.withheld("accounts_carriedcharge", "UPDATE", "DELETE"),
    ]
