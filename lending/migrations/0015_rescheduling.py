"""Another schedule in the place of a signed one: both stay, and the superseded one is never touched again."""

from importlib import import_module

import django.db.models.deletion
import lending.loans.rescheduling.models
import lending.loans.rescheduling.states
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models

from portal.core import guards

keeping_all_but = import_module("lending.migrations.0003_case_guards").keeping_all_but

TABLE = "lending_installment"
STANDS = f"DROP TRIGGER {TABLE}_stands ON {TABLE}; DROP FUNCTION {TABLE}_stands();"
PAID = ("principal_paid_amount", "interest_paid_amount", "interest_saved_amount")


class Migration(migrations.Migration):

    dependencies = [
        ('lending', '0014_arrears'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Rescheduling',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reference', models.CharField(default=lending.loans.rescheduling.models._reference, editable=False, max_length=20, unique=True)),
                ('status', models.CharField(default=lending.loans.rescheduling.states.Status['PROPOSED'], max_length=10)),
                ('principal_amount', models.DecimalField(decimal_places=2, help_text='what it is proposed for', max_digits=14)),
                ('kept_terms', models.JSONField()),
                ('reason', models.TextField(max_length=2000)),
                ('proposed_at', models.DateTimeField()),
                ('expires_on', models.DateField()),
                ('decided_at', models.DateTimeField(null=True)),
                ('note', models.TextField(blank=True, max_length=2000)),
                ('agreed_at', models.DateTimeField(null=True)),
                ('agreed_on', models.DateField(null=True)),
                ('version', models.PositiveSmallIntegerField(help_text='of the schedule that it brought', null=True)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='installment',
            name='installment_number_is_unique_in_its_loan',
        ),
        migrations.AddField(
            model_name='installment',
            name='interest_carried_amount',
            field=models.DecimalField(decimal_places=2, default=Decimal('0'), help_text='part of the interest, owed by an earlier schedule', max_digits=14),
        ),
        migrations.AddField(
            model_name='installment',
            name='superseded_on',
            field=models.DateField(help_text='from this day on another schedule is in force', null=True),
        ),
        migrations.AddField(
            model_name='installment',
            name='version',
            field=models.PositiveSmallIntegerField(default=1, help_text="of the schedule; the first is the contract's"),
        ),
        migrations.AddConstraint(
            model_name='installment',
            constraint=models.UniqueConstraint(fields=('loan', 'version', 'number'), name='installment_number_is_unique_in_its_schedule'),
        ),
        migrations.AddConstraint(
            model_name='installment',
            constraint=models.CheckConstraint(condition=models.Q(('interest_carried_amount__gte', 0), ('interest_carried_amount__lte', models.F('interest_amount'))), name='installment_carries_part_of_its_interest'),
        ),
        migrations.AddField(
            model_name='rescheduling',
            name='agreed_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='rescheduling',
            name='decided_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='rescheduling',
            name='loan',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reschedulings', to='lending.loan'),
        ),
        migrations.AddField(
            model_name='rescheduling',
            name='proposed_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name='rescheduling',
            constraint=models.UniqueConstraint(condition=models.Q(('status__in', [lending.loans.rescheduling.states.Status['PROPOSED'], lending.loans.rescheduling.states.Status['APPROVED']])), fields=('loan',), name='one_rescheduling_of_a_loan_is_open'),
        ),
        migrations.AddConstraint(
            model_name='rescheduling',
            constraint=models.UniqueConstraint(fields=('loan', 'version'), name='rescheduling_brings_a_schedule_of_its_own'),
        ),
        migrations.AddConstraint(
            model_name='rescheduling',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['proposed', 'approved', 'declined', 'withdrawn', 'agreed'])), name='rescheduling_status_is_known'),
        ),
        migrations.AddConstraint(
            model_name='rescheduling',
            constraint=models.CheckConstraint(condition=models.Q(('principal_amount__gt', 0)), name='rescheduling_principal_is_positive'),
        ),
        migrations.AddConstraint(
            model_name='rescheduling',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='rescheduling_says_why'),
        ),
        migrations.AddConstraint(
            model_name='rescheduling',
            constraint=models.CheckConstraint(condition=models.Q(('decided_by', models.F('proposed_by')), _negated=True), name='rescheduling_has_two_pairs_of_eyes'),
        ),
        migrations.AddConstraint(
            model_name='rescheduling',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status__in', [lending.loans.rescheduling.states.Status['APPROVED'], lending.loans.rescheduling.states.Status['AGREED'], lending.loans.rescheduling.states.Status['DECLINED']]), _negated=True), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False)), _connector='OR'), name='rescheduling_is_decided_by_somebody'),
        ),
        migrations.AddConstraint(
            model_name='rescheduling',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('agreed_at__isnull', False), ('agreed_by__isnull', False), ('status', lending.loans.rescheduling.states.Status['AGREED']), ('agreed_on__isnull', False), ('version__gt', 1)), models.Q(models.Q(('status', lending.loans.rescheduling.states.Status['AGREED']), _negated=True), ('agreed_at', None), ('agreed_by', None), ('agreed_on', None), ('version', None)), _connector='OR'), name='rescheduling_counts_once_agreed_to'),
        ),
        migrations.RunSQL(
            STANDS + keeping_all_but(TABLE, *PAID, "superseded_on").sql, STANDS + keeping_all_but(TABLE, *PAID).sql
        ),
        migrations.RunSQL(
            f"""CREATE TRIGGER {TABLE}_superseded BEFORE UPDATE ON {TABLE} FOR EACH ROW
                WHEN (OLD.superseded_on IS NOT NULL) EXECUTE FUNCTION portal_append_only();""",
            f"DROP TRIGGER {TABLE}_superseded ON {TABLE};",
        ),
        keeping_all_but(
            "lending_rescheduling",
            *("status", "decided_by_id", "decided_at", "note", "agreed_by_id", "agreed_at", "agreed_on", "version"),
        ),
        guards.withheld("lending_rescheduling", "DELETE"),
    ]
