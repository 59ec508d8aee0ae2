"""Credit lines, whose draws are loans: several may come of one offer, and all of them stay within the limit."""

from importlib import import_module

import django.db.models.deletion
import lending.loans.lines.models
import lending.loans.lines.states
from django.conf import settings
from django.db import migrations, models

from portal.core import guards

keeping_all_but = import_module("lending.migrations.0003_case_guards").keeping_all_but
stands_still = import_module("lending.migrations.0002_credit_guards").stands_still
KEPT = import_module("lending.migrations.0005_products").KEPT
KEPT_SINCE = ("late_rate_markup", "late_grace_days", "late_on_interest", "line_months", "min_draw_amount")
LOOSE = "DROP TRIGGER lending_loanproduct_stands_still ON lending_loanproduct;"
# Asked at commit, when the draw's installments are there; whoever draws holds the line's row, so no other draw is missed.
WITHIN = """
CREATE FUNCTION lending_draw_within_limit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT sum(row.principal_amount - row.principal_paid_amount)
          FROM lending_installment row JOIN lending_loan loan ON loan.id = row.loan_id
         WHERE loan.line_id = NEW.line_id AND row.superseded_on IS NULL)
       > (SELECT limit_amount FROM lending_creditline WHERE id = NEW.line_id) THEN
        RAISE EXCEPTION 'more is drawn than the limit of line %', NEW.line_id
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER lending_draw_within_limit AFTER INSERT ON lending_loan
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.line_id IS NOT NULL)
    EXECUTE FUNCTION lending_draw_within_limit();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0032_details_corrected'),
        ('lending', '0017_losses'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='CreditLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reference', models.CharField(default=lending.loans.lines.models._reference, editable=False, max_length=20, unique=True)),
                ('limit_amount', models.DecimalField(decimal_places=2, max_digits=14)),
                ('annual_rate', models.DecimalField(decimal_places=6, max_digits=7)),
                ('currency', models.CharField(max_length=3)),
                ('status', models.CharField(default=lending.loans.lines.states.LineStatus['ACTIVE'], max_length=10)),
                ('opened_on', models.DateField()),
                ('ends_on', models.DateField(help_text='the last day on which it can be drawn')),
                ('signed_at', models.DateTimeField()),
                ('suspended_at', models.DateTimeField(null=True)),
                ('reason', models.TextField(blank=True, help_text="why it is suspended; for the bank's people", max_length=2000)),
                ('reminded_at', models.DateTimeField(help_text='when its owners were told that it ends soon', null=True)),
                ('ended_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.AddField(
            model_name='loanproduct',
            name='line_months',
            field=models.PositiveSmallIntegerField(blank=True, help_text='a credit line that lasts so long, its loans the draws; empty: one loan', null=True),
        ),
        migrations.AddField(
            model_name='loanproduct',
            name='min_draw_amount',
            field=models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True),
        ),
        migrations.AlterField(
            model_name='loan',
            name='offer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='loans', to='lending.offer'),
        ),
        migrations.AddConstraint(
            model_name='loanproduct',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('line_months', None), ('min_draw_amount', None)), models.Q(('line_months__gt', 0), ('min_draw_amount__gt', 0), ('min_draw_amount__lte', models.F('min_amount'))), _connector='OR'), name='product_line_names_its_smallest_draw'),
        ),
        migrations.AddField(
            model_name='creditline',
            name='enterprise',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='credit_lines', to='accounts.enterprise'),
        ),
        migrations.AddField(
            model_name='creditline',
            name='offer',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='line', to='lending.offer'),
        ),
        migrations.AddField(
            model_name='creditline',
            name='settlement_account',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.settlementaccount'),
        ),
        migrations.AddField(
            model_name='creditline',
            name='signed_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='creditline',
            name='suspended_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='loan',
            name='line',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='draws', to='lending.creditline'),
        ),
        migrations.AddConstraint(
            model_name='loan',
            constraint=models.UniqueConstraint(condition=models.Q(('line', None)), fields=('offer',), name='offer_is_paid_out_once'),
        ),
        migrations.AddConstraint(
            model_name='creditline',
            constraint=models.UniqueConstraint(condition=models.Q(('status__in', [lending.loans.lines.states.LineStatus['ACTIVE'], lending.loans.lines.states.LineStatus['SUSPENDED']])), fields=('enterprise',), name='enterprise_has_one_open_line'),
        ),
        migrations.AddConstraint(
            model_name='creditline',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['active', 'suspended', 'ended'])), name='line_status_is_known'),
        ),
        migrations.AddConstraint(
            model_name='creditline',
            constraint=models.CheckConstraint(condition=models.Q(('limit_amount__gt', 0)), name='line_limit_is_positive'),
        ),
        migrations.AddConstraint(
            model_name='creditline',
            constraint=models.CheckConstraint(condition=models.Q(('ends_on__gt', models.F('opened_on'))), name='line_ends_after_it_opened'),
        ),
        migrations.AddConstraint(
            model_name='creditline',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', lending.loans.lines.states.LineStatus['SUSPENDED']), ('suspended_at__isnull', False), ('suspended_by__isnull', False), models.Q(('reason', ''), _negated=True)), models.Q(models.Q(('status', lending.loans.lines.states.LineStatus['SUSPENDED']), _negated=True), ('reason', ''), ('suspended_at', None), ('suspended_by', None)), _connector='OR'), name='line_is_suspended_by_somebody_who_says_why'),
        ),
        migrations.AddConstraint(
            model_name='creditline',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', False), ('status', lending.loans.lines.states.LineStatus['ENDED'])), models.Q(models.Q(('status', lending.loans.lines.states.LineStatus['ENDED']), _negated=True), ('ended_at', None)), _connector='OR'), name='line_ends_at_a_moment'),
        ),
        migrations.RunSQL(LOOSE, stands_still("lending_loanproduct", KEPT).sql),
        stands_still("lending_loanproduct", (*KEPT, *KEPT_SINCE)),
        keeping_all_but(
            "lending_creditline",
            *("status", "limit_amount", "suspended_by_id", "suspended_at", "reason", "reminded_at", "ended_at"),
        ),
        guards.withheld("lending_creditline", "DELETE"),
        migrations.RunSQL(
            WITHIN,
            "DROP TRIGGER lending_draw_within_limit ON lending_loan; DROP FUNCTION lending_draw_within_limit();",
        ),
    ]
