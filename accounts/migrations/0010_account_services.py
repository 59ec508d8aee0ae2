"""Posting in fewer steps; what an account's own terms, papers and notices need."""

from importlib import import_module
import accounts.settlement.models.papers
import accounts.settlement.models.terms
import django.db.models.deletion
import django.db.models.expressions
from decimal import Decimal
from django.db import migrations, models

from portal.core import guards

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

# Whoever agreed to terms keeps them: only whether they are still offered may change.
PRODUCT_KEEPS_ITS_TERMS = """
CREATE FUNCTION accounts_accountproduct_keeps() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'account product % keeps its terms', OLD.reference
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'account_product_keeps_its_terms';
END $$;
CREATE TRIGGER account_product_keeps_its_terms BEFORE UPDATE ON accounts_accountproduct FOR EACH ROW
    WHEN (to_jsonb(OLD) - 'is_offered' IS DISTINCT FROM to_jsonb(NEW) - 'is_offered')
    EXECUTE FUNCTION accounts_accountproduct_keeps();
"""
PRODUCT_KEEPS_ITS_TERMS_BACK = """
DROP TRIGGER account_product_keeps_its_terms ON accounts_accountproduct;
DROP FUNCTION accounts_accountproduct_keeps();
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0009_standing_orders_collections_batches"), ("core", "0002_core_guards")]

    operations = [
        migrations.RunSQL(POST_ENTRY, POST_ENTRY_BACK),
        migrations.CreateModel(
            name='AccountProduct',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reference', models.CharField(default=accounts.settlement.models.terms._product_reference, editable=False, max_length=20, unique=True)),
                ('code', models.SlugField(max_length=40, verbose_name='code')),
                ('version', models.PositiveIntegerField()),
                ('is_offered', models.BooleanField(default=True, verbose_name='offered')),
                ('name_en', models.CharField(max_length=80)),
                ('name_zh_hans', models.CharField(max_length=80)),
                ('currency', models.CharField(max_length=3, verbose_name='currency')),
                ('day_count', models.CharField(choices=[('act_365f', 'actual days of 365'), ('act_360', 'actual days of 360'), ('act_act_isda', 'actual days of the actual year')], default='act_365f', max_length=20)),
                ('interest_tiers', models.JSONField(default=list, help_text='[["0", "0.0005"], ["50000", "0.0015"]]: from, rate')),
                ('withholding_rate', models.DecimalField(decimal_places=6, default=Decimal('0'), max_digits=7)),
                ('monthly_fee_amount', models.DecimalField(decimal_places=2, default=Decimal('0'), max_digits=14)),
                ('fee_free_from_amount', models.DecimalField(decimal_places=2, help_text='a month whose balance never falls below it costs nothing', max_digits=14, null=True)),
                ('overdraft_limit_amount', models.DecimalField(decimal_places=2, default=Decimal('0'), help_text='the most that may be agreed for an account', max_digits=14)),
                ('overdraft_annual_rate', models.DecimalField(decimal_places=6, default=Decimal('0'), max_digits=7)),
                ('brought_out_at', models.DateTimeField()),
                ('brought_out_by', models.CharField(max_length=40)),
            ],
        ),
        migrations.CreateModel(
            name='AnnouncedBlock',
            fields=[
                ('block', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='announced', serialize=False, to='accounts.sealedblock')),
                ('announced_at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='BalanceCertificate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(default=accounts.settlement.models.papers._code, editable=False, max_length=20, unique=True)),
                ('holder_name', models.CharField(max_length=120, verbose_name='account holder')),
                ('on', models.DateField(verbose_name='at the end of')),
                ('balance_amount', models.DecimalField(decimal_places=3, max_digits=19, verbose_name='balance')),
                ('issued_at', models.DateTimeField(verbose_name='issued')),
                ('issued_by', models.CharField(max_length=40)),
            ],
        ),
        migrations.CreateModel(
            name='BookCheck',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('checked_at', models.DateTimeField(verbose_name='checked')),
                ('difference_count', models.PositiveIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name='NoticePreference',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('money_in', 'Money came in'), ('money_out', 'Money went out'), ('low_balance', 'The balance is low'), ('payment_returned', 'A payment came back')], max_length=20, verbose_name='what')),
                ('channel', models.CharField(choices=[('sms', 'Text message'), ('mail', 'E-mail')], max_length=4, verbose_name='how')),
                ('threshold_amount', models.DecimalField(decimal_places=3, default=Decimal('0'), max_digits=19)),
            ],
        ),
        migrations.CreateModel(
            name='TermsAgreement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('overdraft_limit_amount', models.DecimalField(decimal_places=2, default=Decimal('0'), max_digits=14)),
                ('effective_from', models.DateField()),
                ('agreed_at', models.DateTimeField()),
                ('agreed_by', models.CharField(max_length=40)),
            ],
        ),
        migrations.CreateModel(
            name='TermsPeriod',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('first_date', models.DateField()),
                ('last_date', models.DateField()),
                ('earned_amount', models.DecimalField(decimal_places=3, max_digits=19)),
                ('correction_amount', models.DecimalField(decimal_places=3, max_digits=19)),
                ('tax_amount', models.DecimalField(decimal_places=3, max_digits=19)),
                ('overdraft_interest_amount', models.DecimalField(decimal_places=3, max_digits=19)),
                ('fee_amount', models.DecimalField(decimal_places=3, max_digits=19)),
                ('brought_amount', models.DecimalField(decimal_places=3, help_text='not charged before', max_digits=19)),
                ('charged_amount', models.DecimalField(decimal_places=3, max_digits=19)),
                ('carried_amount', models.DecimalField(decimal_places=3, max_digits=19)),
                ('booked_at', models.DateTimeField()),
            ],
        ),
        migrations.AddField(
            model_name='settlementaccount',
            name='iban',
            field=models.CharField(blank=True, help_text="empty where the bank's country has none", max_length=34, verbose_name='IBAN'),
        ),
        migrations.AddConstraint(
            model_name='settlementaccount',
            constraint=models.UniqueConstraint(condition=models.Q(('iban', ''), _negated=True), fields=('iban',), name='account_has_its_iban_alone'),
        ),
        migrations.AddConstraint(
            model_name='accountproduct',
            constraint=models.UniqueConstraint(fields=('code', 'version'), name='account_product_version_is_unique'),
        ),
        migrations.AddConstraint(
            model_name='accountproduct',
            constraint=models.UniqueConstraint(condition=models.Q(('is_offered', True)), fields=('code',), name='one_version_of_an_account_product_is_offered'),
        ),
        migrations.AddConstraint(
            model_name='accountproduct',
            constraint=models.CheckConstraint(condition=models.Q(('monthly_fee_amount__gte', 0), ('overdraft_limit_amount__gte', 0)), name='account_product_amounts_are_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='accountproduct',
            constraint=models.CheckConstraint(condition=models.Q(('overdraft_annual_rate__gte', 0), ('overdraft_annual_rate__lt', 1), ('withholding_rate__gte', 0), ('withholding_rate__lt', 1)), name='account_product_rates_are_fractions'),
        ),
        migrations.AddConstraint(
            model_name='accountproduct',
            constraint=models.CheckConstraint(condition=models.Q(('day_count__in', ['act_365f', 'act_360', 'act_act_isda'])), name='account_product_day_count_is_known'),
        ),
        migrations.AddField(
            model_name='balancecertificate',
            name='settlement_account',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='certificates', to='accounts.settlementaccount'),
        ),
        migrations.AddField(
            model_name='noticepreference',
            name='membership',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='notice_preferences', to='accounts.membership'),
        ),
        migrations.AddField(
            model_name='termsagreement',
            name='product',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='agreements', to='accounts.accountproduct'),
        ),
        migrations.AddField(
            model_name='termsagreement',
            name='settlement_account',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='agreements', to='accounts.settlementaccount'),
        ),
        migrations.AddField(
            model_name='termsperiod',
            name='charge_entry',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.journalentry'),
        ),
        migrations.AddField(
            model_name='termsperiod',
            name='interest_entry',
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.journalentry'),
        ),
        migrations.AddField(
            model_name='termsperiod',
            name='settlement_account',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='terms_periods', to='accounts.settlementaccount'),
        ),
        migrations.AddConstraint(
            model_name='noticepreference',
            constraint=models.UniqueConstraint(fields=('membership', 'kind', 'channel'), name='notice_is_chosen_once'),
        ),
        migrations.AddConstraint(
            model_name='noticepreference',
            constraint=models.CheckConstraint(condition=models.Q(('threshold_amount__gte', 0)), name='notice_amount_is_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='noticepreference',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['money_in', 'money_out', 'low_balance', 'payment_returned'])), name='notice_kind_is_known'),
        ),
        migrations.AddConstraint(
            model_name='termsagreement',
            constraint=models.CheckConstraint(condition=models.Q(('overdraft_limit_amount__gte', 0)), name='agreed_overdraft_is_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='termsperiod',
            constraint=models.UniqueConstraint(fields=('settlement_account', 'first_date'), name='terms_period_begins_once'),
        ),
        migrations.AddConstraint(
            model_name='termsperiod',
            constraint=models.UniqueConstraint(fields=('settlement_account', 'last_date'), name='terms_period_ends_once'),
        ),
        migrations.AddConstraint(
            model_name='termsperiod',
            constraint=models.CheckConstraint(condition=models.Q(('last_date__gte', models.F('first_date'))), name='terms_period_has_days'),
        ),
        migrations.AddConstraint(
            model_name='termsperiod',
            constraint=models.CheckConstraint(condition=models.Q(('charged_amount', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('brought_amount'), '+', models.F('overdraft_interest_amount')), '+', models.F('fee_amount')), '-', models.F('carried_amount')))), name='terms_period_charges_or_carries_everything'),
        ),
        migrations.AddConstraint(
            model_name='termsperiod',
            constraint=models.CheckConstraint(condition=models.Q(('carried_amount__gte', 0), ('charged_amount__gte', 0), ('tax_amount__gte', 0)), name='terms_period_amounts_are_not_negative'),
        ),
        guards.append_only("accounts_bookcheck"),
        guards.append_only("accounts_termsagreement"),
        guards.append_only("accounts_termsperiod"),
        guards.withheld("accounts_bookcheck", "UPDATE", "DELETE"),
        guards.withheld("accounts_termsagreement", "UPDATE", "DELETE"),
        guards.withheld("accounts_termsperiod", "UPDATE", "DELETE"),
        guards.withheld("accounts_accountproduct", "DELETE"),
        migrations.RunSQL(PRODUCT_KEEPS_ITS_TERMS, PRODUCT_KEEPS_ITS_TERMS_BACK),
        guards.append_only("accounts_balancecertificate"),
        guards.append_only("accounts_announcedblock"),
        guards.withheld("accounts_balancecertificate", "UPDATE", "DELETE"),
        guards.withheld("accounts_announcedblock", "UPDATE", "DELETE"),
    ]
